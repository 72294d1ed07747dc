"""A ledger in a state folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.ledger import CampaignRecord, Ledger
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, frame_of


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def campaign_of_three(ledger: Ledger) -> CampaignRecord:
    counts = {"rows": 4, "sendable": 3, "rejected": 0, "duplicates": 0, "opted_out": 1}
    return ledger.campaigns.create(new_campaign(counts=counts), [frame_of(CARL, ANNA, BERT)])
