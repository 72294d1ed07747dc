"""Frames are read as they were written, and only ever become smaller."""

import zlib

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import FrameState, Ledger
from tests.builders import edit_by_hand
from tests.unit.ledger.samples import ANNA, BERT, CARL, NOON, frame_of

pytestmark = pytest.mark.usefixtures("campaign_of_three")


def test_a_replaced_frame_is_smaller_and_the_counts_still_add_up(ledger: Ledger) -> None:
    assert ledger.frames.replace(1, frame_of(CARL, BERT, body=b"new"), NOON)
    frame = ledger.frames.get(1, 1)
    assert (frame.state, frame.contacts, frame.request_id) == ("planned", 2, "bs1-1-2")
    assert ledger.frames.body(1, 1) == b"new"
    assert ledger.frames.phone_numbers(1, 1).tolist() == [CARL, BERT]
    counts = ledger.campaigns.get("spring").counts
    assert counts == {"rows": 4, "sendable": 2, "rejected": 0, "duplicates": 0, "opted_out": 2}


def test_a_frame_with_no_one_left_is_dropped(ledger: Ledger) -> None:
    assert ledger.frames.replace(1, frame_of(), NOON)
    assert (ledger.frames.get(1, 1).state, ledger.frames.get(1, 1).contacts) == ("dropped", 0)
    assert ledger.campaigns.get("spring").counts["opted_out"] == 4
    assert not ledger.claims.claim(1, 1, NOON)


def test_a_ledger_says_whether_a_frame_is_in_a_state(ledger: Ledger) -> None:
    assert ledger.claims.claim(1, 1, NOON)
    assert ledger.frames.any_in(1, [FrameState.IN_DOUBT, FrameState.INTENT])
    assert not ledger.frames.any_in(1, [FrameState.IN_DOUBT, FrameState.ACCEPTED])
    assert not ledger.frames.any_in(2, tuple(FrameState))


def test_a_claimed_frame_is_left_as_it_is(ledger: Ledger) -> None:
    before = ledger.frames.body(1, 1)
    assert ledger.claims.claim(1, 1, NOON)
    assert not ledger.frames.replace(1, frame_of(CARL, body=b"new"), NOON)
    assert ledger.frames.body(1, 1) == before
    assert ledger.campaigns.get("spring").counts["opted_out"] == 1


def test_a_frame_never_grows(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="cannot grow"):
        ledger.frames.replace(1, frame_of(CARL, ANNA, BERT, 33639980104, body=b"new"), NOON)


def test_altered_bytes_are_never_read_back(ledger: Ledger) -> None:
    edit_by_hand(ledger, "UPDATE frame_body SET body = :evil", evil=zlib.compress(b"evil"))
    with pytest.raises(LedgerError, match="Frame 1 in the ledger is damaged"):
        ledger.frames.body(1, 1)
