"""A watcher that runs on: events, polling, a campaign file that changes, an order to stop."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bulksms.campaign_file import read_campaign_file
from bulksms.clock import SystemClock
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.watch.delivery import FileOutcome, FileReport
from bulksms.watch.folder_events import BY_POLLING, WITH_EVENTS, folder_events
from bulksms.watch.watch_folder import FolderWatch
from tests.watching import MemoryAcceptance


class Watching:
    """A watcher in a thread, and what it said."""

    def __init__(self, folder: Path, *, polling: bool) -> None:
        self.folder, self.stop = folder, threading.Event()
        self.notes: list[str] = []
        self.reports: list[FileReport] = []
        self.texts: list[str | None] = []
        acceptance = MemoryAcceptance()
        self.watch = FolderWatch(
            folder=folder,
            read=lambda: read_campaign_file(folder / "campaign.toml"),
            acceptance=lambda _: acceptance,
            run_file=self.run,
            show=self.reports.append,
            note=self.notes.append,
            clock=SystemClock(),
            stop=self.stop,
            polling=polling,
        )

    def run(
        self, campaign: SavedCampaign, file: Path, rejects: Path, rows: int | None
    ) -> FileOutcome:
        del file, rejects, rows
        self.texts.append(campaign.plan.message.text)
        return FileOutcome(code=0)

    def write(self, text: str) -> None:
        draft = self.folder / "campaign.tmp"
        draft.write_text(f'{text}\nsettle = "0s"\n', encoding="utf-8")
        draft.replace(self.folder / "campaign.toml")

    def drop(self, name: str) -> None:
        (self.folder / name).write_text(name, encoding="utf-8")


@contextmanager
def watching(folder: Path, *, polling: bool = False) -> Iterator[Watching]:
    watch = Watching(folder, polling=polling)
    watch.write('text = "one"')
    thread = threading.Thread(target=watch.watch.until_stopped)
    thread.start()
    try:
        until((folder / "working" / ".lock").exists)
        yield watch
    finally:
        watch.stop.set()
        thread.join(timeout=20)
    assert not thread.is_alive()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("polling", [False, True])
def test_a_dropped_file_is_noticed(tmp_path: Path, polling: bool) -> None:
    started = time.monotonic()
    with watching(tmp_path, polling=polling) as watch:
        watch.drop("a.csv")
        until(lambda: len(watch.reports) == 1)

    assert (tmp_path / "done" / "a.csv").exists()
    assert time.monotonic() - started < WITH_EVENTS / 2


def test_a_changed_campaign_file_holds_for_the_next_file(tmp_path: Path) -> None:
    with watching(tmp_path) as watch:
        watch.drop("a.csv")
        until(lambda: len(watch.reports) == 1)
        watch.write('txt = "a mistake"')
        until(lambda: bool(watch.notes))
        watch.drop("b.csv")
        assert "'txt' is not a setting" in watch.notes[0]
        assert "No file is taken until it is corrected" in watch.notes[0]
        watch.write('text = "two"')
        until(lambda: len(watch.reports) == 2)

    assert watch.texts == ["one", "two"]


def test_what_is_left_alone_is_said_once(tmp_path: Path) -> None:
    with watching(tmp_path) as watch:
        (tmp_path / "empty.csv").touch()
        until(lambda: bool(watch.notes))
        watch.drop("a.csv")
        until(lambda: len(watch.reports) == 1)

    assert watch.notes == ["empty.csv is empty and is left alone."]


def test_events_wake_and_polling_does_not(tmp_path: Path) -> None:
    with folder_events(tmp_path, polling=True) as events:
        assert events.seconds == BY_POLLING
        (tmp_path / "a.csv").touch()
        assert not events.changed.wait(0.2)
    with folder_events(tmp_path, polling=False) as events:
        (tmp_path / "b.csv").touch()
        assert events.changed.wait(10)
        assert events.seconds in (WITH_EVENTS, BY_POLLING)


def test_a_folder_without_events_is_polled(tmp_path: Path) -> None:
    with folder_events(tmp_path / "not-there", polling=False) as events:
        assert events.seconds == BY_POLLING
