"""Opt-outs are stored once, read sorted, and found in frames."""

import numpy as np
import pytest

from bulksms.ledger import Ledger
from tests.unit.ledger.samples import ANNA, BERT, CARL, NOON

pytestmark = pytest.mark.usefixtures("campaign_of_three")


def test_numbers_are_stored_once_and_read_sorted(ledger: Ledger) -> None:
    assert ledger.opt_outs.all().tolist() == []
    assert ledger.opt_outs.add([BERT, ANNA, BERT], "typed", NOON) == 2
    assert ledger.opt_outs.add([ANNA, CARL], "stopped.csv", NOON) == 1
    assert ledger.opt_outs.all().tolist() == [ANNA, BERT, CARL]
    assert ledger.opt_outs.all().dtype == np.int64


def test_a_removed_number_is_no_longer_stored(ledger: Ledger) -> None:
    ledger.opt_outs.add([ANNA, BERT], "typed", NOON)
    assert ledger.opt_outs.remove([ANNA, CARL]) == 1
    assert ledger.opt_outs.all().tolist() == [BERT]


def test_many_numbers_are_removed_at_once(ledger: Ledger) -> None:
    many = range(33639980000, 33639982000)
    assert ledger.opt_outs.add(many, "typed", NOON) == 2000
    assert ledger.opt_outs.remove(many) == 2000


def test_the_opted_out_members_of_a_frame_are_found(ledger: Ledger) -> None:
    assert ledger.opt_outs.in_frame(1, 1).tolist() == []
    ledger.opt_outs.add([ANNA, CARL, 33639989999], "typed", NOON)
    assert ledger.opt_outs.in_frame(1, 1).tolist() == [CARL, ANNA]
    assert ledger.frames.phone_numbers(1, 1).tolist() == [CARL, ANNA, BERT]


def test_opt_outs_are_found_among_more_people_than_a_frame_has(ledger: Ledger) -> None:
    ledger.opt_outs.add([33639980000, 33639980999, 33639981000], "typed", NOON)

    among = ledger.opt_outs.among([*range(33639980999, 33639979999, -1), -5])

    assert among.tolist() == [33639980999, 33639980000, -5]


def test_an_origin_that_is_not_text_does_not_lose_an_opt_out(ledger: Ledger) -> None:
    assert ledger.opt_outs.add([ANNA], "stop\udce9s.csv", NOON) == 1
    assert ledger.opt_outs.all().tolist() == [ANNA]
