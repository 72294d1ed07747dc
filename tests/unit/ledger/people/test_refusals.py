"""People who said no in a later list are left out of what an order may still send."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from bulksms.errors import LedgerRolledBack
from bulksms.ledger import CampaignRecord, Ledger, open_ledger
from bulksms.ledger.people.opt_out_events import all_events
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, EDITS_NOTHING, LATER, NOON, frame_of


def test_refusals_are_kept_without_numbers_and_found_in_frames(
    ledger: Ledger, campaign_of_three: CampaignRecord
) -> None:
    refusals, campaign_id = ledger.refusals, campaign_of_three.id
    assert refusals.in_frames(campaign_id, [1]) == []

    for _ in range(2):
        refusals.add(campaign_id, np.array([ANNA, 33639989999]), NOON)
    refusals.add(campaign_id, np.array([CARL]), NOON)

    ((number, refusing),) = refusals.in_frames(campaign_id, [1])
    assert (number, refusing.tolist()) == (1, [CARL, ANNA])
    with ledger._storage.reading() as connection:  # noqa: SLF001 - below the ledger's parts
        events = all_events(connection)
    assert [len(event.split_hashes()) for event in events] == [2, 1]
    assert not any(b"%d" % number in each.line for each in events for number in (ANNA, BERT, CARL))
    assert ledger.opt_outs.among([ANNA, BERT, CARL]).tolist() == []
    assert ledger.opt_outs.count_lost() == 0
    assert ledger.opt_outs.history_of(ANNA) == ()


def test_a_refusal_is_of_one_campaign_alone(
    ledger: Ledger, campaign_of_three: CampaignRecord
) -> None:
    ledger.refusals.add(campaign_of_three.id, np.array([ANNA]), NOON)
    other = ledger.campaigns.create(new_campaign("other"), [frame_of(CARL, ANNA)])
    assert ledger.refusals.in_frames(other.id, [1]) == []
    assert ledger.claims.claim(other.id, 1, NOON)


def test_nobody_who_was_erased_or_purged_is_among_those_who_refuse(
    ledger: Ledger, campaign_of_three: CampaignRecord
) -> None:
    campaign_id = campaign_of_three.id
    ledger.refusals.add(campaign_id, np.array([ANNA, CARL]), NOON)
    ledger.erasures.erase(ANNA, EDITS_NOTHING)
    ((_, refusing),) = ledger.refusals.in_frames(campaign_id, [1])
    assert refusing.tolist() == [CARL]
    ledger.erasures.purge(campaign_id, EDITS_NOTHING, NOON)
    assert ledger.refusals.in_frames(campaign_id, [1]) == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_restored_ledger_gets_its_refusals_back(tmp_path: Path, *, whole: bool) -> None:
    """Whether the folder was restored with its witness or without it."""
    home, backup = tmp_path / "home", tmp_path / "backup"
    with ledger_in(home) as ledger:
        made = ledger.campaigns.create(new_campaign('a "name"'), [frame_of(CARL, ANNA, BERT)])
        ledger.reconciler.verify()
    shutil.copytree(home, backup)
    with open_ledger(home) as ledger:
        ledger.refusals.add(made.id, np.array([ANNA, CARL]), NOON)
    if whole:
        shutil.rmtree(home)
        shutil.copytree(backup, home)
    else:
        shutil.copy2(backup / "ledger.sqlite3", home / "ledger.sqlite3")
    with open_ledger(home) as ledger:
        assert ledger.refusals.in_frames(made.id, [1]) == []
        with pytest.raises(LedgerRolledBack, match="list 1 opt-out change missing"):
            ledger.reconciler.verify()
        assert ledger.reconciler.rebuild(LATER).opt_outs_restored == 2
        ((_, refusing),) = ledger.refusals.in_frames(made.id, [1])
        assert refusing.tolist() == [CARL, ANNA]
        assert ledger.opt_outs.among([ANNA, CARL]).tolist() == []
        assert ledger.reconciler.verify() == ()


def test_a_refusal_whose_key_is_lost_is_counted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with ledger_in(home) as ledger:
        made = ledger.campaigns.create(new_campaign(), [frame_of(CARL, ANNA)])
        ledger.reconciler.verify()
        ledger.refusals.add(made.id, np.array([ANNA]), NOON)
    (home / "ledger.sqlite3").unlink()
    next((tmp_path / "home-witness").glob("*.key")).unlink()
    with open_ledger(home) as ledger:
        rebuilt = ledger.reconciler.rebuild(LATER)
        assert (rebuilt.opt_outs_restored, rebuilt.opt_outs_unreadable) == (0, 1)
