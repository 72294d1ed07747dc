"""Lists of an SSH server: only of one whose key the user has accepted before."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec.config
import paramiko
import pytest
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

from bulksms.errors import LoadError
from bulksms.remote import RemoteAccess, fetch_files
from tests.integration.file_server import LIST


class _Everybody(paramiko.ServerInterface):
    """Accepts the password."""

    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == ("me", "secret")
        return AUTH_SUCCESSFUL if good else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del kind, chanid
        return OPEN_SUCCEEDED


class _OneFolder(paramiko.SFTPServerInterface):
    """Shows the files of one folder."""

    folder: Path

    def _real(self, path: str) -> Path:
        return self.folder / path.lstrip("/")

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def open(self, path: str, flags: int, attr: object) -> paramiko.SFTPHandle | int:
        del attr
        try:
            file = self._real(path).open("rb")
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = file  # type: ignore[attr-defined]
        return handle


@contextmanager
def server(folder: Path, key: paramiko.PKey) -> Iterator[int]:
    """Serve a folder to one client; give the port."""
    files = type("_Files", (_OneFolder,), {"folder": folder})
    transports: list[paramiko.Transport] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transports.append(transport)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
            try:
                transport.start_server(server=_Everybody())
            except (EOFError, paramiko.SSHException):
                return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            for transport in transports:
                transport.close()
            listener.close()
            thread.join(timeout=5)


@pytest.fixture
def key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".ssh").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setitem(
        fsspec.config.conf,
        "sftp",
        {"password": "secret", "look_for_keys": False, "allow_agent": False},
    )
    return tmp_path


def trust(home: Path, port: int, key: paramiko.PKey) -> None:
    line = f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n"
    (home / ".ssh" / "known_hosts").write_text(line, encoding="ascii")


def fetch(home: Path, port: int, name: str) -> bytes:
    folder = home / "fetched"
    folder.mkdir()
    address = f"sftp://me@127.0.0.1:{port}/{name}"
    (fetched,) = fetch_files(address, folder, RemoteAccess())
    assert fetched.address == f"sftp://127.0.0.1:{port}/{name}"
    assert fetched.modified is not None
    return fetched.path.read_bytes()


def test_a_list_of_a_known_server_is_fetched(home: Path, key: paramiko.PKey) -> None:
    (home / "dump.csv").write_bytes(LIST)
    with server(home, key) as port:
        trust(home, port, key)
        assert fetch(home, port, "dump.csv") == LIST


def test_a_list_that_is_not_there(home: Path, key: paramiko.PKey) -> None:
    with server(home, key) as port:
        trust(home, port, key)
        with pytest.raises(LoadError, match=r"dump.csv does not exist"):
            fetch(home, port, "dump.csv")


@pytest.mark.parametrize("other_key", [False, True])
def test_a_server_that_no_one_accepted_gets_no_password(
    home: Path, key: paramiko.PKey, other_key: bool
) -> None:
    with server(home, key) as port:
        if other_key:  # someone answers in the server's place
            trust(home, port, paramiko.ECDSAKey.generate())
        with pytest.raises(LoadError, match=r"127.0.0.1 is not in ~/.ssh/known_hosts"):
            fetch(home, port, "dump.csv")
