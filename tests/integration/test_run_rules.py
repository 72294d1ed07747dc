"""A dump that is not what it should be stops the run before any money is spent."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.errors import LedgerBusy
from bulksms.use_cases.unattended.run_unattended import run_unattended
from bulksms.use_cases.unattended.unattended_run import UnattendedRun
from tests.integration.nights import Night, write_dump

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = [33639980000 + person for person in range(3000)]
WELCOME = """\
files = "dump.csv"
text = "Bonjour {Prénom}, bienvenue. STOP au 30101"
sender = "SHOP"
only_new = true
"""
BERLIN = 4915123456789  # the example of a mobile number in libphonenumber
AUCKLAND = 64211234567


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path, WELCOME, MORNING)


def _stopped(run: UnattendedRun, night: Night, sentence: str) -> None:
    assert run.exit_code == 3
    assert sentence in str(run.reason)
    assert str(run.reason).endswith("Nothing was sent.")
    assert run.as_json()["error"]["message"] == run.reason
    assert night.api.posts == 0


@pytest.mark.parametrize(
    ("rule", "people", "sentence"),
    [
        ("min_rows = 2900", 3, "The list has 3 rows, fewer than the 2,900 of min_rows"),
        ("max_rows = 100", 101, "The list has 101 rows, more than the 100 of max_rows"),
        ("max_cost = 1.5", 40, "would cost about 1.80 EUR, more than the 1.5 EUR"),
    ],
)
def test_a_list_of_the_wrong_size_stops(
    night: Night, rule: str, people: int, sentence: str
) -> None:
    night.add(rule)

    _stopped(night.run(PEOPLE[:people]), night, sentence)


def test_3_rows_instead_of_3000_stop_and_the_next_night_is_compared_with_the_last_good_one(
    night: Night,
) -> None:
    night.add('max_change = "50%"')
    night.run(PEOPLE)
    assert len(night.api.taken) == 3000
    night.api.posts = 0
    night.next()

    _stopped(night.run(PEOPLE[:3]), night, "has 3 rows and had 3,000 in the last run")
    night.next()
    _stopped(night.run(PEOPLE[:3]), night, "has 3 rows and had 3,000 in the last run")
    assert night.run(PEOPLE[:3], max_change=100.0).exit_code == 0


def test_a_rehearsal_teaches_a_real_run_nothing(tmp_path: Path) -> None:
    night = Night(tmp_path, WELCOME, MORNING)
    night.add('max_change = "10%"')
    night.run(PEOPLE[:50])
    real = Night(tmp_path, WELCOME, MORNING + timedelta(hours=1), key="real-key")
    real.add('max_change = "10%"')

    assert real.run([BERLIN]).exit_code == 0


@pytest.mark.parametrize(("hours", "code"), [(25, 0), (27, 3)])
def test_a_dump_of_27_hours_stops(night: Night, hours: int, code: int) -> None:
    night.add('max_age = "26h"')
    write_dump(night.dump, PEOPLE[:3], MORNING - timedelta(hours=hours))

    assert night.run().exit_code == code


def test_too_many_rejected_rows_stop(night: Night) -> None:
    night.add("max_rejected = 10")

    run = night.run([*PEOPLE[:20], 33199000000, 33199000001, 33199000002])

    assert run.exit_code == 3
    assert "3 of 23 rows are rejected" in str(run.reason)
    assert night.api.posts == 0


CHANGED = {
    "vanished": ("Mobile\n", "'Prénom' missing"),
    "renamed": ("Vorname;Mobile\nZoé;", "'Prénom' missing; 'Vorname' new"),
    "new": ("Prénom;Code;Mobile\nZoé;x;", "'Code' new"),
    "newly mapped": ("Prénom;Nom;Mobile\nZoé;Roux;", "'Nom' new"),
    "another number column": ("Prénom;Téléphone portable\nZoé;", "'Mobile' missing"),
}


@pytest.mark.parametrize(("rows", "sentence"), CHANGED.values(), ids=CHANGED)
def test_changed_columns_stop_until_someone_accepts_them(
    night: Night, rows: str, sentence: str
) -> None:
    text = "Bonjour, bienvenue. STOP au 30101"
    night.run(PEOPLE[:3], text=text)
    night.api.posts = 0
    night.dump.write_text(f"{rows}06 39 98 00 09\n", encoding="utf-8")

    _stopped(night.run(text=text), night, sentence)
    _stopped(night.run(text=text), night, sentence)
    assert night.run(text=text, accept=("columns_changed",)).exit_code == 0
    assert night.run(text=text).exit_code == 0
    assert night.api.texted == [*PEOPLE[:3], PEOPLE[9]]


def test_columns_that_the_file_lists_hold_at_the_first_run_too(night: Night) -> None:
    night.add('columns = ["Mobile", "Prénom", "Ville"]')

    _stopped(night.run(PEOPLE[:3]), night, "The columns of the list have changed: 'Ville' missing")


def test_an_empty_dump_stops_unless_the_file_says_that_it_may_be_empty(night: Night) -> None:
    stopped = night.run([])
    assert (stopped.exit_code, night.api.posts) == (3, 0)

    run = night.run([], min_rows=0)
    assert (run.exit_code, run.nothing_new, night.api.posts) == (0, True, 0)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.7])
def test_a_dump_that_is_half_written_stops(night: Night, share: float) -> None:
    night.add('max_change = "20%"')
    night.run(PEOPLE[:100])
    night.api.posts = 0
    night.next()
    write_dump(night.dump, PEOPLE[:110], night.clock.now())
    content = night.dump.read_bytes()
    night.dump.write_bytes(content[: int(share * len(content))])

    run = night.run()

    assert (run.exit_code, night.api.posts) == (3, 0)


@pytest.mark.parametrize("name", ["désinscrits.csv", "STOP-2026-03.csv", "crm_optouts.csv"])
def test_a_list_called_like_one_of_opt_outs_stops_unless_the_file_names_it(
    night: Night, tmp_path: Path, name: str
) -> None:
    write_dump(tmp_path / name, PEOPLE[:3], MORNING)
    _stopped(night.run(files=(str(tmp_path / "*.csv"),)), night, f"{name} is named like a list of")

    run = night.run(files=(str(tmp_path / name),))
    assert (run.exit_code, night.api.texted) == (0, PEOPLE[:3])


def test_a_list_called_like_one_of_opt_outs_may_be_accepted(night: Night, tmp_path: Path) -> None:
    write_dump(tmp_path / "dump-stop.csv", PEOPLE[:3], MORNING)

    run = night.run(files=(str(tmp_path / "dump-*.csv"),), accept=("stop_sheet",))

    assert (run.exit_code, night.api.texted) == (0, PEOPLE[:3])


def test_rejects_that_were_corrected_are_no_list_of_opt_outs(night: Night, tmp_path: Path) -> None:
    write_dump(tmp_path / "dump.csv.rejects.csv", PEOPLE[:3], MORNING)

    assert night.run(files=(str(tmp_path / "*.csv"),)).exit_code == 0


@pytest.mark.parametrize("option", ["optouts", "guest_list"])
def test_opt_outs_that_are_being_written_stop_the_run(
    night: Night, tmp_path: Path, option: str
) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Mobile\n+33639980000\n+33639980001", encoding="utf-8")
    written = MORNING.timestamp() - 1
    os.utime(people, (written, written))
    wait = night.clock.wait

    def grow(seconds: float, wake: threading.Event) -> bool:
        people.write_text("Mobile\n+33639980000\n+33639980001\n+33639980002\n")
        return wait(seconds, wake)

    night.clock.wait = grow  # type: ignore[method-assign]
    run = night.run(PEOPLE[:3], **{option: (str(people),)})

    _stopped(run, night, "people.csv is still being written")


def _real(tmp_path: Path, start: datetime, *lines: str) -> Night:
    """A campaign with a key that is not for rehearsals, so that hours hold."""
    night = Night(tmp_path, WELCOME, start, key="real-key")
    night.add(*lines)
    return night


def test_a_run_at_night_stops(tmp_path: Path) -> None:
    night = _real(tmp_path, datetime(2026, 3, 2, 4, 30, tzinfo=UTC))

    run = night.run([BERLIN])

    assert (run.exit_code, night.api.posts) == (3, 0)
    assert "Marketing must not reach people at this time" in str(run.reason)


def test_a_run_waits_for_the_hours_as_long_as_it_may(tmp_path: Path) -> None:
    start = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)  # 5:30 in Berlin
    night = _real(tmp_path, start, "wait = true", 'start_within = "3h"')

    assert night.run([BERLIN]).exit_code == 0
    assert night.api.taken == [(BERLIN, datetime(2026, 3, 2, 7, tzinfo=UTC))]


def test_a_run_that_would_have_to_wait_longer_stops_and_writes_nothing_down(
    tmp_path: Path,
) -> None:
    start = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
    night = _real(tmp_path, start, "wait = true", 'start_within = "3h"')

    _stopped(night.run([BERLIN]), night, "start_within allows 2026-03-02 06:30 UTC at the latest")
    night.next(hours=2)
    assert night.run().exit_code == 0
    assert night.api.texted == [BERLIN]


def test_a_frame_with_no_common_hour_in_time_stops(tmp_path: Path) -> None:
    start = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
    night = _real(tmp_path, start, "wait = true", 'start_within = "3h"')

    run = night.run([BERLIN, AUCKLAND])

    assert (run.exit_code, night.api.posts) == (3, 0)
    assert "start_within allows" in str(run.reason)


def test_a_machine_that_slept_while_the_run_waited_does_not_text_late(tmp_path: Path) -> None:
    start = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
    night = _real(tmp_path, start, "wait = true", 'start_within = "3h"')
    wait = night.clock.wait

    def sleep(seconds: float, wake: threading.Event) -> bool:
        night.next(hours=6)  # the lid is closed
        return wait(seconds, wake)

    night.clock.wait = sleep  # type: ignore[method-assign]
    run = night.run([BERLIN])

    assert (run.exit_code, night.api.posts) == (3, 0)
    assert "start_within allows 2026-03-02 09:30 UTC at the latest" in str(run.reason)


def test_of_two_runs_at_once_the_second_finds_the_first(night: Night) -> None:
    write_dump(night.dump, PEOPLE[:3], MORNING)
    second: list[UnattendedRun] = []

    def answer(_count: int) -> None:
        if not second:
            second.append(run_unattended(night.campaign(), night.context))

    night.api.answer = answer
    first = night.run()

    assert (first.exit_code, second[0].exit_code) == (0, 75)
    assert isinstance(second[0].error, LedgerBusy)
    assert night.api.texted == PEOPLE[:3]


def test_a_plan_names_a_seed_that_cannot_be_texted_as_the_run_would(night: Night) -> None:
    night.add('seeds = ["+33639989", "06 39 98 99 01"]')
    write_dump(night.dump, PEOPLE[:3], MORNING)

    shown = run_unattended(night.campaign(), night.context, plan_only=True)

    assert shown.exit_code == night.run().exit_code == 3
    assert "+33639989" in str(shown.reason)
    assert night.api.posts == 0


def test_a_plan_says_what_the_seeds_get(night: Night) -> None:
    night.add('seeds = ["06 39 98 99 01"]')
    write_dump(night.dump, PEOPLE[:3], MORNING)

    assert run_unattended(night.campaign(), night.context, plan_only=True).exit_code == 0

    assert "Seeds that get the text too: 1, for about 0.05 EUR more." in night.observer.notes
