from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import FrozenFrame, Ledger, ledger_exists, open_ledger

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ANNA, BERT, CARL = 33639980101, 33639980102, 33639980103


def frozen(*people: int, body: bytes = b"{}", number: int = 1) -> FrozenFrame:
    return FrozenFrame(
        number=number,
        first_row=2,
        last_row=4,
        contacts=len(people),
        body=body,
        digest=sha256(body).hexdigest(),
        request_id=f"bs1-{len(people)}",
        numbers=np.array(people, dtype="<i8").tobytes(),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "home") as opened:
        opened.create_campaign(
            name="spring",
            digest="d" * 64,
            text_digest="t" * 64,
            parameters={},
            counts={"rows": 4, "sendable": 3, "rejected": 0, "duplicates": 0, "opted_out": 1},
            rehearsal=False,
            frames=[frozen(CARL, ANNA, BERT)],
        )
        yield opened


def test_numbers_are_kept_once_and_given_sorted(ledger: Ledger) -> None:
    assert ledger.opt_outs().tolist() == []
    assert ledger.add_opt_outs([BERT, ANNA, BERT], "typed", NOON) == 2
    assert ledger.add_opt_outs([ANNA, CARL], "stopped.csv", NOON) == 1
    assert ledger.opt_outs().tolist() == [ANNA, BERT, CARL]
    assert ledger.opt_outs().dtype == np.int64


def test_a_removed_number_is_forgotten(ledger: Ledger) -> None:
    ledger.add_opt_outs([ANNA, BERT], "typed", NOON)
    assert ledger.remove_opt_outs([ANNA, CARL]) == 1
    assert ledger.opt_outs().tolist() == [BERT]


def test_many_numbers_are_removed_in_one_go(ledger: Ledger) -> None:
    many = range(33639980000, 33639982000)
    assert ledger.add_opt_outs(many, "typed", NOON) == 2000
    assert ledger.remove_opt_outs(many) == 2000


def test_a_frame_tells_who_of_it_opted_out(ledger: Ledger) -> None:
    assert ledger.opted_out_in(1, 1).tolist() == []
    ledger.add_opt_outs([ANNA, CARL, 33639989999], "typed", NOON)
    assert ledger.opted_out_in(1, 1).tolist() == [CARL, ANNA]
    assert ledger.numbers_in(1, 1).tolist() == [CARL, ANNA, BERT]


def test_a_refrozen_frame_is_smaller_and_the_counts_still_add_up(ledger: Ledger) -> None:
    assert ledger.refreeze(1, frozen(CARL, BERT, body=b"new"), NOON)
    frame = ledger.frame(1, 1)
    assert (frame.state, frame.contacts, frame.request_id) == ("planned", 2, "bs1-2")
    assert ledger.body(1, 1) == b"new"
    assert ledger.numbers_in(1, 1).tolist() == [CARL, BERT]
    counts = ledger.campaign("spring").counts
    assert counts == {"rows": 4, "sendable": 2, "rejected": 0, "duplicates": 0, "opted_out": 2}


def test_a_frame_with_nobody_left_is_dropped(ledger: Ledger) -> None:
    assert ledger.refreeze(1, frozen(), NOON)
    assert (ledger.frame(1, 1).state, ledger.frame(1, 1).contacts) == ("dropped", 0)
    assert ledger.campaign("spring").counts["opted_out"] == 4
    assert not ledger.claim(1, 1, NOON)


def test_a_claimed_frame_is_left_as_it_is(ledger: Ledger) -> None:
    before = ledger.body(1, 1)
    assert ledger.claim(1, 1, NOON)
    assert not ledger.refreeze(1, frozen(CARL, body=b"new"), NOON)
    assert ledger.body(1, 1) == before
    assert ledger.campaign("spring").counts["opted_out"] == 1


def test_a_frame_never_grows(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="cannot grow"):
        ledger.refreeze(1, frozen(CARL, ANNA, BERT, 33639980104, body=b"new"), NOON)


def test_looking_for_a_ledger_makes_none(tmp_path: Path) -> None:
    assert not ledger_exists(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    open_ledger(tmp_path / "home").close()
    assert ledger_exists(tmp_path / "home")
    assert ledger_exists(tmp_path, "postgresql://server/bulksms")
