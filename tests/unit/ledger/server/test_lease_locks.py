"""Locks on a server: whose they are, across machines, crashes and long absences."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from bulksms.errors import LedgerBusy
from bulksms.ledger import FrameState, FrozenFrame, Ledger
from bulksms.ledger.server.lease_locks import LeaseLocks
from tests.builders import edit_by_hand, new_campaign
from tests.unit.ledger.samples import NOON, frozen, make

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("ledger_url", ["postgres"], indirect=True),
]
OpenAgain = Callable[[], Ledger]


def leases(ledger: Ledger) -> LeaseLocks:
    locks = ledger._storage.locks  # noqa: SLF001 - below those of lanes
    assert isinstance(locks, LeaseLocks)
    return locks


@pytest.fixture
def other(open_again: OpenAgain) -> Iterator[Ledger]:
    with open_again() as opened:
        yield opened


def test_a_lock_of_another_machine_is_busy_until_its_lease_ends(ledger: Ledger) -> None:
    edit_by_hand(
        ledger,
        "INSERT INTO held_lock SELECT name, 'theirs', 'db7 1 x', '1:1', "
        "clock_timestamp() + interval '30 s' FROM (SELECT left(encode(sha256('campaign/spring'), "
        "'hex'), 32) AS name) AS row",
    )
    assert ledger.locks.is_held("spring")
    with pytest.raises(LedgerBusy, match="on db7 is sending"), ledger.locks.campaign("spring"):
        pass
    edit_by_hand(ledger, "UPDATE held_lock SET until = clock_timestamp() - interval '1 ms'")
    assert not ledger.locks.is_held("spring")
    with ledger.locks.campaign("spring"):
        pass


def test_a_process_that_died_here_holds_nothing(ledger: Ledger, other: Ledger) -> None:
    with ledger.locks.campaign("spring"):
        edit_by_hand(ledger, "UPDATE held_lock SET process = '999999999:1.0'")
        assert not other.locks.is_held("spring")
        with other.locks.campaign("spring"):
            assert other.locks.is_held("spring")


def test_a_process_that_lost_its_lock_learns_it_and_writes_nothing_more(
    ledger: Ledger, other: Ledger
) -> None:
    with ledger.locks.campaign("spring"):
        edit_by_hand(ledger, "UPDATE held_lock SET until = clock_timestamp() - interval '1 s'")
        with other.locks.campaign("spring"):
            leases(ledger).renew()
            with pytest.raises(LedgerBusy, match="away for so long"):
                leases(ledger).refuse_if_lost()
            leases(other).refuse_if_lost()


def test_a_lease_that_ran_out_and_that_no_one_took_is_kept(ledger: Ledger, other: Ledger) -> None:
    with ledger.locks.campaign("spring"):
        edit_by_hand(ledger, "UPDATE held_lock SET until = clock_timestamp() - interval '1 s'")
        leases(ledger).renew()
        leases(ledger).refuse_if_lost()
        assert other.locks.is_held("spring")


def test_locks_are_given_back_when_the_ledger_is_closed(
    open_again: OpenAgain, ledger: Ledger
) -> None:
    opened = open_again()
    held = opened.locks.campaign("spring")
    held.__enter__()
    assert ledger.locks.is_held("spring")
    opened.close()
    assert not ledger.locks.is_held("spring")
    held.__exit__(None, None, None)  # gives nothing back twice


def take_over(ledger: Ledger, other: Ledger, name: str) -> AbstractContextManager[None]:
    """Let another machine take a lock over, as it may when its holder is frozen too long."""
    edit_by_hand(ledger, "UPDATE held_lock SET until = clock_timestamp() - interval '1 s'")
    taken = other.locks.campaign(name)
    taken.__enter__()
    leases(ledger).renew()  # as its thread does, a moment after it wakes up
    return taken


def test_a_campaign_is_not_begun_by_a_process_that_lost_its_lock_while_writing_it(
    ledger: Ledger, other: Ledger
) -> None:
    taken: list[AbstractContextManager[None]] = []

    def frames() -> Iterator[FrozenFrame]:
        yield frozen(1)
        taken.append(take_over(ledger, other, "beginning"))
        other.campaigns.create(new_campaign("autumn"), [frozen(1)])

    with (
        ledger.locks.campaign("beginning"),
        pytest.raises(LedgerBusy, match="away for so long"),
    ):
        ledger.campaigns.create(new_campaign("spring"), frames())
    assert [each.name for each in other.campaigns.all()] == ["autumn"]
    taken[0].__exit__(None, None, None)


def test_a_process_that_lost_its_lock_leaves_the_frames_of_the_next_alone(
    ledger: Ledger, other: Ledger
) -> None:
    made = make(ledger)
    with ledger.locks.campaign("spring"):
        taken = take_over(ledger, other, "spring")
        assert other.claims.claim(made.id, 1, NOON)
        with pytest.raises(LedgerBusy, match="away for so long"):
            ledger.claims.doubt_in_flight(made.id, NOON)
        assert other.frames.get(made.id, 1).state is FrameState.INTENT
        taken.__exit__(None, None, None)


def test_an_order_of_a_process_that_lost_its_lock_is_not_obeyed(
    ledger: Ledger, other: Ledger
) -> None:
    made = make(ledger)
    assert other.claims.claim(made.id, 1, NOON)
    other.claims.record(made.id, 1, FrameState.IN_DOUBT, NOON, message="no answer")
    again = frozen(1, request_id="bs1-again")
    with ledger.locks.campaign("spring"):
        taken = take_over(ledger, other, "spring")
        other.settlements.resend(made.id, again, NOON, "ordered")
        assert other.claims.claim(made.id, 1, NOON)
        other.claims.record(made.id, 1, FrameState.IN_DOUBT, NOON, message="no answer")
        with pytest.raises(LedgerBusy, match="away for so long"):
            ledger.settlements.resend(made.id, again, NOON, "ordered")
        with pytest.raises(LedgerBusy, match="away for so long"):
            ledger.settlements.settle(made.id, 1, FrameState.DROPPED, NOON, message="dropped")
        assert other.frames.get(made.id, 1).state is FrameState.IN_DOUBT
        taken.__exit__(None, None, None)
