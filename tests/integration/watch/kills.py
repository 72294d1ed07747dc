"""Kills a watcher before every change it makes to the disk, and starts it again each time.

Run as a program: it forks a process for each kill, so that the libraries load once. It prints
one line per way of a file with the number of kills, and fails at the first broken promise.
"""

import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from bulksms.clock import SystemClock
from bulksms.ledger import AcceptedFile, open_ledger
from bulksms.ledger.ledger import Ledger
from bulksms.use_cases.unattended.done_marker import DoneMarker
from bulksms.watch.delivery import FileOutcome
from bulksms.watch.settled_files import IncomingRules
from bulksms.watch.watcher import FolderWatcher, WatchedFolders

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class KillPoint:
    """Counts what is about to change below some folders, and dies before one of the changes."""

    def __init__(self, folders: list[Path], number: int) -> None:
        self._folders, self._left = tuple(map(str, folders)), number

    def cross(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, event: str, args: tuple[object, ...]) -> None:
        if event in CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & WRITING):
            path = args[0]
            if isinstance(path, str | os.PathLike) and str(path).startswith(self._folders):
                self.cross()


class KilledAcceptance:
    """The accepted files of a ledger; before and after each change there is a kill point."""

    series, mode = "welcome", "real"

    def __init__(self, ledger: Ledger, cross: Callable[[], None]) -> None:
        self._files, self._cross = ledger.accepted_files, cross

    def get(self, digest: str) -> AcceptedFile | None:
        return self._files.get(self.series, self.mode, digest)

    def put(self, record: AcceptedFile) -> None:
        self._cross()
        self._files.put(record)
        self._cross()

    def failed(self) -> list[AcceptedFile]:
        return self._files.failed(self.series, self.mode)


@dataclass
class Way:
    """One way of a file through the folders.

    `ends` says how many files with the content are in each folder at the end.
    """

    name: str
    code: int = 0
    marker: str | None = None
    retry: bool = False
    repeat: bool = False
    taken: bool = False
    drive: Path | None = None
    ends: dict[str, int] = field(default_factory=lambda: {"done": 1})

    def folders(self, root: Path) -> WatchedFolders:
        other = self.drive / root.name if self.drive else root
        return WatchedFolders(
            working=root / "working", done=other / "done", failed=other / "failed"
        )

    def prepare(self, root: Path) -> None:
        """Put the files where they are before the watcher starts."""
        folders = self.folders(root)
        if self.retry or self.repeat:
            (root / "dump.csv").write_text("people")
            self.start(root, code=3 if self.retry else 0)
            if self.repeat:
                (root / "again.csv").write_text("people")
            return
        (root / "dump.csv").write_text("people")
        if self.marker:
            (root / self.marker.format(name="dump.csv")).write_text("12")
        if self.taken:
            folders.done.mkdir(parents=True)
            (folders.done / "dump.csv").write_text("others")

    def start(self, root: Path, cross: Callable[[], None] = lambda: None, code: int = 0) -> None:
        """Run a watcher as `--once` does, until nothing is left to do."""

        def run(file: Path, rejects: Path, rows: int | None) -> FileOutcome:
            if (rows == 12) is not (self.marker is not None):
                sys.exit(f"{self.name}: the announced rows are lost: {rows}")
            cross()
            rejects.write_text("rejects")
            reason = "It failed." if code else None
            return FileOutcome(code=code, report={"ran": file.name}, reason=reason)

        with open_ledger(root / "home") as ledger:
            watcher = FolderWatcher(
                incoming=IncomingRules(
                    folder=root,
                    settle=0,
                    marker=DoneMarker(self.marker) if self.marker else None,
                ),
                folders=self.folders(root),
                acceptance=KilledAcceptance(ledger, cross),
                run_file=run,
                clock=SystemClock(),
                note=lambda _: None,
                stop=threading.Event(),
            )
            if self.retry and code == self.code:
                watcher.claim_failed()
            watcher.look()

    def counted(self, root: Path) -> dict[str, int]:
        """Count the files with the content by folder; a copy that has no name yet counts too.

        A hidden copy counts only when its source is gone: before, it is not complete.
        """
        folders = self.folders(root)
        places = {".": [root], "working": [*folders.working.glob("*/")]}
        places |= {"done": [folders.done], "failed": [folders.failed]}
        names = {
            name: [path for folder in paths for path in folder.glob("*.csv*") if _is_list(path)]
            for name, paths in places.items()
        }
        counts = {name: len(paths) for name, paths in names.items() if paths}
        if not counts:
            drafts = {
                name: [d for p in paths for d in p.glob(".*.moving")]
                for name, paths in places.items()
            }
            return {name: len(copies) for name, copies in drafts.items() if copies}
        return counts


