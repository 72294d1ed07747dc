"""Which files of a folder are complete: stable over a while, or marked by their producer."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path

from bulksms.clock import Clock
from bulksms.errors import InputError
from bulksms.use_cases.unattended.done_marker import DoneMarker
from bulksms.use_cases.unattended.in_progress import is_in_progress, is_open_in_office

__all__ = [
    "CHANGING",
    "FileSignature",
    "FolderLook",
    "IncomingRules",
    "Marker",
    "SettledFile",
    "SettledFiles",
]

CHANGING = "is still changing"
# Without a pattern, what a spreadsheet or an export is called.
LIST_SUFFIXES = frozenset(
    {"csv", "tsv", "txt", "tab", "xlsx", "xlsm", "xls", "xlsb", "ods", "xlt", "xltx"}
)


@dataclass(frozen=True, slots=True)
class FileSignature:
    """The facts that change when a file is written to or replaced."""

    size: int
    modified_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "FileSignature":
        """Read the signature of a file."""
        status = path.stat(follow_symlinks=False)
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)


# The file that marks others as complete, and how it was then.
Marker = tuple[Path, FileSignature]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRules:
    """Which files of a folder are taken, and when.

    Attributes:
        settle: for how many seconds a file must not change before it is taken.
        patterns: the names that are taken; without any, those of spreadsheets and exports.
        excluded: files that belong to the campaign, such as its opt-outs; resolved, like `folder`.
        screening_lists: opt-outs and guests; no file is taken before these are unchanged as long.
    """

    folder: Path
    settle: float
    patterns: tuple[str, ...] = ()
    marker: DoneMarker | None = None
    excluded: frozenset[Path] = frozenset()
    screening_lists: tuple[Path, ...] = ()

    def takes(self, name: str) -> bool:
        """Whether a file of this name is a list for the campaign."""
        if is_in_progress(name) or self.folder / name in self.excluded:
            return False
        if self.marker is not None and self.marker.may_be(name):
            return False
        if self.patterns:
            return any(fnmatch(name, pattern) for pattern in self.patterns)
        return name.rpartition(".")[2].lower() in LIST_SUFFIXES and "." in name


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledFile:
    """A file that is complete.

    Attributes:
        marker: the file that marks it as complete, and how that was.
        is_marker_shared: whether the marker is for other files too.
        rows: how many rows its producer announced in the marker.
    """

    path: Path
    signature: FileSignature
    marker: Marker | None = None
    is_marker_shared: bool = False
    rows: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLook:
    """The result of one look into a folder.

    Attributes:
        ready: complete files, the oldest first.
        waiting: why each other list is not taken yet, by its name.
        next_look: in how many seconds the first of them may be complete.
    """

    ready: tuple[SettledFile, ...] = ()
    waiting: dict[str, str] = field(default_factory=dict)
    next_look: float | None = None


class SettledFiles:
    """Watches how the files of a folder change from look to look."""

    def __init__(self, rules: IncomingRules, clock: Clock) -> None:
        self._rules, self._clock = rules, clock
        # Of the names in the folder, and of the paths of screening lists.
        self._since: dict[str, tuple[FileSignature, float]] = {}

    def look(self) -> FolderLook:
        """Look into the folder.

        Raises:
            InputError: it cannot be read.
        """
        present = self._present()
        ready, waiting, remaining = [], {}, []
        for name in filter(self._rules.takes, present):
            wait = self._wait_of(name, present) or self._wait_for_screening_lists()
            settled = self._settled(name, present) if wait is None else None
            if settled is not None:
                ready.append(settled)
            else:
                waiting[name], seconds = wait or ("waits for its marker", 0)
                remaining.append(seconds)
        ready.sort(key=lambda file: (file.signature.modified_ns, file.path.name))
        due = [seconds for seconds in remaining if seconds > 0]
        return FolderLook(ready=tuple(ready), waiting=waiting, next_look=min(due) if due else None)

    def _present(self) -> dict[str, FileSignature]:
        """List the ordinary files, and since when each is as it is."""
        folder = self._rules.folder
        try:
            present = dict(_signatures(folder))
        except OSError as error:
            raise InputError(
                f"The folder {folder} cannot be read ({error.strerror}): check that it exists "
                "and that you may list it."
            ) from None
        now, seen = self._clock.monotonic(), dict(present)
        for path in self._rules.screening_lists:
            with suppress(OSError):  # it is not there, or is an address: its reader says so
                seen[str(path)] = FileSignature.of(path.resolve())
        for name, signature in seen.items():
            if name not in self._since or self._since[name][0] != signature:
                self._since[name] = (signature, now)
        for name in self._since.keys() - seen.keys():
            del self._since[name]
        return present

    def _wait_for_screening_lists(self) -> tuple[str, float] | None:
        """Return why every file waits and for how many seconds, while such a list changes."""
        for path in self._rules.screening_lists:
            if str(path) in self._since and (left := self._left(str(path))) > 0:
                return f"waits until {path.name} is complete", left
        return None

    def _wait_of(self, name: str, present: dict[str, FileSignature]) -> tuple[str, float] | None:
        """Return why a file is not complete and how many seconds are left; None when it is."""
        if not os.access(self._rules.folder / name, os.R_OK):
            return "cannot be read with the rights of this user", 0
        if is_open_in_office(name, present):
            return "is open in a spreadsheet program", 0
        left = self._left(name)
        if self._rules.marker is None:
            if not present[name].size:
                return "is empty", 0
        else:
            marker = self._rules.marker.of(name)
            if marker not in present:
                return f"waits for {marker}", 0
            if present[marker].modified_ns < present[name].modified_ns:
                return f"is newer than {marker}", 0
            left = max(left, self._left(marker))
        return (CHANGING, left) if left > 0 else None

    def _settled(self, name: str, present: dict[str, FileSignature]) -> SettledFile | None:
        """Describe a complete file; None when its marker has just gone."""
        settled = SettledFile(path=self._rules.folder / name, signature=present[name])
        if self._rules.marker is None:
            return settled
        marker = settled.path.with_name(self._rules.marker.of(name))
        try:
            rows = DoneMarker.row_count(marker.read_bytes())
        except OSError:
            return None
        is_shared = self._rules.marker.is_shared
        return replace(
            settled,
            marker=(marker, present[marker.name]),
            is_marker_shared=is_shared,
            # That of a marker for several files would be the sum of theirs.
            rows=None if is_shared else rows,
        )

    def _left(self, name: str) -> float:
        """How many seconds a file still has to stay unchanged."""
        return self._since[name][1] + self._rules.settle - self._clock.monotonic()


def _signatures(folder: Path) -> Iterator[tuple[str, FileSignature]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                if entry.is_file(follow_symlinks=False):
                    # On Windows the entry's own status has no inode and may be out of date.
                    yield entry.name, FileSignature.of(Path(entry.path))
            except OSError:  # gone meanwhile
                continue
