"""Files taken from a watched folder: each has a folder of its own until its outcome is known.

The lock of the watched folder is there too: it has one watcher.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from bulksms.errors import LedgerBusy, OutputError
from bulksms.output.whole_file import whole_file
from bulksms.watch.safe_move import finish_move, free_name, move_file
from bulksms.watch.settled_files import FileSignature, Marker, SettledFile

__all__ = ["Claim", "WorkingFolder", "folder_lock", "remove_marker"]

CLAIM_NOTE = ".claim.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One file taken from the folder, and what was known of it then.

    Attributes:
        file: the file; `None` when it is not here, before or after its moves.
        rows: how many rows its producer announced.
        signature: the size and time it had; `None` when it came from the failed folder.
        marker: the file that marked it as complete, and how that was.
        obsolete: the reports of an earlier failure, which this run replaces.
    """

    id: str
    folder: Path
    name: str
    file: Path | None = None
    rows: int | None = None
    signature: FileSignature | None = None
    marker: Marker | None = None
    is_retry: bool = False
    obsolete: tuple[Path, ...] = ()

    @property
    def has_changed(self) -> bool:
        """Whether another program still writes to the file, through a handle opened before."""
        if self.file is None or self.signature is None:
            return False
        now = FileSignature.of(self.file)
        # On some network drives a renamed file has another inode.
        return (now.size, now.modified_ns) != (self.signature.size, self.signature.modified_ns)


class WorkingFolder:
    """The folder of claimed files: a file enters and leaves it by one rename."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0  # of the claims of one instant

    def claim(self, settled: SettledFile, now: datetime) -> None:
        """Take a settled file, and its marker after it.

        Raises:
            OutputError: it cannot be moved.
        """
        marker = None if settled.is_marker_shared else settled.marker
        note = {
            "rows": settled.rows,
            "signature": astuple(settled.signature),
            "marker": marker and [str(marker[0]), *astuple(marker[1])],
        }
        self._take(settled.path, settled.path.name, note, now, across_drives=False)
        remove_marker(marker)

    def claim_failed(
        self, file: Path, name: str, obsolete: tuple[Path, ...], rows: int | None, now: datetime
    ) -> None:
        """Take a file from the failed folder under its first name, and remove its old reports.

        Raises:
            OutputError: it cannot be moved.
        """
        note = {
            "rows": rows,
            "is_retry": True,
            "obsolete": list(map(str, obsolete)),
            "source": str(file),
        }
        self._take(file, name, note, now, across_drives=True)

    def claims(self) -> list[Claim]:
        """List what was claimed and not delivered, the oldest first; remove what is empty.

        Raises:
            OutputError: the folder cannot be read.
        """
        try:
            folders = sorted(path for path in self.path.iterdir() if path.is_dir())
            return [claim for folder in folders if (claim := self._read(folder)) is not None]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unusable(self.path, error) from None

    def put_back(self, claim: Claim, folder: Path) -> Path:
        """Return a file that is still written to; it is taken again when it has settled.

        Raises:
            OutputError: it cannot be moved.
        """
        target = folder / free_name(folder, claim.name, ())
        if claim.file is not None:
            move_file(claim.file, target)
        self.release(claim.folder)
        return target

    def release(self, folder: Path) -> None:
        """Remove the folder of a claim whose file has left it."""
        with suppress(OSError):  # an empty folder harms nothing, and goes at the next look
            for path in folder.iterdir():
                if path.name.startswith(".") and not path.name.endswith(".moving"):
                    path.unlink()
            folder.rmdir()

    def _take(
        self, source: Path, name: str, note: dict[str, Any], now: datetime, *, across_drives: bool
    ) -> None:
        folder = self._new_folder(now)
        with whole_file(folder / CLAIM_NOTE, "utf-8") as stream:
            json.dump({"name": name, **note}, stream)
        try:
            move_file(source, folder / name, across_drives=across_drives)
        except OutputError:
            self.release(folder)
            raise

    def _new_folder(self, now: datetime) -> Path:
        """Make a folder whose name sorts by time and never comes again."""
        self._count += 1
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            prefix = f"{now:%Y%m%dT%H%M%S%f}-{self._count:04}-"
            return Path(mkdtemp(prefix=prefix, dir=self.path))
        except OSError as error:
            raise _unusable(self.path, error) from None

    def _read(self, folder: Path) -> Claim | None:
        note = _read_note(folder / CLAIM_NOTE)
        if "source" in note:
            finish_move(Path(note["source"]), folder / note["name"])
        files = [path for path in _visible(folder) if path.is_file()]
        if not files and not (folder / ".delivery.json").exists():
            self.release(folder)
            return None
        signature, marker = note.get("signature"), note.get("marker")
        return Claim(
            id=folder.name,
            folder=folder,
            name=files[0].name if files else str(note.get("name", folder.name)),
            file=files[0] if files else None,
            rows=note.get("rows"),
            signature=FileSignature(*signature) if signature else None,
            marker=(Path(marker[0]), FileSignature(*marker[1:])) if marker else None,
            is_retry=bool(note.get("is_retry")),
            obsolete=tuple(map(Path, note.get("obsolete", ()))),
        )


def remove_marker(marker: Marker | None) -> None:
    """Remove a marker, unless its producer has marked the next file with it.

    It goes after its file: before, a kill would leave a file that waits for ever.
    """
    with suppress(OSError):
        if marker is not None and FileSignature.of(marker[0]) == marker[1]:
            marker[0].unlink()


@contextmanager
def folder_lock(folder: Path, working: Path) -> Iterator[None]:
    """Hold the lock of a watched folder, which is a hidden file in its working folder.

    Raises:
        LedgerBusy: another process watches the folder.
        OutputError: the lock cannot be taken at all.
    """
    from filelock import FileLock, Timeout

    try:
        working.mkdir(parents=True, exist_ok=True)
        lock = FileLock(working / ".lock", mode=0o600, thread_local=False)
        lock.acquire(timeout=0)
    except Timeout:
        raise LedgerBusy(
            f"Another process is watching {folder}: one is enough, or wait for it to end."
        ) from None
    except OSError as error:
        raise _unusable(working, error) from None
    try:
        yield
    finally:
        lock.release()


def _visible(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))


def _read_note(path: Path) -> dict[str, Any]:
    try:
        note: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note


def _unusable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"The folder {path} cannot be used ({os.strerror(error.errno or 0)}): check its "
        "permissions and space."
    )
