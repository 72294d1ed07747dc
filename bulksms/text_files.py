"""Reads text files: those that people write, and the tables that come with the program."""

import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

from bulksms.errors import BulkSmsError, InputError

__all__ = ["decode_text", "read_once", "read_shipped_table", "read_text_file"]


def read_text_file(path: Path, title: str, error: type[BulkSmsError] = InputError) -> str:
    """Read a UTF-8 file, with or without a byte order mark; `title` names it in errors.

    Raises:
        BulkSmsError: an `error` that says why the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as cause:
        reason = cause.strerror or "unreadable path"
        raise error(
            f"{title} {path} cannot be read ({reason}): check its name and permissions."
        ) from None
    except ValueError:  # a path with a NUL character
        raise error(f"{title} {str(path)!r} is not a valid path.") from None
    return decode_text(content, f"{title} {path}", error)


def decode_text(content: bytes, title: str, error: type[BulkSmsError] = InputError) -> str:
    """Decode UTF-8, with or without a byte order mark; `title` names the source in errors.

    Raises:
        BulkSmsError: an `error` that asks for UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise error(f"{title} is not UTF-8: save it as UTF-8.") from None


@lru_cache(maxsize=1)
def read_once(stream: BinaryIO, limit: int = -1) -> bytes:
    """Read a stream such as standard input, up to `limit` bytes; it may be asked for again."""
    return stream.read(limit)


@cache
def read_shipped_table(package: str, name: str) -> Mapping[str, Any]:
    """Read a TOML file of a package of the program, once."""
    return tomllib.loads(files(package).joinpath(name).read_text(encoding="utf-8"))
