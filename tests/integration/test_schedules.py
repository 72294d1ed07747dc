"""A saved campaign is run once at each due time, by the first worker to claim it."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bulksms.campaign_file import read_campaign_file
from bulksms.clock import Clock, SystemClock
from bulksms.errors import UsageError
from bulksms.ledger import Ledger, open_ledger
from bulksms.settings import read_settings
from bulksms.tasks.keep_schedules import ScheduleKeeper
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended.unattended_run import UnattendedRun
from tests.builders import edit_by_hand
from tests.fakes import FakeClock, RecordingObserver
from tests.integration.machine import PEOPLE, TEXT, Machine, export
from tests.sending import run_context

CAMPAIGN = f"""
files = "list.csv"
text = "{TEXT}"
only_new = true
hours = "off"
every = "1m"
"""


@pytest.fixture
def campaign_file(tmp_path: Path) -> Path:
    export(tmp_path / "list.csv", PEOPLE)
    path = tmp_path / "welcome.toml"
    path.write_text(CAMPAIGN, encoding="utf-8")
    return path


@pytest.fixture
def open_one(
    machine: Machine, tmp_path: Path, ledger_url: str | None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Ledger]]:
    del machine
    if ledger_url is not None:
        monkeypatch.setenv("BULKSMS_LEDGER", ledger_url)
    with ExitStack() as opened:
        yield lambda: opened.enter_context(open_ledger(tmp_path / "home", ledger_url))


class Keepers:
    """Workers that have the same campaign file, and what they ran."""

    def __init__(self, open_one: Callable[[], Ledger], path: Path) -> None:
        self._open, self._path = open_one, path
        self.observer = RecordingObserver()
        self.runs: list[str] = []

    def new(
        self,
        *,
        really: bool = False,
        observer: RecordingObserver | None = None,
        clock: Clock | None = None,
        read: Callable[[Path], SavedCampaign] = read_campaign_file,
    ) -> ScheduleKeeper:
        ledger = self._open()
        holder = ledger.holders.register("machine", os.getpid()).id
        context = run_context(
            read_settings(os.environ), clock=clock, observer=observer or self.observer
        )
        more = {} if really else {"run": self._run}
        return ScheduleKeeper(ledger, context, [self._path], read, lambda: holder, **more)

    def set_back(self, by: timedelta) -> None:
        """Let the schedule have begun that much earlier."""
        ledger = self._open()
        began = ledger.due_runs.begin("welcome")
        at = (began - by).isoformat(timespec="microseconds")
        edit_by_hand(ledger, "UPDATE due_run SET due_at = :at", at=at)

    def _run(self, campaign: SavedCampaign, context: RunContext) -> UnattendedRun:
        self.runs.append(campaign.name)
        return UnattendedRun(campaign=campaign, started_at=context.clock.now(), nothing_new=True)

    @property
    def rows(self) -> list[tuple[datetime, str | None]]:
        return [(row.due_at, row.reason) for row in self._open().due_runs.all("welcome")]


@pytest.fixture
def keepers(open_one: Callable[[], Ledger], campaign_file: Path) -> Keepers:
    return Keepers(open_one, campaign_file)


def test_of_many_workers_one_runs_what_is_due(keepers: Keepers, campaign_file: Path) -> None:
    # Of two minutes, the test may meet the beginning of the second.
    campaign_file.write_text(CAMPAIGN.replace('"1m"', '"12h"'), encoding="utf-8")
    made = [keepers.new() for _ in range(4)]
    keepers.set_back(timedelta(hours=12))
    threads = [
        threading.Thread(target=keeper.look, args=[campaign_file])
        for keeper in made
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keepers.runs == ["welcome"]
    assert [reason for _, reason in keepers.rows] == ["the schedule begins", "nothing new"]


def test_a_new_schedule_is_not_due_for_what_was_before(
    keepers: Keepers, campaign_file: Path
) -> None:
    assert keepers.new().look(campaign_file) is None
    assert keepers.runs == []


def test_what_was_missed_is_caught_up_once(keepers: Keepers, campaign_file: Path) -> None:
    campaign_file.write_text(CAMPAIGN.replace('"1m"', '"12h"'), encoding="utf-8")
    keepers.set_back(timedelta(hours=30))
    keeper = keepers.new()
    for _ in range(3):
        keeper.look(campaign_file)
    assert keepers.runs == ["welcome"]
    reasons = [reason for _, reason in keepers.rows]
    assert reasons[0] == "the schedule begins"
    assert set(reasons[1:-1]) == {"missed"}
    assert reasons[-1] == "nothing new"


def test_what_was_missed_is_only_reported_where_that_is_asked_for(
    keepers: Keepers, campaign_file: Path
) -> None:
    changed = CAMPAIGN.replace('"1m"', '"12h"\nmissed = "report"')
    campaign_file.write_text(changed, encoding="utf-8")
    keepers.set_back(timedelta(hours=30))
    keepers.new().look(campaign_file)
    due = keepers.rows[-1][0]
    is_late = SystemClock().now() - due > timedelta(minutes=10)
    assert keepers.runs == ([] if is_late else ["welcome"])
    if is_late:
        (note,) = keepers.observer.notes
        assert note == (
            f"welcome was due at {due:%Y-%m-%d %H:%M} UTC and no worker was running: "
            "it is left out."
        )


def test_a_due_campaign_texts_its_list_and_what_a_dead_worker_began_is_finished(
    keepers: Keepers, campaign_file: Path, machine: Machine, open_one: Callable[[], Ledger]
) -> None:
    keepers.set_back(timedelta(minutes=1))
    run = keepers.new(really=True).look(campaign_file)
    assert run is not None
    assert int(run.exit_code) == 0
    assert sorted(machine.texted) == PEOPLE
    ledger = open_one()
    edit_by_hand(ledger, "UPDATE due_run SET ended_at = NULL WHERE holder IS NOT NULL")
    edit_by_hand(ledger, "UPDATE holder SET ended_at = started_at")
    again = keepers.new(really=True).look(campaign_file)
    assert again is not None
    assert again.nothing_new
    assert sorted(machine.texted) == PEOPLE


def claimed_by_a_worker_that_died(keepers: Keepers, ledger: Ledger) -> None:
    """Leave a run that is due, and that a worker claimed and never started."""
    keepers.set_back(timedelta(minutes=1))
    dead = ledger.holders.register("machine", os.getpid()).id
    due_at = ledger.due_runs.begin("welcome") + timedelta(minutes=1)
    assert ledger.due_runs.claim("welcome", [due_at], dead)
    ledger.holders.end(dead)


def test_what_a_worker_claimed_and_never_started_is_run_once_by_one_of_the_others(
    keepers: Keepers, campaign_file: Path, open_one: Callable[[], Ledger]
) -> None:
    claimed_by_a_worker_that_died(keepers, open_one())
    made = [keepers.new() for _ in range(4)]
    threads = [threading.Thread(target=each.look, args=[campaign_file]) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keepers.runs == ["welcome"]
    assert keepers.rows[-1][1] == "nothing new"


def test_a_worker_that_slept_between_its_claim_and_the_start_leaves_the_run_to_others(
    keepers: Keepers, campaign_file: Path, open_one: Callable[[], Ledger]
) -> None:
    ledger = open_one()
    claimed_by_a_worker_that_died(keepers, ledger)
    other = keepers.new()
    ran_meanwhile: list[UnattendedRun | None] = []

    class Sleepy(RecordingObserver):
        def note(self, sentence: str) -> None:
            super().note(sentence)
            if "was left by a worker" in sentence:
                edit_by_hand(
                    ledger,
                    "UPDATE holder SET ended_at = started_at "
                    "WHERE id = (SELECT holder FROM due_run WHERE ended_at IS NULL)",
                )
                ran_meanwhile.append(other.look(campaign_file))

    assert keepers.new(observer=Sleepy()).look(campaign_file) is None
    assert ran_meanwhile[-1] is not None
    assert keepers.runs == ["welcome"]


@pytest.mark.parametrize(("engine_is_silent", "looks"), [(False, 13), (True, 4)])
def test_a_worker_looks_by_itself_only_where_the_engine_is_silent(
    keepers: Keepers, campaign_file: Path, looks: int, *, engine_is_silent: bool
) -> None:
    class MinuteLater(FakeClock):
        def wait(self, seconds: float, wake: threading.Event) -> bool:
            super().wait(seconds, wake)
            if self.seconds > 60:
                wake.set()
            elif not engine_is_silent:
                keeper.look_at([campaign_file])
            return wake.is_set()

    reads: list[Path] = []

    def read(path: Path) -> SavedCampaign:
        reads.append(path)
        return read_campaign_file(path)

    keeper = keepers.new(clock=MinuteLater(), read=read)
    keeper.keep(threading.Event())
    assert len(reads) == looks


def test_a_worker_refuses_a_file_without_a_schedule(keepers: Keepers, campaign_file: Path) -> None:
    campaign_file.write_text(CAMPAIGN.replace('every = "1m"', ""), encoding="utf-8")
    with pytest.raises(UsageError, match="has no schedule"):
        keepers.new().require_schedules()
