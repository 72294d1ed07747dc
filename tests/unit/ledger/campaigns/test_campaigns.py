"""Campaigns are created whole and found again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.errors import CampaignNotFound, SourceChanged
from bulksms.ledger import FrameState, FrozenFrame, Ledger
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import ALICE, BOB, frozen, make


def test_a_campaign_comes_back_as_it_was_written(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        made = make(ledger)
    with ledger_in(tmp_path) as ledger:
        assert ledger.campaigns.get("spring") == made
        assert ledger.campaigns.all() == [made]
        assert ledger.campaigns.latest() == made
        assert ledger.campaigns.with_content("d" * 64, False) == made
        assert ledger.campaigns.with_content("d" * 64, True) is None
        assert list(ledger.campaigns.source_rows(made.id)) == [b"rows"]
        assert ledger.frames.body(made.id, 2) == b'{"frame":2}'
        assert [frame.number for frame in ledger.frame_queries.each(made.id)] == [1, 2, 3]
        assert ledger.frames.count_by_state(made.id)[FrameState.PLANNED] == 3


def test_a_name_is_given_once_and_an_unknown_one_is_refused(ledger: Ledger) -> None:
    make(ledger)
    with pytest.raises(SourceChanged, match="already a campaign named 'spring'"):
        make(ledger)
    with pytest.raises(CampaignNotFound, match="no campaign named 'autumn'"):
        ledger.campaigns.get("autumn")


def test_a_campaign_whose_frames_cannot_be_cut_leaves_nothing(ledger: Ledger) -> None:
    def broken() -> Iterator[FrozenFrame]:
        yield frozen(1)
        raise OSError("the file went away")

    with pytest.raises(OSError, match="went away"):
        ledger.campaigns.create(new_campaign("x"), broken())
    assert ledger.campaigns.all() == []


def test_a_campaign_knows_its_account(ledger: Ledger) -> None:
    made = ledger.campaigns.create(new_campaign(account=ALICE), [frozen(1)])
    assert ledger.campaigns.get("spring").account == ALICE
    ledger.campaigns.set_account(made.id, BOB)
    assert ledger.campaigns.get("spring").account == BOB
