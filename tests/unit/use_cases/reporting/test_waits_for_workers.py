"""A campaign that was handed to workers says why none of them posts it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bulksms.ledger import CampaignRecord, Ledger
from bulksms.use_cases.reporting.reports import current_report
from tests.builders import edit_by_hand, ledger_in, new_campaign
from tests.fakes import freeze_frame

LONG_AGO = "2020-03-01T12:00:00.000000+00:00"
WITHOUT_WORKERS = "It waits for workers, and none is running: start `bulksms worker`."
WITHOUT_ITS_WORKERS = (
    "None of the workers that are running posts it, as when they serve another account: start "
    "`bulksms worker` with the login and key that it was begun with."
)


@pytest.fixture
def ledger(tmp_path: Path, ledger_url: str | None) -> Iterator[Ledger]:
    with ledger_in(tmp_path, ledger_url) as opened:
        yield opened


def handed_over(ledger: Ledger, name: str, **fields: Any) -> CampaignRecord:  # noqa: ANN401
    """Begin a campaign of two frames, and ask the workers to post it."""
    counts = {"rejected": 0, "duplicates": 0, "opted_out": 0}
    values = {"account": "zoe", "digest": name, "counts": counts, **fields}
    campaign = new_campaign(name, **values)
    record = ledger.campaigns.create(campaign, map(freeze_frame, (1, 2)))
    ledger.shared_runs.open(record.id, {})
    return record


def let_time_pass(ledger: Ledger, table: str, column: str) -> None:
    """Make what is in a table old."""
    edit_by_hand(ledger, f"UPDATE {table} SET {column} = :at", at=LONG_AGO)


def reason(ledger: Ledger, record: CampaignRecord) -> str | None:
    report = current_report(ledger, record)
    assert report.state == "running"
    return report.reason


def test_workers_that_post_nothing_of_a_campaign_for_long_do_not_serve_it(ledger: Ledger) -> None:
    record = handed_over(ledger, "spring")
    assert reason(ledger, record) == WITHOUT_WORKERS

    worker = ledger.holders.register("east", 7)
    assert reason(ledger, record) is None  # it may be about to begin
    let_time_pass(ledger, "shared_run", "opened_at")
    assert reason(ledger, record) is None
    let_time_pass(ledger, "holder", "started_at")
    assert reason(ledger, record) == WITHOUT_ITS_WORKERS

    ledger.lanes.open(record.id, worker.id)
    assert reason(ledger, record) is None


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("zoe", "It begins when the campaign summer, which its account is sending, is done."),
        ("yan", WITHOUT_ITS_WORKERS),
    ],
)
def test_a_campaign_waits_for_another_one_of_its_account(
    ledger: Ledger, account: str, expected: str
) -> None:
    record, other = handed_over(ledger, "spring"), handed_over(ledger, "summer", account=account)
    ledger.campaigns.set_state(other.id, "sending")
    worker = ledger.holders.register("east", 7)
    ledger.lanes.open(other.id, worker.id)
    let_time_pass(ledger, "shared_run", "opened_at")
    let_time_pass(ledger, "holder", "started_at")

    assert reason(ledger, record) == expected
    assert reason(ledger, other) is None


def test_a_campaign_of_which_no_frame_is_left_waits_for_no_worker(ledger: Ledger) -> None:
    record = handed_over(ledger, "spring")
    ledger.holders.register("east", 7)
    let_time_pass(ledger, "shared_run", "opened_at")
    let_time_pass(ledger, "holder", "started_at")
    edit_by_hand(ledger, "UPDATE frame SET state = 'intent'")

    assert reason(ledger, record) is None