def _is_list(path: Path) -> bool:
    return path.suffix == ".csv" and path.is_file() and path.read_text() == "people"


def forked(act: Callable[[], None]) -> int:
    """Do something in a process of its own, and return how that ended."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except SystemExit as error:
            sys.stderr.write(f"{error}\n")
            os._exit(1)
        except BaseException as error:  # noqa: BLE001
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _fail(way: Way, number: int, what: str, root: Path) -> None:
    listed = "\n".join(sorted(str(path.relative_to(root)) for path in root.rglob("*")))
    sys.exit(f"{way.name}, kill {number}: {what}\n{listed}")


def drive(way: Way, home: Path, base: Path) -> int:
    """Kill at every point and start again; return the number of kills."""
    number = 0
    while True:
        number += 1
        root = Path(mkdtemp(dir=base))
        shutil.copytree(home, root / "home")
        way.prepare(root)
        was_killed = _kill_and_start_again(way, number, root)
        shutil.rmtree(root)
        if way.drive:
            shutil.rmtree(way.drive / root.name)
        if not was_killed:
            return number - 1


def _kill_and_start_again(way: Way, number: int, root: Path) -> bool:
    """Kill at one point; false when the watcher ended before it."""
    before = way.counted(root)
    ended = forked(lambda: _start_until_killed(way, number, root))
    if ended not in (0, -signal.SIGKILL):
        _fail(way, number, f"the watcher ended with {ended}", root)
    if sum(way.counted(root).values()) != sum(before.values()):
        _fail(way, number, f"the file is in {way.counted(root)}", root)
    if forked(lambda: way.start(root, code=way.code)) != 0:
        _fail(way, number, "the next start failed", root)
    _check_end(way, number, root)
    return ended != 0


def _start_until_killed(way: Way, number: int, root: Path) -> None:
    folders = [root] if way.drive is None else [root, way.drive / root.name]
    point = KillPoint(folders, number)
    sys.addaudithook(point.audit)
    way.start(root, point.cross, way.code)


def _check_end(way: Way, number: int, root: Path) -> None:
    """Check that everything is in its place and nothing is left behind."""
    if way.counted(root) != way.ends:
        _fail(way, number, f"at the end the file is in {way.counted(root)}", root)
    folders = way.folders(root)
    left = [path.name for path in folders.working.iterdir() if path.name != ".lock"]
    left += [path.name for path in root.iterdir() if path.suffix in (".csv", ".done")]
    drafts = [*folders.done.glob(".*"), *folders.failed.glob(".*")]
    if left or drafts:
        _fail(way, number, f"left behind: {left + drafts}", root)
    folder, name = (folders.failed, "dump.csv") if way.code else (folders.done, "dump.csv")
    name = "dump-2.csv" if way.taken else "again.csv" if way.repeat else name
    companions = {".report.json"} | ({".reason.txt"} if way.code or way.repeat else set())
    if not way.repeat:
        companions.add(".rejects.csv")
    written = {path.name.removeprefix(name) for path in folder.glob(f"{name}.*")}
    if written != companions:
        _fail(way, number, f"beside the file are {sorted(written)}", root)
    if way.retry and not way.code and list(folders.failed.iterdir()):
        _fail(way, number, "reports of the earlier failure are left", root)
    if way.taken and (folders.done / "dump.csv").read_text() != "others":
        _fail(way, number, "another file was overwritten", root)


def main() -> None:
    """Drive every way of a file."""
    base = other = Path(sys.argv[1])
    memory = Path("/dev/shm")
    if memory.is_dir() and memory.stat().st_dev != base.stat().st_dev:
        base = Path(mkdtemp(dir=memory))  # where a thousand flushes take no time
    home = base / "home"
    with open_ledger(home) as ledger:  # migrated once
        ledger.accepted_files.get("welcome", "real", "")
    ways = [
        Way("done"),
        Way("failed", code=3, ends={"failed": 1}),
        Way("marked", marker="{name}.done"),
        Way("name taken", taken=True),
        Way("repeated", repeat=True, ends={"done": 2}),
        Way("tried again", retry=True),
    ]
    if base != other:
        ways += [Way("other drive", drive=other), Way("back from it", drive=other, retry=True)]
    try:
        for way in ways:
            sys.stdout.write(f"{way.name}: {drive(way, home, base)} kills\n")
            sys.stdout.flush()
    finally:
        if base != other:
            shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
