"""Reads text files that people write: settings, messages, prices, profiles."""

from pathlib import Path

from bulksms.errors import BulkSmsError, InputError

__all__ = ["decode_text", "read_text_file"]


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
