"""What workers need to know of a run survives the ledger."""

import json
from datetime import UTC, datetime, time
from decimal import Decimal

import pytest

from bulksms.message.quiet_hours import SendingHours
from bulksms.sender import Pacing
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.workers.run_options_json import run_options_from_json, run_options_to_json

ASKED = RunOptions(
    pacing=Pacing(
        concurrency=3,
        rate=90.5,
        max_cost=Decimal("12.34"),
        wait_for_hours=True,
        isolate_refused=True,
        accept_short_frames=True,
        start_by=datetime(2027, 3, 1, 12, 0, tzinfo=UTC),
    ),
    hours=SendingHours(opens=time(9, 30), closes=time(19), sundays=True, holidays=True),
)


def test_a_worker_reads_what_was_asked_for_and_keeps_its_own_concurrency() -> None:
    written = json.loads(json.dumps(run_options_to_json(ASKED)))
    read = run_options_from_json(written, 8)
    assert read.hours == ASKED.hours
    assert read.pacing.concurrency == 8
    for name in ("rate", "max_cost", "wait_for_hours", "isolate_refused", "start_by", "tries"):
        assert getattr(read.pacing, name) == getattr(ASKED.pacing, name)


@pytest.mark.parametrize("asked", [RunOptions(), RunOptions(hours=None)])
def test_what_was_not_asked_for_is_not_there(asked: RunOptions) -> None:
    read = run_options_from_json(run_options_to_json(asked), 1)
    assert (read.hours, read.pacing.rate, read.pacing.max_cost) == (asked.hours, None, None)
