"""Moves a file so that it is whole in one folder at every instant, and overwrites nothing."""

import errno
import os
import shutil
from pathlib import Path

from bulksms.errors import OutputError
from bulksms.private_files import sync_folder

__all__ = ["finish_move", "free_name", "move_file"]

NAME_BYTES = 200  # leaves room for what is added to a name, below the 255 of file systems


def free_name(folder: Path, name: str, companions: tuple[str, ...]) -> str:
    """Choose a name that is free in a folder, with those that its companions add to it.

    Of `dump.csv` the second is `dump-2.csv`.
    """
    path = Path(name)
    stem = os.fsdecode(os.fsencode(path.stem)[: NAME_BYTES - len(os.fsencode(path.suffix))])
    number, chosen = 1, f"{stem}{path.suffix}"
    while any(os.path.lexists(folder / f"{chosen}{suffix}") for suffix in ("", *companions)):
        number += 1
        chosen = f"{stem}-{number}{path.suffix}"
    return chosen


def move_file(source: Path, target: Path, *, across_drives: bool = True) -> None:
    """Move a file to a free path; a move that was cut short is finished.

    To another drive it is copied under a hidden name, which gets its own when the source is gone:
    a name never means half a file, and one file never has two names.

    Raises:
        OutputError: it cannot be moved, or there is a file of that name.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        finish_move(source, target)
        if not source.exists():
            return  # it was moved before
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "a file of that name exists")
        try:
            source.rename(target)
        except OSError as error:
            if error.errno != errno.EXDEV or not across_drives:
                raise
            _copy_and_remove(source, target)
    except OSError as error:
        raise OutputError(
            f"{source} cannot be moved to {target} ({error.strerror}): check the folder's "
            "permissions and space. The file stays where it is and is moved at the next look."
        ) from None


def finish_move(source: Path, target: Path) -> None:
    """Finish a move to another drive that was cut short after the source was removed."""
    draft = _draft(target)
    if not draft.exists():
        return
    if source.exists():
        draft.unlink()  # it may be incomplete
    elif not os.path.lexists(target):
        draft.rename(target)


def _copy_and_remove(source: Path, target: Path) -> None:
    draft = _draft(target)
    shutil.copy2(source, draft)
    with draft.open("rb+") as copy:
        os.fsync(copy.fileno())
    sync_folder(target.parent)
    source.unlink()
    draft.rename(target)


def _draft(target: Path) -> Path:
    return target.with_name(f".{target.name}.moving")
