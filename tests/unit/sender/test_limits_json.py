"""The limits that workers share survive the ledger; what is private stays out of it."""

import json
from dataclasses import replace
from decimal import Decimal

from bulksms.sender import RunOutcome, StopCause
from bulksms.sender.limits import Breaker, DoubtLimit, RefusalLimit, RetryBudget
from bulksms.sender.limits_json import limits_from_json, limits_to_json, without_private_values
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.spending import Spending

BASIS = RunLimits(
    spending=Spending(learnt_price=Decimal("0.05")), max_cost=Decimal(10), spacing=0.5
)
LIMITS = replace(
    BASIS,
    spending=replace(BASIS.spending, max_price_ratio=Decimal("1.2"), max_sms_ratio=Decimal(3)),
    breaker=Breaker(in_a_row=3, openings=1, open_until=1.8e9, probe=7, server_answered=True),
    budget=RetryBudget(half_repeats=4),
    doubts=DoubtLimit(in_a_row=1, total=2),
    refusals=RefusalLimit(in_a_row=1, parts_in_a_row=5),
    first_accepted=True,
    last_start=1.7e9,
    no_start_before=1.9e9,
    too_large=300,
    end=RunOutcome(state="paused", reason="It is late.", cause=StopCause.HOURS),
)


def test_shared_limits_survive_the_ledger() -> None:
    assert limits_from_json(json.loads(json.dumps(limits_to_json(LIMITS))), BASIS) == LIMITS


def test_a_run_that_was_just_opened_has_the_limits_of_its_options() -> None:
    assert limits_from_json({}, BASIS) == BASIS


def test_what_another_version_wrote_besides_is_left_out() -> None:
    written = limits_to_json(LIMITS)
    written["breaker"] |= {"colour": "red"}
    assert limits_from_json(written | {"mood": "good"}, BASIS) == LIMITS


def test_money_and_starts_are_private_unless_others_must_wait_for_them() -> None:
    accepted = replace(
        RunLimits(first_accepted=True), spending=Spending(spent=Decimal(5)), last_start=3.0
    )
    assert without_private_values(accepted) == RunLimits(first_accepted=True)
    with_rate = replace(accepted, spacing=1.0)
    assert without_private_values(with_rate).last_start == 3.0
    in_trouble = replace(accepted, breaker=Breaker(in_a_row=1))
    assert without_private_values(in_trouble).last_start == 3.0
