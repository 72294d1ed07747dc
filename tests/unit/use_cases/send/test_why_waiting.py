"""What a campaign waits for while nothing of it leaves, as its ledger tells."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bulksms.campaign import Purpose
from bulksms.ledger import (
    CampaignRecord,
    FrameState,
    Ledger,
    OrderKind,
    OrderRecord,
    ReceiptRecord,
)
from bulksms.sender import StopCause
from bulksms.settings import Settings
from bulksms.use_cases.receipts.pause_undelivered import pause_undelivered
from bulksms.use_cases.send.why_waiting import WaitCause, Waiting, read_waiting
from tests.builders import edit_by_hand, ledger_in, new_campaign
from tests.fakes import FakeClock, freeze_frame

PARIS = ZoneInfo("Europe/Paris")
EVENING = datetime(2026, 11, 24, 21, 30, tzinfo=PARIS).astimezone(UTC)
AFTERNOON = datetime(2026, 11, 24, 15, 0, tzinfo=PARIS).astimezone(UTC)
MORNING = Waiting(
    cause=WaitCause.HOURS, until=datetime(2026, 11, 25, 8, tzinfo=PARIS).astimezone(UTC)
)


class At(FakeClock):
    """A clock that shows one moment."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def ledger(home: Path) -> Iterator[Ledger]:
    with ledger_in(home) as opened:
        yield opened


def begun(ledger: Ledger, name: str = "spring", **fields: Any) -> CampaignRecord:  # noqa: ANN401
    """Begin marketing to four frames of people in France."""
    parameters = {"purpose": Purpose.WHOLESALE.value}
    counts = {"rejected": 0, "duplicates": 0, "opted_out": 0}
    fields = {"account": "zoe", "digest": name, **fields}
    campaign = new_campaign(name, parameters=parameters, counts=counts, **fields)
    return ledger.campaigns.create(campaign, map(freeze_frame, range(1, 5)))


def wait(home: Path, now: datetime) -> Waiting | None:
    settings = Settings(home=home, api_login=None, api_key=None)
    return read_waiting("spring", settings, At(now))


def test_the_morning_ends_the_wait_of_a_paused_campaign_and_of_a_running_one(
    ledger: Ledger, home: Path
) -> None:
    record = begun(ledger)
    ledger.campaigns.set_state(record.id, "paused", "It is 21:30.", StopCause.HOURS)
    assert wait(home, EVENING) == MORNING
    assert wait(home, AFTERNOON) is None
    with ledger.locks.campaign("spring"):
        ledger.campaigns.set_state(record.id, "sending")
        assert wait(home, EVENING) == MORNING
        assert wait(home, AFTERNOON) is None


def test_another_campaign_of_the_account_is_named(ledger: Ledger, home: Path) -> None:
    begun(ledger)
    autumn = begun(ledger, "autumn")
    begun(ledger, "winter", account="hugo")
    with (
        ledger.locks.campaign("spring"),
        ledger.locks.campaign("autumn"),
        ledger.locks.campaign("winter"),
    ):
        assert wait(home, AFTERNOON) is None
        ledger.campaigns.set_state(autumn.id, "sending")
        assert wait(home, AFTERNOON) == Waiting(cause=WaitCause.ACCOUNT, campaign="autumn")


