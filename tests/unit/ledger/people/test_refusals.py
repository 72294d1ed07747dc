"""People who said no in a later list are left out of what an order may still send."""

import numpy as np

from bulksms.ledger import CampaignRecord, Ledger
from tests.unit.ledger.samples import ANNA, BERT, CARL, EDITS_NOTHING, NOON


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
    kept = ledger.campaigns.get(campaign_of_three.name).parameters["refusals"]
    assert len(kept) == 3
    assert not any(str(number) in "".join(kept) for number in (ANNA, BERT, CARL))
    assert ledger.opt_outs.all().tolist() == []


def test_an_erasure_and_a_purge_forget_refusals(
    ledger: Ledger, campaign_of_three: CampaignRecord
) -> None:
    name, campaign_id = campaign_of_three.name, campaign_of_three.id
    ledger.refusals.add(campaign_id, np.array([ANNA, CARL]), NOON)
    before = ledger.campaigns.get(name).parameters["refusals"]

    ledger.erasures.erase(ANNA, EDITS_NOTHING)
    (of_carl,) = ledger.campaigns.get(name).parameters["refusals"]
    assert of_carl in before
    ((_, refusing),) = ledger.refusals.in_frames(campaign_id, [1])
    assert refusing.tolist() == [CARL]

    ledger.erasures.purge(campaign_id, EDITS_NOTHING, NOON)
    assert of_carl not in str(ledger.campaigns.get(name).parameters)
