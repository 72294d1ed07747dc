"""A watched folder in a test: its watcher, the files in it, and runs that only count."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bulksms.clock import Clock
from bulksms.ledger import AcceptedFile
from bulksms.use_cases.unattended.done_marker import DoneMarker
from bulksms.watch.delivery import FileOutcome, FileReport
from bulksms.watch.settled_files import IncomingRules
from bulksms.watch.watcher import FolderWatcher, WatchedFolders
from tests.fakes import FakeClock

__all__ = ["MemoryAcceptance", "WatchedFolder", "files_below"]


class MemoryAcceptance:
    """Accepted files that are forgotten with the test."""

    series, mode = "welcome", "real"

    def __init__(self) -> None:
        self.records: dict[str, AcceptedFile] = {}

    def get(self, digest: str) -> AcceptedFile | None:
        return self.records.get(digest)

    def put(self, record: AcceptedFile) -> None:
        self.records[record.digest] = record

    def failed(self) -> list[AcceptedFile]:
        return [record for record in self.records.values() if record.state == "failed"]


@dataclass
class WatchedFolder:
    """A folder, and one run per file: `outcomes` by the content of the file, else success."""

    path: Path
    settle: float = 30.0
    marker: str | None = None
    patterns: tuple[str, ...] = ()
    excluded: frozenset[Path] = frozenset()
    screening_lists: tuple[Path, ...] = ()
    clock: Clock = field(default_factory=FakeClock)
    outcomes: dict[str, FileOutcome] = field(default_factory=dict)
    ran: list[tuple[str, str, int | None]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.acceptance = MemoryAcceptance()
        self.waiting: dict[str, str] = {}
        self.path.mkdir(exist_ok=True)
        self.watcher = self.start()

    def start(self) -> FolderWatcher:
        """Start a watcher as a new process would: it has seen nothing yet."""
        self.watcher = FolderWatcher(
            incoming=IncomingRules(
                folder=self.path,
                settle=self.settle,
                patterns=self.patterns,
                marker=DoneMarker(self.marker) if self.marker else None,
                excluded=self.excluded,
                screening_lists=self.screening_lists,
            ),
            folders=WatchedFolders(
                working=self.path / "working",
                done=self.path / "done",
                failed=self.path / "failed",
            ),
            acceptance=self.acceptance,
            run_file=self.run,
            clock=self.clock,
            note=self.notes.append,
            stop=self.stop,
        )
        return self.watcher

    def run(self, file: Path, rejects: Path, rows: int | None) -> FileOutcome:
        content = file.read_text(encoding="utf-8")
        self.ran.append((file.name, content, rows))
        rejects.write_text("rejects", encoding="utf-8")
        return self.outcomes.get(content, FileOutcome(code=0))

    def drop(self, name: str, content: str = "people") -> Path:
        path = self.path / name
        path.write_text(content, encoding="utf-8")
        return path

    def look(self) -> list[FileReport]:
        seen, reports = self.watcher.look()
        self.waiting = seen.waiting
        return reports

    def settled(self) -> list[FileReport]:
        """Look, let the settling time pass, and look again."""
        first = self.look()
        self.clock.wait(self.settle, threading.Event())
        return [*first, *self.look()]

    def names(self, folder: str = ".") -> list[str]:
        """List the files of a folder that people see."""
        path = self.path / folder
        return (
            sorted(each.name for each in path.glob("*") if each.is_file()) if path.exists() else []
        )


def files_below(folder: Path, content: str) -> Counter[str]:
    """Count the files with this content by the folder they are in."""
    return Counter(
        path.relative_to(folder).parts[0] if path.parent != folder else "."
        for path in folder.rglob("*")
        if path.is_file() and path.suffix == ".csv" and path.read_text("utf-8") == content
    )
