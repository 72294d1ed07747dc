"""Takes settled files from a folder, runs each once, and moves it to done or failed.

A file is claimed by a rename into a folder of its own. What was decided of it is on disk before
it is moved on, and the ledger decides who is texted, so that every look continues where a killed
process was.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any

from bulksms.clock import Clock
from bulksms.errors import InputError, OutputError
from bulksms.ledger import AcceptedFile
from bulksms.watch.acceptance import (
    Acceptance,
    accept,
    describe_repeat,
    is_repeat,
    record_delivery,
)
from bulksms.watch.delivery import (
    COMPANIONS,
    REJECTS,
    Delivery,
    FileOutcome,
    FileReport,
    RunFile,
    deliver,
    read_delivery,
    write_delivery,
)
from bulksms.watch.settled_files import FolderLook, IncomingRules, SettledFiles
from bulksms.watch.working_folder import Claim, WorkingFolder, remove_marker

__all__ = ["FolderWatcher", "WatchedFolders"]

MAX_ATTEMPTS = 3
OUTPUT_CODE = 74  # a file could not be moved or a report could not be written


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFolders:
    """The folders of a file's way; `working` must be on the same drive as the incoming one."""

    working: Path
    done: Path
    failed: Path


@dataclass
class FolderWatcher:
    """One watched folder; `look` is called until there is nothing to do.

    Attributes:
        note: gets sentences for people.
        stop: is set to end after the file in hand.
    """

    incoming: IncomingRules
    folders: WatchedFolders
    acceptance: Acceptance
    run_file: RunFile
    clock: Clock
    note: Callable[[str], None]
    stop: threading.Event
    _noted: set[str] = field(default_factory=set, init=False)
    _not_before: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Prepare to see how files change."""
        self._settled = SettledFiles(self.incoming, self.clock)
        self._working = WorkingFolder(self.folders.working)

    def look(self) -> tuple[FolderLook, list[FileReport]]:
        """Go on with what was claimed, claim what has settled, and run it.

        Raises:
            InputError: the folder cannot be read.
            OutputError: the working folder cannot be used.
            LedgerError: the ledger cannot be used; the files stay where they are.
        """
        reports = list(self._process_claims())
        look = self._settled.look()
        if self._claim_all(look):
            reports += self._process_claims()
        now = self.clock.monotonic()
        due = [seconds - now for seconds in self._not_before.values() if seconds > now]
        if look.next_look is not None:
            due.append(look.next_look)
        return replace(look, next_look=min(due, default=None)), reports

    def claim_failed(self) -> None:
        """Take every file of the failed folder again whose run failed.

        Raises:
            OutputError: a file cannot be moved.
        """
        self._working.claims()  # finishes moves that were cut short, before their source is taken
        for record in self.acceptance.failed():
            target = Path(record.target or "")
            if target.is_file():
                old = tuple(target.with_name(f"{target.name}{suffix}") for suffix in COMPANIONS)
                now = self.clock.now()
                self._working.claim_failed(target, record.name, old, record.rows, now)

    def _claim_all(self, look: FolderLook) -> bool:
        """Claim every file that is complete; whether there was any."""
        claimed = 0
        for settled in look.ready:
            if self.stop.is_set():
                break
            try:
                self._working.claim(settled, self.clock.now())
            except (OutputError, InputError) as error:
                self._note_once(str(error))
                continue
            claimed += 1
        shared = {each.marker[0] for each in look.ready if each.marker and each.is_marker_shared}
        if claimed == len(look.ready):
            for marker in shared:
                with suppress(OSError):
                    marker.unlink()
        return claimed > 0

    def _process_claims(self) -> Iterator[FileReport]:
        for claim in self._working.claims():
            if self.stop.is_set():
                return
            if self._not_before.get(claim.id, 0) > self.clock.monotonic():
                continue
            try:
                report = self._process(claim)
            except (OutputError, InputError) as error:  # a full disk, a folder without permission
                report = _kept(claim, OUTPUT_CODE, str(error))
            except OSError as error:
                reason = f"{claim.name} cannot be read ({error.strerror}): check its permissions."
                report = _kept(claim, OUTPUT_CODE, reason)
            if report is not None:
                yield report

    def _process(self, claim: Claim) -> FileReport | None:
        delivery = read_delivery(claim)
        if delivery is not None:
            return self._finish(claim, delivery)
        if claim.file is None:
            return None
        if claim.has_changed:
            back = self._working.put_back(claim, self.incoming.folder)
            self._note_once(f"{back.name} is still being written and was put back.")
            return None
        remove_marker(claim.marker)
        for path in claim.obsolete:
            path.unlink(missing_ok=True)
        return self._accept(claim, claim.file)

    def _accept(self, claim: Claim, file: Path) -> FileReport:
        """Run a file whose content is new, and report one that is not."""
        with file.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
        before = self.acceptance.get(digest)
        if before is not None and is_repeat(before, claim, self.folders.working):
            outcome = FileOutcome(code=0, reason=describe_repeat(before, claim.name))
            state, failed = "repeated", before.state == "failed"
        else:
            accepted = accept(self.acceptance, claim, digest, before, self.clock.now())
            outcome = self._run(file, claim, accepted)
            if outcome.again_after is not None:
                self._not_before[claim.id] = self.clock.monotonic() + outcome.again_after
                return _kept(claim, outcome.code, outcome.reason, outcome.report)
            failed = outcome.code != 0
            state = "failed" if failed else "done"
        folder = self.folders.failed if failed else self.folders.done
        report = {**outcome.report, **self._heading(claim, digest, outcome)}
        delivery = write_delivery(claim, folder, report, state=state, digest=digest)
        return self._finish(claim, delivery, outcome.report)

    def _run(self, file: Path, claim: Claim, accepted: AcceptedFile) -> FileOutcome:
        """Write down that the file is accepted, then run it."""
        if accepted.attempts > MAX_ATTEMPTS:
            return FileOutcome(
                code=OUTPUT_CODE,
                reason=f"The run of {claim.name} was begun {MAX_ATTEMPTS} times, and each time "
                "the program ended before it was finished. `bulksms status` shows what was sent; "
                "`bulksms watch FOLDER --retry` continues with the rest.",
            )
        self.acceptance.put(accepted)
        outcome = self.run_file(file, claim.folder / REJECTS, accepted.rows)
        if outcome.again_after is not None:  # it was ended gently, which is not a failed attempt
            self.acceptance.put(replace(accepted, attempts=accepted.attempts - 1))
        return outcome

    def _heading(self, claim: Claim, digest: str, outcome: FileOutcome) -> dict[str, Any]:
        return {
            "file": claim.name,
            "digest": digest,
            "series": self.acceptance.series,
            "mode": self.acceptance.mode,
            "code": outcome.code,
            "reason": outcome.reason,
        }

    def _finish(
        self, claim: Claim, delivery: Delivery, report: Mapping[str, Any] | None = None
    ) -> FileReport:
        """Record the outcome, move the file and its companions, and leave nothing behind."""
        record_delivery(self.acceptance, claim, delivery, self.clock.now())
        moved = deliver(claim, delivery)
        if moved != delivery:
            record_delivery(self.acceptance, claim, moved, self.clock.now())
        self._working.release(claim.folder)
        self._not_before.pop(claim.id, None)
        return FileReport(
            key=claim.id,
            name=claim.name,
            state=moved.state,
            code=moved.code,
            moved_to=moved.target,
            reason=moved.reason,
            report=report or {},
        )

    def _note_once(self, sentence: str) -> None:
        if sentence not in self._noted:
            self._noted.add(sentence)
            self.note(sentence)


def _kept(
    claim: Claim, code: int, reason: str | None, report: Mapping[str, Any] | None = None
) -> FileReport:
    """Report a file that stays in the working folder until the next look."""
    return FileReport(
        key=claim.id,
        name=claim.name,
        state="working",
        code=code,
        moved_to=claim.folder / claim.name,
        reason=reason,
        report=report or {},
    )
