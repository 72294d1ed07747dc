"""Receipts are joined by ticket and number; every accepted text is in exactly one group."""

from datetime import UTC, datetime, timedelta

import pytest

from bulksms.ledger import FrameState, MessageGroup
from bulksms.octopush.delivery_states import status_of
from bulksms.results.contact_outcomes import ContactOutcomes
from bulksms.results.deliveries import (
    DeliveryGroup,
    count_deliveries,
    count_messages,
    explain_failures,
    with_deliveries,
)
from bulksms.results.follow_up import FollowUp, follow_up_rows
from tests.builders import a_frame_record, an_unposted_frame
from tests.unit.results.rows import REJECTED, a_row, outcomes

FRAMES = [
    a_frame_record(),  # the ticket is sms_1
    an_unposted_frame(number=2, state=FrameState.REFUSED),
]
ROWS = [*(a_row(name, row=at) for at, name in enumerate("ABCDE", start=2)), a_row("F", 2, 9)]
A, B, C, D, E, F = 33639980102, 33639980103, 33639980104, 33639980105, 33639980106, 33639980109
SOON = datetime(2026, 3, 1, 9, 10, tzinfo=UTC)
RECEIPTS = [
    ("sms_1", A, "ACK"),
    ("sms_1", A, "DELIVERED"),
    ("sms_1", B, "NOT_DELIVERED"),
    ("sms_1", C, "BAD_DESTINATION"),
    ("sms_1", D, "UNKNOWN_DELIVERY"),
]


def _joined(
    receipts: list[tuple[str, int, str]], now: datetime = SOON, send_at: datetime | None = None
) -> ContactOutcomes:
    return with_deliveries(outcomes([*ROWS, REJECTED], FRAMES), receipts, FRAMES, send_at, now)


def test_each_accepted_text_is_in_the_group_of_its_strongest_receipt() -> None:
    joined = _joined(RECEIPTS)

    assert joined.rows["delivery_group"].tolist() == [
        *("delivered", "not_delivered", "not_delivered", "unknown", "waiting"),
        *("", ""),
    ]
    assert count_deliveries([joined]) == {
        "delivered": 1,
        "not_delivered": 2,
        "unknown": 1,
        "waiting": 1,
        "no_receipt": 0,
    }


def test_the_words_say_what_happened_the_charge_and_what_to_do() -> None:
    words = _joined(RECEIPTS).rows["delivery"].tolist()

    assert words[0] == "Delivered. Charged. Nothing."
    assert words[2] == (
        "The number does not exist. Perhaps charged. Remove the number from your list."
    )
    assert words[4] == "No receipt yet."
    assert words[5:] == ["", ""]


@pytest.mark.parametrize(
    "forged",
    [
        ("sms_1", F, "DELIVERED"),  # of another frame
        ("sms_9", A, "NOT_DELIVERED"),  # of no frame
        ("sms_1", 33639980777, "BAD_DESTINATION"),  # of no one
        ("", E, "DELIVERED"),
    ],
)
def test_a_receipt_that_fits_no_message_changes_nothing(forged: tuple[str, int, str]) -> None:
    before, after = _joined(RECEIPTS), _joined([*RECEIPTS, forged])

    assert after.rows.equals(before.rows)


def test_order_and_repeats_change_nothing() -> None:
    assert _joined([*reversed(RECEIPTS), *RECEIPTS]).rows.equals(_joined(RECEIPTS).rows)


def test_without_any_receipt_nothing_is_said() -> None:
    unjoined = outcomes([*ROWS, REJECTED], FRAMES)

    assert set(unjoined.rows["delivery"]) == {""}
    assert count_deliveries([unjoined]) is None


def test_a_part_without_a_receipt_waits_for_them() -> None:
    assert count_deliveries([_joined([])]) == {
        "delivered": 0,
        "not_delivered": 0,
        "unknown": 0,
        "waiting": 5,
        "no_receipt": 0,
    }


@pytest.mark.parametrize(
    ("hours", "send_at", "expected"),
    [
        (71, None, {"waiting": 1, "no_receipt": 0}),
        (73, None, {"waiting": 0, "no_receipt": 1}),
        (73, timedelta(hours=24), {"waiting": 1, "no_receipt": 0}),
    ],
)
def test_no_receipt_after_72_hours_is_a_group_of_its_own(
    hours: int, send_at: timedelta | None, expected: dict[str, int]
) -> None:
    answered = datetime(2026, 3, 1, 9, 0, 2, tzinfo=UTC)
    scheduled = None if send_at is None else answered + send_at

    counts = count_deliveries([_joined(RECEIPTS, answered + timedelta(hours=hours), scheduled)])

    assert counts is not None
    assert {name: counts[name] for name in expected} == expected
    assert sum(counts.values()) == 5


@pytest.mark.parametrize("hours", [1, 73])
def test_a_text_on_its_way_is_overdue_after_72_hours_too(hours: int) -> None:
    now = SOON + timedelta(hours=hours)

    joined = _joined([("sms_1", A, "ACK")], now)

    groups = joined.rows["delivery_group"].tolist()
    assert groups[:2] == (["waiting"] * 2 if hours == 1 else ["no_receipt"] * 2)


@pytest.mark.parametrize("hours", [1, 73])
def test_receipts_alone_give_the_figures_of_the_rows(hours: int) -> None:
    now = SOON + timedelta(hours=hours)
    messages = [
        MessageGroup(rank=status_of(code).rank, is_overdue=hours > 72, messages=1, received_at=SOON)
        for code in ("DELIVERED", "ACK", "EXPIRED")
    ]
    receipts = [("sms_1", A, "DELIVERED"), ("sms_1", B, "ACK"), ("sms_1", C, "EXPIRED")]

    counts = count_messages(messages, texted=5, overdue=5 if hours > 72 else 0)

    assert counts == count_deliveries([_joined(receipts, now)])
    assert counts["not_delivered"] == 1


@pytest.mark.parametrize(("failed", "warns"), [(31, True), (30, False), (0, False)])
def test_more_than_30_percent_of_failed_texts_are_warned_of(failed: int, warns: bool) -> None:
    groups: dict[str, int] = {group.value: 0 for group in DeliveryGroup}
    groups |= {"delivered": 100 - failed, "not_delivered": failed, "waiting": 900}

    warning = explain_failures(groups)

    assert warning == (
        "31 of 100 texts with a final receipt were not delivered: find out why before you text "
        "these people again."
        if warns
        else None
    )


def test_a_number_that_does_not_exist_is_dead() -> None:
    dead = follow_up_rows(_joined(RECEIPTS), FollowUp.DEAD_NUMBERS).rows

    assert dead["number"].tolist() == [f"+{C}"]
    assert dead["reason"].tolist() == [
        "The number does not exist. Perhaps charged. Remove the number from your list."
    ]
