"""Fetches lists whole into private files, with the user's own credentials.

The drivers find the credentials where they always do, such as `~/.aws` and `~/.ssh`.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from bulksms.errors import BulkSmsError, LoadError
from bulksms.remote.addresses import is_web, refuse_unsafe, shown_address
from bulksms.remote.drivers import RemoteAccess, open_driver

__all__ = ["FetchedFile", "fetch_files"]

CHUNK_BYTES = 1024 * 1024
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedFile:
    """A file as it was fetched.

    Attributes:
        address: where it came from, without what could be a secret.
        modified: when it was changed last; `None` when the server does not say.
    """

    path: Path
    address: str
    modified: datetime | None


def fetch_files(address: str, folder: Path, access: RemoteAccess) -> list[FetchedFile]:
    """Fetch the file at an address, or the files that its pattern matches, into a private folder.

    Raises:
        UsageError: the address is not encrypted, has a password, or no driver knows its kind.
        MissingExtra: its driver is not installed.
        LoadError: the server or the file cannot be reached, or the file is too large.
    """
    refuse_unsafe(address)
    shown = shown_address(address)
    with _in_one_sentence(shown):
        filesystem, path = open_driver(address, access)
        if is_web(address):
            return [_fetch_page(filesystem, path, folder, access)]
        if re.search(r"[*?\[]", path):
            paths = sorted(filesystem.glob(path))
            return [
                _fetch(filesystem, each, _address_of_match(shown, each), folder, access)
                for each in paths
            ]
        return [_fetch(filesystem, path, shown, folder, access)]


def _address_of_match(pattern: str, path: str) -> str:
    """Return the address of a file that a pattern matched, by the path that its driver gives."""
    parts = urlsplit(pattern)
    below = path.lstrip("/")  # of a store it begins with the bucket, else a server has it
    where = below if below.startswith(f"{parts.netloc}/") else f"{parts.netloc}/{below}"
    return f"{parts.scheme}://{where}"


def _fetch(
    filesystem: Any,  # noqa: ANN401 - fsspec ships no types
    path: str,
    shown: str,
    folder: Path,
    access: RemoteAccess,
) -> FetchedFile:
    """Fetch one file of a driver that knows sizes."""
    info = filesystem.info(path)
    if info.get("type") == "directory":
        raise LoadError(f"{shown} is a folder: name a file in it, or a pattern such as *.csv.")
    size = info.get("size")
    _refuse_large(shown, size, access)
    target = _target(folder, path)
    with filesystem.open(path, "rb") as stream:
        written = _copy(stream, target, shown, access)
    if size is not None and written != size:
        raise LoadError(
            f"{shown} was fetched with {written} bytes and has {size}: it is being written, or "
            "the connection was cut. Try again. Nothing was sent."
        )
    return _finished(target, shown, _modified(info))


def _fetch_page(
    filesystem: Any,  # noqa: ANN401 - fsspec ships no types
    url: str,
    folder: Path,
    access: RemoteAccess,
) -> FetchedFile:
    """Fetch a file of a web server by one request: a signed address allows no other."""
    shown = shown_address(url)
    target = _target(folder, unquote(urlsplit(url).path))
    # A size makes the driver ask for nothing before; a block size of 0 makes it stream.
    with filesystem.open(url, "rb", block_size=0, size=1) as stream:
        headers = stream.r.headers
        if headers.get("Content-Length", "").isdecimal():
            _refuse_large(shown, int(headers["Content-Length"]), access)
        _copy(stream, target, shown, access)
        changed = headers.get("Last-Modified")
        return _finished(target, shown, parsedate_to_datetime(changed) if changed else None)


def _target(folder: Path, path: str) -> Path:
    """Choose a private file named like the remote one, in a folder of its own."""
    name = _UNSAFE.sub("_", PurePosixPath(path).name).lstrip(".") or "list"
    number = sum(1 for _ in folder.iterdir())
    own = folder / str(number)
    own.mkdir(mode=0o700)
    return own / name[-150:]


def _copy(
    stream: Any,  # noqa: ANN401 - fsspec ships no types
    target: Path,
    shown: str,
    access: RemoteAccess,
) -> int:
    """Copy a stream to a new private file; return how many bytes it had."""
    written = 0
    handle = os.open(
        target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
    )
    with os.fdopen(handle, "wb") as file:
        while chunk := stream.read(CHUNK_BYTES):
            written += len(chunk)
            _refuse_large(shown, written, access)
            file.write(chunk)
    return written


def _refuse_large(shown: str, size: int | None, access: RemoteAccess) -> None:
    if size is not None and size > access.max_bytes:
        raise LoadError(
            f"{shown} has more than {access.max_bytes} bytes and was not fetched: check that it "
            "is the right list."
        )


def _finished(target: Path, shown: str, modified: datetime | None) -> FetchedFile:
    if modified is not None:
        modified = modified if modified.tzinfo else modified.replace(tzinfo=UTC)
        os.utime(target, (modified.timestamp(), modified.timestamp()))
    return FetchedFile(path=target, address=shown, modified=modified)


def _modified(info: dict[str, Any]) -> datetime | None:
    """Read when a file was changed last, under the names that drivers have for it."""
    for name in ("mtime", "LastModified", "last_modified", "updated", "modified"):
        value = info.get(name)
        if isinstance(value, datetime):
            return value
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                continue
    return None


@contextmanager
def _in_one_sentence(shown: str) -> Iterator[None]:
    """Explain in one sentence an error of any driver."""
    try:
        yield
    except Exception as error:
        if isinstance(error, FileNotFoundError):
            raise LoadError(f"{shown} does not exist: check the address.") from None
        if not isinstance(error, BulkSmsError):
            raise LoadError(
                f"{shown} could not be fetched ({_describe(error)}): check the address, the "
                "server and your credentials for it. Nothing was sent."
            ) from None
        raise


def _describe(error: Exception) -> str:
    """Name an error without its text, which may hold an address with a secret."""
    status = getattr(error, "status", None)
    if isinstance(status, int) and status:
        return f"HTTP {status}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return getattr(error, "shown", None) or type(error).__name__
