"""Lists at addresses: of a web server on this machine, and of fsspec's own drivers."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from bulksms.errors import LoadError, MissingExtra, UsageError
from bulksms.octopush.transport import Route
from bulksms.remote import FetchedFile, RemoteAccess, fetch_files
from tests.integration.file_server import CERTIFICATES, LIST, server


def fetch(address: str, folder: Path, access: RemoteAccess | None = None) -> list[FetchedFile]:
    return fetch_files(address, folder, access or RemoteAccess())


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    files = fsspec.filesystem("memory")
    files.pipe({"/dumps/b.csv": LIST, "/dumps/a.csv": LIST, "/dumps/note.txt": b"x"})
    yield files
    files.store.clear()


def test_a_list_of_a_web_server_is_fetched_whole_and_privately(tmp_path: Path) -> None:
    with server() as url:
        (fetched,) = fetch(f"{url}/d%C3%A9p%C3%B4t.csv?signature=secret", tmp_path)

    assert fetched.path.read_bytes() == LIST
    assert fetched.path.name == "dépôt.csv"
    assert fetched.address == f"{url}/d%C3%A9p%C3%B4t.csv"
    assert fetched.modified is not None
    assert fetched.modified.isoformat() == "2025-11-30T06:00:00+00:00"
    assert fetched.path.stat().st_mtime == fetched.modified.timestamp()
    if sys.platform != "win32":
        assert stat.S_IMODE(fetched.path.stat().st_mode) == 0o600


def test_a_server_that_says_neither_size_nor_age_is_read(tmp_path: Path) -> None:
    with server() as url:
        (fetched,) = fetch(f"{url}/unsized.csv", tmp_path)

    assert (fetched.path.read_bytes(), fetched.modified) == (LIST, None)


def test_headers_of_the_users_own_configuration_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server() as url, pytest.raises(LoadError, match="HTTP 401"):
        fetch(f"{url}/private.csv", tmp_path)
    token = {"headers": {"Authorization": "Bearer token"}}
    monkeypatch.setitem(fsspec.config.conf, "https", token)
    with server() as url:
        (fetched,) = fetch(f"{url}/private.csv", tmp_path)

    assert fetched.path.read_bytes() == LIST


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gone.csv", "gone.csv does not exist: check the address"),
        ("secret.csv", r"secret.csv could not be fetched \(HTTP 403\)"),
        ("broken.csv", r"broken.csv could not be fetched \(HTTP 503\)"),
        ("cut.csv", "cut.csv could not be fetched"),
    ],
)
def test_what_cannot_be_fetched_is_one_sentence(tmp_path: Path, name: str, sentence: str) -> None:
    with server() as url, pytest.raises(LoadError, match=sentence):
        fetch(f"{url}/{name}", tmp_path)


def test_a_redirection_to_plain_http_is_refused(tmp_path: Path) -> None:
    with server() as url, pytest.raises(UsageError, match=r"http://x.example/dump.csv .* https"):
        fetch(f"{url}/away.csv", tmp_path)


@pytest.mark.parametrize("name", ["dump.csv", "unsized.csv"])
def test_a_list_that_is_too_large_is_not_kept(tmp_path: Path, name: str) -> None:
    with server() as url, pytest.raises(LoadError, match="more than 10 bytes"):
        fetch(f"{url}/{name}", tmp_path, RemoteAccess(max_bytes=10))


def test_a_server_that_is_down_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="could not be fetched"):
        fetch("http://127.0.0.1:9/dump.csv", tmp_path)


def test_an_encrypted_server_is_trusted_by_its_certificate_only(tmp_path: Path) -> None:
    own = RemoteAccess(ssl_context=Route(ca_file=CERTIFICATES / "company_ca.pem").ssl_context())
    with server("company_server.pem") as url:
        with pytest.raises(LoadError, match="could not be fetched"):
            fetch(f"{url}/dump.csv", tmp_path)
        (fetched,) = fetch(f"{url}/dump.csv", tmp_path, own)

    assert fetched.path.read_bytes() == LIST


@pytest.mark.usefixtures("memory")
def test_a_pattern_of_a_store_gives_every_match_by_name(tmp_path: Path) -> None:
    fetched = fetch("memory://dumps/*.csv", tmp_path)

    assert [each.address for each in fetched] == ["memory://dumps/a.csv", "memory://dumps/b.csv"]
    assert [each.path.read_bytes() for each in fetched] == [LIST, LIST]
    assert len({each.path for each in fetched}) == 2


@pytest.mark.usefixtures("memory")
def test_a_file_of_a_store_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"memory://dumps/no.csv does not exist"):
        fetch("memory://dumps/no.csv", tmp_path)
    with pytest.raises(LoadError, match="is a folder"):
        fetch("memory://dumps", tmp_path)


def test_a_local_driver_keeps_the_age(tmp_path: Path) -> None:
    source = tmp_path / "dump.csv"
    source.write_bytes(LIST)
    os.utime(source, (1_000_000_000, 1_000_000_000))
    folder = tmp_path / "fetched"
    folder.mkdir()

    (fetched,) = fetch(source.as_uri(), folder)

    assert fetched.path.stat().st_mtime == 1_000_000_000


def test_an_unknown_kind_of_address_and_a_missing_driver(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="begin with dump:// are not supported"):
        fetch("dump://x/a.csv", tmp_path)
    with pytest.raises(MissingExtra, match=r"gs:// needs a library that is not installed"):
        fetch("gs://dumps/a.csv", tmp_path)
