"""Names that programs give to files they are still writing or have open."""

from collections.abc import Collection

__all__ = ["is_in_progress", "is_open_in_office"]

# WinSCP, browsers, FTP servers, rsync, editors, download managers.
_SUFFIXES = (
    *("~", ".tmp", ".temp", ".part", ".partial", ".filepart", ".writing", ".swp", ".swx"),
    *(".crdownload", ".download", ".opdownload", ".upload", ".uploading", ".incomplete"),
    *(".inprogress", ".in_progress", ".lock", ".lck", ".bak", ".aria2", ".!ut", ".draft"),
)
_PREFIXES = (".", "~", "#")
# Files that systems put into folders by themselves.
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", "icon\r"})


def is_in_progress(name: str) -> bool:
    """Whether a name says that the file is hidden, temporary, or not complete yet."""
    lower = name.lower()
    return (
        lower.startswith(_PREFIXES) or lower.endswith((*_SUFFIXES, " ")) or lower in _SYSTEM_FILES
    )


def is_open_in_office(name: str, names: Collection[str]) -> bool:
    """Whether Excel or LibreOffice has left its lock file for this name in the folder."""
    # Excel cuts two characters off the start of long names.
    owners = (f"~${name}", f"~${name[2:]}", f".~lock.{name}#")
    return any(owner in names for owner in owners)
