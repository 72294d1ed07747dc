"""What the receipts of a campaign say costs as much as there are receipts, whatever its frames."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bulksms.ledger import FrameState, Ledger, ReceiptRecord
from bulksms.use_cases.reporting.read_deliveries import read_deliveries
from tests.builders import ledger_in, new_campaign, with_parts
from tests.unit.ledger.samples import ANNA, BERT, CARL, LATER, NOON, frame_of


@pytest.fixture
def ledger(tmp_path: Path, ledger_url: str | None) -> Iterator[Ledger]:
    with ledger_in(tmp_path, ledger_url) as opened:
        yield opened


class OnlySums:
    """The queries of a ledger's frames that read no frame."""

    def __init__(self, ledger: Ledger) -> None:
        self._real = ledger.frame_queries

    def texted(self, campaign_id: int, answered_by: datetime | None) -> tuple[int, int]:
        return self._real.texted(campaign_id, answered_by)


def _sent(ledger: Ledger) -> str:
    made = ledger.campaigns.create(new_campaign(), [frame_of(ANNA, BERT, CARL)])
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON, ticket="sms_1")
    return made.name


@pytest.mark.parametrize(
    ("receipts", "hours", "expected"),
    [
        ({}, 71, {"waiting": 3}),
        ({}, 72, {"no_receipt": 3}),
        ({ANNA: "DELIVERED", BERT: "ACK"}, 71, {"delivered": 1, "waiting": 2}),
        ({ANNA: "DELIVERED", BERT: "ACK"}, 72, {"delivered": 1, "no_receipt": 2}),
        ({ANNA: "NOT_DELIVERED"}, 1, {"not_delivered": 1, "waiting": 2}),
    ],
)
def test_no_frame_is_read_for_the_figures(
    ledger: Ledger, receipts: dict[int, str], hours: int, expected: dict[str, int]
) -> None:
    name = _sent(ledger)
    ledger.receipts.add(
        [
            ReceiptRecord(ticket="sms_1", phone_number=number, status=status)
            for number, status in receipts.items()
        ],
        LATER,
    )
    sums = with_parts(ledger, frame_queries=OnlySums(ledger))

    so_far = read_deliveries(sums, name, NOON + timedelta(hours=hours))

    assert {group: count for group, count in so_far.groups.items() if count} == expected
    assert so_far.received_at == (LATER if receipts else None)
