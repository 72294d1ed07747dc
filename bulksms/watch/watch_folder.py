"""Watches a folder: once, or until it is stopped, and follows changes of the campaign file."""

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bulksms.clock import Clock
from bulksms.errors import InputError, UsageError
from bulksms.use_cases.unattended.check_saved_campaign import check_saved_campaign
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.watch.acceptance import Acceptance
from bulksms.watch.campaign_folder import (
    WORKING,
    folders_of,
    incoming_rules_of,
    refuse_shared_campaign,
    refuse_trial,
)
from bulksms.watch.delivery import FileOutcome, FileReport
from bulksms.watch.folder_events import FolderEvents, folder_events
from bulksms.watch.settled_files import CHANGING, FileSignature, FolderLook
from bulksms.watch.watcher import FolderWatcher
from bulksms.watch.working_folder import folder_lock

__all__ = ["FolderWatch", "WatchResult"]

STEP = 1.0  # seconds between two looks at the order to stop
MARGIN = 0.05  # seconds that a look comes after a file may be complete


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchResult:
    """The outcomes of the files, and the others that were there."""

    files: tuple[FileReport, ...] = ()
    waiting: dict[str, str] = field(default_factory=dict)


@dataclass
class FolderWatch:
    """A folder and its campaign.

    Attributes:
        read: reads the campaign file, which may change meanwhile.
        acceptance: opens what is remembered of accepted files for a campaign.
        run_file: runs one file of a campaign, as `RunFile` does.
        show: gets each file's report when it is final.
        note: gets sentences for people.
        polling: looks into the folder often, instead of waiting for events.
    """

    folder: Path
    read: Callable[[], SavedCampaign]
    acceptance: Callable[[SavedCampaign], Acceptance]
    run_file: Callable[[SavedCampaign, Path, Path, int | None], FileOutcome]
    show: Callable[[FileReport], None]
    note: Callable[[str], None]
    clock: Clock
    stop: threading.Event
    polling: bool = False
    _reports: dict[str, FileReport] = field(default_factory=dict, init=False)
    _waiting: dict[str, str] = field(default_factory=dict, init=False)

    def once(self, *, retry: bool = False) -> WatchResult:
        """Run every file that is complete now or after one settling time.

        Raises:
            UsageError: the campaign file cannot be used.
            InputError: the folder cannot be read.
            LedgerBusy: another process watches the folder.
            LedgerError: the ledger cannot be used.
        """
        watcher = self._watcher(self._first_read())
        with folder_lock(self.folder, watcher.folders.working):
            if retry:
                watcher.claim_failed()
            look = self._look(watcher)
            if look.next_look is not None and not self.stop.is_set():
                self.clock.wait(watcher.incoming.settle + MARGIN, self.stop)
                look = self._look(watcher)
        return WatchResult(files=tuple(self._reports.values()), waiting=look.waiting)

    def until_stopped(self, *, retry: bool = False) -> WatchResult:
        """Run every file that is dropped until the order to stop.

        Returns only the files that have no outcome yet.

        Raises:
            UsageError: the campaign file cannot be used at the start.
            InputError: the folder cannot be read.
            LedgerBusy: another process watches the folder.
            LedgerError: the ledger cannot be used.
        """
        campaign = self._first_read()
        watcher: FolderWatcher | None = self._watcher(campaign)
        version = _version(campaign.path)
        with (
            folder_lock(self.folder, self.folder / WORKING),
            folder_events(self.folder, polling=self.polling) as events,
        ):
            if retry and watcher is not None:
                watcher.claim_failed()
            while not self.stop.is_set():
                events.changed.clear()
                if _version(campaign.path) != version:
                    version = _version(campaign.path)
                    watcher = self._read_again()
                seconds = events.seconds
                if watcher is not None:
                    look = self._look(watcher)
                    self._note_waiting(look.waiting)
                    self._forget_finished()
                    seconds = min(seconds, look.next_look or seconds)
                self._wait(seconds + MARGIN, events)
        return WatchResult(files=tuple(self._reports.values()))

    def _first_read(self) -> SavedCampaign:
        if not self.folder.is_dir():
            raise InputError(f"{self.folder} is not a folder: create it, or correct its name.")
        return self.read()

    def _read_again(self) -> FolderWatcher | None:
        """Read a campaign file that has changed; while it has an error nothing is taken."""
        try:
            return self._watcher(self.read())
        except UsageError as error:
            self.note(f"{error} No file is taken until it is corrected.")
        return None

    def _watcher(self, campaign: SavedCampaign) -> FolderWatcher:
        refuse_shared_campaign(campaign)
        refuse_trial(campaign)
        with suppress(InputError):  # a file that is not there now may be there for the next list
            check_saved_campaign(campaign, self.clock.now())
        return FolderWatcher(
            incoming=incoming_rules_of(campaign, self.folder),
            folders=folders_of(campaign, self.folder),
            acceptance=self.acceptance(campaign),
            run_file=partial(self.run_file, campaign),
            clock=self.clock,
            note=self.note,
            stop=self.stop,
        )

    def _look(self, watcher: FolderWatcher) -> FolderLook:
        """Look, and show each report when it says something new."""
        look, reports = watcher.look()
        for report in reports:
            if self._reports.get(report.key) != report:
                self.show(report)
            self._reports[report.key] = report
        return look

    def _forget_finished(self) -> None:
        """Keep the reports of files without an outcome: a watcher runs for years."""
        left = {key: each for key, each in self._reports.items() if each.state == "working"}
        self._reports = left

    def _note_waiting(self, waiting: Mapping[str, str]) -> None:
        """Note once for each file why it is not taken, unless it is only changing."""
        for name, reason in waiting.items():
            if reason != CHANGING and self._waiting.get(name) != reason:
                self.note(f"{name} {reason} and is left alone.")
        self._waiting = dict(waiting)

    def _wait(self, seconds: float, events: FolderEvents) -> None:
        """Wait until a file changes, but at most so long; then let changes come together."""
        end = self.clock.monotonic() + seconds
        while (left := end - self.clock.monotonic()) > 0 and not self.stop.is_set():
            self.clock.wait(min(STEP, left), self.stop)
            if events.changed.is_set():
                return


def _version(path: Path) -> FileSignature | None:
    """Return a mark of the campaign file's version; `None` while it is not there."""
    try:
        return FileSignature.of(path)
    except OSError:
        return None
