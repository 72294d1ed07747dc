"""Resolves home folders: `~` in paths that people write, and the folders of the platform."""

from collections.abc import Callable
from pathlib import Path

from bulksms.errors import UsageError

__all__ = ["expand_home", "platform_folder"]


def expand_home(path: str, name: str) -> Path:
    """Return a path with its leading `~` or `~user` resolved; `name` is the setting it is from.

    Raises:
        UsageError: there is no such home folder.
    """
    if not path.startswith("~"):
        return Path(path)
    try:
        expanded = Path(path).expanduser()
    except RuntimeError:
        expanded = Path(path)
    if expanded.parts[0].startswith("~"):
        shown = path.encode("unicode_escape", "backslashreplace").decode()
        raise UsageError(
            f"{name} is {shown}, and there is no home folder {expanded.parts[0]}: write an "
            "absolute path."
        )
    return expanded


def platform_folder(folder_of: Callable[[], Path]) -> Path | None:
    """Return a folder of the platform; None where this user has no home folder."""
    try:
        folder = folder_of()
    except RuntimeError:
        return None
    return None if folder.parts[0].startswith("~") else folder
