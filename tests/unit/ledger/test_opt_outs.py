import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import FrozenFrame, Ledger, ledger_exists, open_ledger
from tests.builders import new_campaign

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ANNA, BERT, CARL = 33639980101, 33639980102, 33639980103


def frozen(*people: int, body: bytes = b"{}", number: int = 1) -> FrozenFrame:
    return FrozenFrame(
        number=number,
        first_row=2,
        last_row=4,
        body=body,
        request_id=f"bs1-{len(people)}",
        numbers=np.array(people, dtype="<i8").tobytes(),
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "home") as opened:
        counts = {"rows": 4, "sendable": 3, "rejected": 0, "duplicates": 0, "opted_out": 1}
        opened.campaigns.create(new_campaign(counts=counts), [frozen(CARL, ANNA, BERT)])
        yield opened


def test_numbers_are_kept_once_and_given_sorted(ledger: Ledger) -> None:
    assert ledger.opt_outs.all().tolist() == []
    assert ledger.opt_outs.add([BERT, ANNA, BERT], "typed", NOON) == 2
    assert ledger.opt_outs.add([ANNA, CARL], "stopped.csv", NOON) == 1
    assert ledger.opt_outs.all().tolist() == [ANNA, BERT, CARL]
    assert ledger.opt_outs.all().dtype == np.int64


def test_a_removed_number_is_forgotten(ledger: Ledger) -> None:
    ledger.opt_outs.add([ANNA, BERT], "typed", NOON)
    assert ledger.opt_outs.remove([ANNA, CARL]) == 1
    assert ledger.opt_outs.all().tolist() == [BERT]


def test_many_numbers_are_removed_in_one_go(ledger: Ledger) -> None:
    many = range(33639980000, 33639982000)
    assert ledger.opt_outs.add(many, "typed", NOON) == 2000
    assert ledger.opt_outs.remove(many) == 2000


def test_a_frame_tells_who_of_it_opted_out(ledger: Ledger) -> None:
    assert ledger.opt_outs.in_frame(1, 1).tolist() == []
    ledger.opt_outs.add([ANNA, CARL, 33639989999], "typed", NOON)
    assert ledger.opt_outs.in_frame(1, 1).tolist() == [CARL, ANNA]
    assert ledger.frames.phone_numbers(1, 1).tolist() == [CARL, ANNA, BERT]


def test_a_refrozen_frame_is_smaller_and_the_counts_still_add_up(ledger: Ledger) -> None:
    assert ledger.frames.replace(1, frozen(CARL, BERT, body=b"new"), NOON)
    frame = ledger.frames.get(1, 1)
    assert (frame.state, frame.contacts, frame.request_id) == ("planned", 2, "bs1-2")
    assert ledger.frames.body(1, 1) == b"new"
    assert ledger.frames.phone_numbers(1, 1).tolist() == [CARL, BERT]
    counts = ledger.campaigns.get("spring").counts
    assert counts == {"rows": 4, "sendable": 2, "rejected": 0, "duplicates": 0, "opted_out": 2}


def test_a_frame_with_nobody_left_is_dropped(ledger: Ledger) -> None:
    assert ledger.frames.replace(1, frozen(), NOON)
    assert (ledger.frames.get(1, 1).state, ledger.frames.get(1, 1).contacts) == ("dropped", 0)
    assert ledger.campaigns.get("spring").counts["opted_out"] == 4
    assert not ledger.claims.claim(1, 1, NOON)


def test_a_claimed_frame_is_left_as_it_is(ledger: Ledger) -> None:
    before = ledger.frames.body(1, 1)
    assert ledger.claims.claim(1, 1, NOON)
    assert not ledger.frames.replace(1, frozen(CARL, body=b"new"), NOON)
    assert ledger.frames.body(1, 1) == before
    assert ledger.campaigns.get("spring").counts["opted_out"] == 1


def test_a_frame_never_grows(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="cannot grow"):
        ledger.frames.replace(1, frozen(CARL, ANNA, BERT, 33639980104, body=b"new"), NOON)


def test_looking_for_a_ledger_makes_none(tmp_path: Path) -> None:
    assert not ledger_exists(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    open_ledger(tmp_path / "home").close()
    assert ledger_exists(tmp_path / "home")


@pytest.mark.parametrize("url", ["postgresql://server/bulksms", "mysql+pymysql://u:p@server/x"])
def test_a_ledger_on_a_server_is_refused(tmp_path: Path, url: str) -> None:
    scheme = url.partition(":")[0]
    with pytest.raises(LedgerError, match=re.escape(f"A ledger on a {scheme} server is not")):
        open_ledger(tmp_path, url)
    with pytest.raises(LedgerError, match="not supported yet"):
        ledger_exists(tmp_path, url)
    assert list(tmp_path.iterdir()) == []


def test_an_origin_no_one_can_write_is_no_reason_to_forget_a_no(ledger: Ledger) -> None:
    assert ledger.opt_outs.add([ANNA], "stop\udce9s.csv", NOON) == 1
    assert ledger.opt_outs.all().tolist() == [ANNA]
