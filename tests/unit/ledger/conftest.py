"""A ledger in a state folder of its own."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bulksms.ledger import CampaignRecord, Ledger, open_ledger
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, frame_of


@pytest.fixture
def ledger(tmp_path: Path, ledger_url: str | None) -> Iterator[Ledger]:
    with ledger_in(tmp_path / "home", ledger_url) as opened:
        yield opened


@pytest.fixture
def open_again(tmp_path: Path, ledger_url: str | None) -> Callable[[], Ledger]:
    """Open the same ledger once more, as another process does."""
    return partial(open_ledger, tmp_path / "home", ledger_url)


@pytest.fixture
def campaign_of_three(ledger: Ledger) -> CampaignRecord:
    counts = {"rows": 4, "sendable": 3, "rejected": 0, "duplicates": 0, "opted_out": 1}
    return ledger.campaigns.create(new_campaign(counts=counts), [frame_of(CARL, ANNA, BERT)])
