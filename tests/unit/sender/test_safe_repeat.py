from datetime import UTC, datetime, timedelta

import pytest

from bulksms.ledger import EntryRecord, FrameState
from bulksms.sender.safe_repeat import (
    PostHistory,
    post_history,
    window_is_open,
)

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


def entry(state: FrameState, request_id: str = "a") -> EntryRecord:
    return EntryRecord(
        at=NOON,
        state=state,
        request_id=request_id,
        digest="d",
        ticket=None,
        code=None,
        message="",
    )


INTENT, NO_ANSWER, PLANNED = FrameState.INTENT, FrameState.IN_DOUBT, FrameState.PLANNED


@pytest.mark.parametrize(
    ("states", "past"),
    [
        ([], PostHistory()),
        ([INTENT], PostHistory(posts=1)),
        ([INTENT, PLANNED], PostHistory(posts=1)),
        ([INTENT, NO_ANSWER], PostHistory(posts=1, unknown=True)),
        ([INTENT, PLANNED, INTENT, NO_ANSWER, INTENT], PostHistory(posts=3, unknown=True)),
    ],
)
def test_the_earlier_posts_of_an_id_are_read_from_its_entries(
    states: list[FrameState], past: PostHistory
) -> None:
    assert post_history([entry(state) for state in states], "a") == past


def test_another_id_of_the_same_frame_has_posts_of_its_own() -> None:
    entries = [entry(INTENT), entry(NO_ANSWER), entry(PLANNED, "b"), entry(INTENT, "b")]
    assert post_history(entries, "b") == PostHistory(posts=1)


@pytest.mark.parametrize(
    ("hours", "is_open"), [(0, True), (21.9, True), (22, False), (25, False), (24 * 14, False)]
)
def test_the_window_closes_22_hours_after_the_first_post(hours: float, is_open: bool) -> None:
    assert window_is_open([NOON, NOON], NOON + timedelta(hours=hours)) is is_open


def test_without_a_post_there_is_no_window() -> None:
    assert not window_is_open([], NOON)


def test_a_clock_that_went_back_closes_the_window_for_good() -> None:
    back = NOON - timedelta(hours=10)
    assert not window_is_open([NOON], back)
    # Much later the clock has overtaken the first post, whose age is unknown by then.
    assert not window_is_open([NOON, back], NOON + timedelta(hours=1))


def test_two_workers_may_write_in_the_other_order() -> None:
    assert window_is_open([NOON, NOON - timedelta(seconds=3)], NOON + timedelta(hours=1))