def test_a_campaign_of_workers_waits_for_one_that_runs_and_serves_its_account(
    ledger: Ledger, home: Path
) -> None:
    record, autumn = begun(ledger), begun(ledger, "autumn")
    ledger.shared_runs.open(record.id, {})
    assert wait(home, AFTERNOON) == Waiting(cause=WaitCause.NO_WORKER)
    worker = ledger.holders.register("east", 7)
    assert wait(home, AFTERNOON) is None  # it may be about to begin
    for column in ("shared_run SET opened_at", "holder SET started_at"):
        edit_by_hand(ledger, f"UPDATE {column} = :at", at="2020-03-01T12:00:00.000000+00:00")
    assert wait(home, AFTERNOON) == Waiting(cause=WaitCause.OTHER_WORKERS)
    ledger.campaigns.set_state(autumn.id, "sending")
    with ledger.locks.campaign("autumn"):
        assert wait(home, AFTERNOON) == Waiting(cause=WaitCause.ACCOUNT, campaign="autumn")
    ledger.lanes.open(record.id, worker.id)
    assert wait(home, AFTERNOON) is None
    assert wait(home, EVENING) == MORNING
    assert ledger.claims.claim(record.id, 1, AFTERNOON)
    first = wait(home, AFTERNOON + timedelta(seconds=6))
    assert first is not None
    assert (first.cause, first.frame) == (WaitCause.FIRST_ANSWER, 1)


def test_an_answer_that_takes_long_is_waited_for_and_the_first_one_by_all(
    ledger: Ledger, home: Path
) -> None:
    record = begun(ledger)
    with ledger.locks.campaign("spring"):
        ledger.campaigns.set_state(record.id, "sending")
        ledger.claims.claim(record.id, 1, AFTERNOON)
        assert wait(home, AFTERNOON + timedelta(seconds=4)) is None
        assert wait(home, AFTERNOON + timedelta(seconds=6)) == Waiting(
            cause=WaitCause.FIRST_ANSWER,
            since=AFTERNOON,
            until=AFTERNOON + timedelta(seconds=180),
            frame=1,
        )
        ledger.claims.record(record.id, 1, FrameState.ACCEPTED, AFTERNOON, ticket="sms_1")
        ledger.claims.claim(record.id, 2, AFTERNOON)
        later = wait(home, AFTERNOON + timedelta(seconds=6))
    assert later is not None
    assert (later.cause, later.frame) == (WaitCause.ANSWER, 2)


def test_a_frame_that_was_not_accepted_is_tried_again_within_ten_minutes(
    ledger: Ledger, home: Path
) -> None:
    record = begun(ledger)
    with ledger.locks.campaign("spring"):
        ledger.campaigns.set_state(record.id, "sending")
        ledger.claims.claim(record.id, 1, AFTERNOON)
        ledger.claims.record(record.id, 1, FrameState.PLANNED, AFTERNOON, message="HTTP 429")
        waiting = wait(home, AFTERNOON)
    assert waiting == Waiting(
        cause=WaitCause.RETRY,
        since=AFTERNOON,
        until=AFTERNOON + timedelta(minutes=10),
        frame=1,
    )


def test_a_pause_by_receipts_says_how_many_texts_failed_and_one_by_a_person_nothing(
    ledger: Ledger, home: Path
) -> None:
    record = begun(ledger)
    ledger.claims.claim(record.id, 1, AFTERNOON)
    ledger.claims.record(record.id, 1, FrameState.ACCEPTED, AFTERNOON, ticket="sms_1")
    words = ["NOT_DELIVERED"] * 40 + ["DELIVERED"] * 60
    receipts = [
        ReceiptRecord(ticket="sms_1", phone_number=33_639_980_100 + at, status=word)
        for at, word in enumerate(words)
    ]
    ledger.receipts.add(receipts, AFTERNOON)
    pause_undelivered(ledger, At(AFTERNOON))
    waiting = wait(home, AFTERNOON)
    assert waiting is not None
    assert waiting.cause is WaitCause.RECEIPTS
    assert waiting.share is not None
    assert (waiting.share.failed, waiting.share.final, waiting.share.limit) == (40, 100, 30.0)

    ledger.orders.give(record.id, OrderRecord(kind=OrderKind.RESUME, who="zoe", at=AFTERNOON))
    ledger.orders.give(record.id, OrderRecord(kind=OrderKind.PAUSE, who="zoe", at=AFTERNOON))
    assert wait(home, AFTERNOON) is None
