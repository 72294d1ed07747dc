"""Writes a file that is complete or not there; a device or a pipe is written to directly."""

import glob
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from bulksms.errors import InputError
from bulksms.private_files import open_to_write

__all__ = ["is_stream", "whole_file"]

_PRIVATE = 0o600
# Paths that name an open file; others below /dev, such as /dev/shm, hold ordinary files.
_DESCRIPTOR = re.compile(r"/dev/(fd/\d+|std(in|out|err))|/proc/[^/]+/(task/[^/]+/)?fd/\d+")
_NAME_BYTES = 200  # of a draft's name, below the 255 of most file systems


def is_stream(path: Path) -> bool:
    """Whether a path is a device or a pipe, which takes each byte once and is never replaced."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    by_descriptor = _DESCRIPTOR.fullmatch(str(path)) is not None
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode) or (by_descriptor and stat.S_ISREG(mode))


@contextmanager
def whole_file(
    path: Path, encoding: str = "utf-8-sig", *, new_mode: int = _PRIVATE
) -> Iterator[TextIO]:
    """Open a text file that replaces `path` only when it is complete and on disk.

    A link is followed, so that it stays a link. A file that was not there gets `new_mode`.

    Raises:
        InputError: the file cannot be written.
    """
    try:
        if is_stream(path):
            with path.open("a", encoding=encoding, newline="") as stream:
                yield stream
            return
        with _draft_of(Path(os.path.realpath(path)), encoding, new_mode) as draft:
            yield draft
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}): close it in other programs, "
            "or give another name.",
            code="file_unwritable",
        ) from None
    except ValueError:  # a NUL character
        raise InputError(
            f"{str(path)!r} is not a valid path: give another name.", code="file_unwritable"
        ) from None


@contextmanager
def _draft_of(target: Path, encoding: str, new_mode: int) -> Iterator[TextIO]:
    """Open a draft beside the target, and rename it when it is complete."""
    _refuse_other_kinds(target)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    prefix = f".{os.fsdecode(os.fsencode(target.name)[:_NAME_BYTES])}."
    _remove_abandoned(target.parent, prefix)
    draft = target.with_name(f"{prefix}{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    handle = open_to_write(draft, os.O_EXCL, _mode(target, new_mode))
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _refuse_other_kinds(target: Path) -> None:
    """Refuse what is neither a file nor free: a folder, a disk, a socket, a loop of links."""
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise OSError(0, "it is not a file")


def _mode(target: Path, new_mode: int) -> int:
    """Keep the permissions of the file that is replaced."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        return new_mode


def _remove_abandoned(folder: Path, prefix: str) -> None:
    """Remove the drafts that killed programs left of the same file."""
    for draft in folder.glob(f"{glob.escape(prefix)}*.draft"):
        owner = draft.name[len(prefix) :].removesuffix(".draft")
        if owner.isdecimal() and not _is_running(int(owner)):
            with suppress(OSError):
                draft.unlink()


def _is_running(process: int) -> bool:
    import psutil

    return psutil.pid_exists(process)
