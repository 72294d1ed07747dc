"""Locks for all machines that use a server: rows that are leases.

A lease outlives a restart of the server and a lost connection. It ends when its process gives it
back, is known to be dead on this machine, or has not renewed it for half a minute by the
server's clock. A process that finds its lease taken over writes nothing more.
"""

import os
import platform
import threading
import time
from contextlib import AbstractContextManager, suppress
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import psutil
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from bulksms.clock import Clock
from bulksms.errors import LedgerBusy, LedgerError
from bulksms.ledger.locks import FileLocks, NamedLocks
from bulksms.ledger.schema.shared_tables import held_lock
from bulksms.ledger.storage import Storage

__all__ = ["LeaseLocks"]

LEASE_SECONDS = 30
RENEW_SECONDS = 5
# A process that was frozen for longer asks whether it still holds its locks.
TRUSTED_SECONDS = LEASE_SECONDS / 2

NOW = sa.func.clock_timestamp()
UNTIL = NOW + sa.literal_column(f"interval '{LEASE_SECONDS} seconds'")


class LeaseLocks(NamedLocks):
    """The locks of one ledger on a server; witness files are locked on this machine."""

    def __init__(self, database: Storage, folder: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._database = database
        self._files = FileLocks(folder, clock)
        self._guard = threading.Lock()
        self._tokens: dict[str, str] = {}  # of the locks held, by name
        self._lost: set[str] = set()
        self._renewed_at = (0.0, 0.0)
        self._closed = threading.Event()
        self._renewer: threading.Thread | None = None

    def is_held(self, name: str) -> bool:
        """Whether a process on any machine holds the lock of a campaign now."""
        holder = self._read(_row_name(f"campaign/{name}"))
        return holder is not None and not _is_dead(holder.machine, holder.process)

    def witnesses(self) -> AbstractContextManager[None]:
        """Hold the lock under which this machine's witness files are written."""
        return self._files.witnesses()

    def refuse_if_lost(self) -> None:
        """Refuse to continue after another process took a lock over."""
        with self._guard:
            is_old = bool(self._tokens) and _seconds_since(self._renewed_at) > TRUSTED_SECONDS
        if is_old:
            self.renew()
        if self._lost:
            raise LedgerBusy(
                "This program was away for so long that another one may continue in its place: "
                "nothing more is posted here; resume once the other has ended.",
                code="campaign_busy",
            )

    def close(self) -> None:
        """Release all locks that are still held."""
        self._closed.set()
        for row_name in list(self._tokens):
            self._delete(row_name)

    def _where_held(self, name: str) -> str:
        holder = self._read(_row_name(name))
        return f" on {_name_of(holder.machine) if holder else '?'}"

    def _try_to_take(self, name: str, seconds: float = 0) -> bool:  # noqa: ARG002 - asked once
        """Take a lock that is free, has run out, or whose process died on this machine."""
        name, token = _row_name(name), str(uuid4())
        holder = self._read(name)
        free = held_lock.c.until < NOW
        if holder is not None:
            if not _is_dead(holder.machine, holder.process):
                return False
            free = held_lock.c.token == holder.token
        machine, process = _this_process()
        values = {"token": token, "machine": machine, "process": process, "until": UNTIL}
        statement = insert(held_lock).values(name=name, **values)
        statement = statement.on_conflict_do_update(
            index_elements=[held_lock.c.name],
            set_=values,
            where=free,
        )
        started = _clocks()
        with self._database.writing_beside() as connection:
            taken = connection.execute(statement.returning(held_lock.c.token)).first() is not None
        if taken:
            with self._guard:
                self._renewed_at = started if not self._tokens else self._renewed_at
                self._tokens[name] = token
            self._start_renewer()
        return taken

    def _read(self, name: str) -> sa.Row[str, str, str] | None:
        statement = sa.select(held_lock.c.token, held_lock.c.machine, held_lock.c.process)
        statement = statement.where(held_lock.c.name == name, held_lock.c.until >= NOW)
        with self._database.reading() as connection:
            return connection.execute(statement).one_or_none()

    def _give_back(self, name: str) -> None:
        self._delete(_row_name(name))

    def _delete(self, name: str) -> None:
        with self._guard:
            token = self._tokens.pop(name, None)
            self._lost.discard(name)
        if token is None:  # given back when the ledger was closed
            return
        row = sa.and_(held_lock.c.name == name, held_lock.c.token == token)
        # Where the server is away, the lease ends by itself.
        with suppress(LedgerError), self._database.writing_beside() as connection:
            connection.execute(sa.delete(held_lock).where(row))

    def renew(self) -> None:
        """Renew every lock held; note those that another process took over.

        One that ran out, and that no one took, is still ours.
        """
        with self._guard:
            held = dict(self._tokens)
        if not held:
            return
        started = _clocks()
        ours = held_lock.c.token.in_(held.values())
        statement = sa.update(held_lock).where(ours).values(until=UNTIL)
        with self._database.writing_beside() as connection:
            renewed = set(connection.scalars(statement.returning(held_lock.c.name)))
        with self._guard:
            lost = {name for name in held.keys() - renewed if self._tokens.get(name) == held[name]}
            self._lost |= lost
            self._renewed_at = started

    def _start_renewer(self) -> None:
        with self._guard:
            if self._renewer is None or not self._renewer.is_alive():
                self._renewer = threading.Thread(target=self._renew_often, daemon=True)
                self._renewer.start()

    def _renew_often(self) -> None:
        while not self._closed.wait(RENEW_SECONDS):
            with suppress(LedgerError):  # the next claim asks again
                self.renew()


def _row_name(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]


def _clocks() -> tuple[float, float]:
    """Read the clock that stops while the machine sleeps, and the one that can be set."""
    return time.monotonic(), time.time()


def _seconds_since(clocks: tuple[float, float]) -> float:
    return max(now - then for now, then in zip(_clocks(), clocks, strict=True))


def _this_process() -> tuple[str, str]:
    """Name this machine since it was started, and this process on it."""
    pid = os.getpid()
    return _this_machine(), f"{pid}:{psutil.Process(pid).create_time()}"


def _this_machine() -> str:
    """Name the machine, its start, and on Linux the container: elsewhere a pid means another."""
    space = ""
    with suppress(OSError):
        space = str(Path("/proc/self/ns/pid").readlink())
    return f"{platform.node()} {int(psutil.boot_time())} {space}"


def _name_of(machine: str) -> str:
    return machine.partition(" ")[0]


def _is_dead(machine: str, process: str) -> bool:
    """Whether a process is known to have ended: it ran here, and does no more."""
    if machine != _this_machine():
        return False
    pid, _, started = process.partition(":")
    try:
        return psutil.Process(int(pid)).create_time() != float(started)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
