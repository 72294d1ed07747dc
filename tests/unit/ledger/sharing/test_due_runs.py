"""A due time of a schedule belongs to the first worker that claims it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bulksms.ledger import Ledger
from tests.builders import edit_by_hand

LATER = datetime(2037, 3, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_new_schedule_begins_now_and_once(
    ledger: Ledger, open_again: Callable[[], Ledger]
) -> None:
    began = ledger.due_runs.begin("welcome")
    assert abs(began - ledger.holders.database_time()) < timedelta(minutes=1)
    with open_again() as other:
        assert other.due_runs.begin("welcome") == began
    assert [row.reason for row in ledger.due_runs.all("welcome")] == ["the schedule begins"]


def test_a_due_time_is_taken_once(ledger: Ledger, open_again: Callable[[], Ledger]) -> None:
    east, west = (ledger.holders.register(machine, 7).id for machine in ("east", "west"))
    ledger.due_runs.begin("welcome")
    assert ledger.due_runs.claim("welcome", [LATER], east)
    with open_again() as other:
        assert not other.due_runs.claim("welcome", [LATER], west)
    assert ledger.due_runs.claim("goodbye", [LATER], west)
    assert ledger.due_runs.claim("welcome", [LATER + DAY], west)
    holders = [row.holder for row in ledger.due_runs.all("welcome")]
    assert holders == [None, east, west]


def test_a_due_time_is_taken_once_in_any_capitals(ledger: Ledger) -> None:
    east, west = (ledger.holders.register(machine, 7).id for machine in ("east", "west"))
    ledger.due_runs.begin("welcome")
    assert ledger.due_runs.claim("welcome", [LATER], east)
    assert not ledger.due_runs.claim("Welcome", [LATER], west)
    for _ in range(2):
        assert ledger.due_runs.begin("Welcome") == LATER
    assert ledger.due_runs.claim("Welcome", [LATER + DAY], west)
    assert not ledger.due_runs.claim("welcome", [LATER + DAY], east)


def test_earlier_due_times_are_missed_and_without_a_holder_all_are(ledger: Ledger) -> None:
    east = ledger.holders.register("east", 7).id
    assert ledger.due_runs.claim("welcome", [LATER - DAY, LATER], east)
    assert ledger.due_runs.claim("welcome", [LATER + DAY, LATER + 2 * DAY], None)
    rows = [(row.holder, row.reason) for row in ledger.due_runs.all("welcome")]
    assert rows == [(None, "missed"), (east, None), (None, "missed"), (None, "missed")]


def test_what_a_dead_worker_had_begun_is_taken_over_once(ledger: Ledger) -> None:
    dead, east, west = (ledger.holders.register(each, 7).id for each in ("dead", "east", "west"))
    ledger.due_runs.claim("welcome", [LATER], dead)
    assert ledger.due_runs.take_over("welcome", east) is None
    long_ago = "2020-03-01T12:00:00.000000+00:00"
    edit_by_hand(ledger, "UPDATE holder SET lease_until = :at WHERE id = :id", at=long_ago, id=dead)
    taken = ledger.due_runs.take_over("welcome", east)
    assert taken is not None
    assert (taken.due_at, taken.holder) == (LATER, east)
    assert ledger.due_runs.take_over("welcome", west) is None
    assert ledger.due_runs.is_held("welcome", LATER, east)
    assert not ledger.due_runs.is_held("welcome", LATER, dead)
    ledger.due_runs.end("welcome", LATER, dead, 0, "late")  # it wakes up
    ledger.due_runs.end("welcome", LATER, east, 5, "in doubt")
    (row,) = ledger.due_runs.all("welcome")
    assert (row.code, row.reason) == (5, "in doubt")
    assert not ledger.due_runs.is_held("welcome", LATER, east)
    ledger.holders.end(east)
    assert ledger.due_runs.take_over("welcome", west) is None


def test_a_run_whose_worker_let_its_lease_pass_is_not_its_own_any_more(ledger: Ledger) -> None:
    east = ledger.holders.register("east", 7).id
    ledger.due_runs.claim("welcome", [LATER], east)
    assert ledger.due_runs.is_held("welcome", LATER, east)
    long_ago = "2020-03-01T12:00:00.000000+00:00"
    edit_by_hand(ledger, "UPDATE holder SET lease_until = :at WHERE id = :id", at=long_ago, id=east)
    assert not ledger.due_runs.is_held("welcome", LATER, east)
