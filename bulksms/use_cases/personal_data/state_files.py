"""Searches files for a phone number in every spelling: as text, as an integer, inside archives."""

import mmap
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.contacts.phones.search_pattern import byte_patterns
from bulksms.ledger import ledger_file
from bulksms.settings import Settings

if TYPE_CHECKING:
    import re

__all__ = ["any_file_has", "files_with", "state_folders"]


def state_folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders the program writes to by itself: state, ledger, safety logs."""
    folder = ledger_file(settings.home, settings.ledger).parent
    witnesses = folder.with_name(f"{folder.name}-witness")
    return tuple(dict.fromkeys((settings.home, folder, witnesses)))


def files_with(number: int, folders: Iterable[Path]) -> list[Path]:
    """List the files in some folders, and in those below, that hold a number."""
    patterns = byte_patterns(number)
    files = {file for folder in folders for file in folder.rglob("*") if file.is_file()}
    return sorted(file for file in files if _holds(file, patterns))


def any_file_has(number: int, file: Path) -> bool | None:
    """Whether a file holds a number; none when it cannot be read."""
    try:
        return _holds(file, byte_patterns(number)) if file.is_file() else None
    except OSError:
        return None


def _holds(file: Path, patterns: Iterable["re.Pattern[bytes]"]) -> bool:
    if not file.stat().st_size:
        return False
    if zipfile.is_zipfile(file):
        return any(pattern.search(part) for part in _members(file) for pattern in patterns)
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as view:
        return any(pattern.search(view) for pattern in patterns)


def _members(file: Path) -> Iterator[bytes]:
    """Yield the unpacked parts of an archive, such as a workbook; a damaged one has none."""
    try:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                yield archive.read(name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return
