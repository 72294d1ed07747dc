"""The rate of posting, and the time that is left at it."""

from datetime import UTC, datetime, timedelta

import pytest

from bulksms.ledger.campaigns.frame_queries import RecentAnswers
from bulksms.results.posting_rate import posting_rate

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def recent(frames: int, seconds: float) -> RecentAnswers:
    """Return so many answers, the first of them posted some seconds ago."""
    return RecentAnswers(
        frames=frames, contacts=frames * 400, first_started_at=NOW - seconds * SECOND
    )


def test_the_rest_takes_as_long_as_the_last_answers_did() -> None:
    rate = posting_rate(recent(10, 20), 30, NOW)
    assert rate is not None
    assert rate.frames_per_minute == pytest.approx(30)
    assert rate.time_left == 60 * SECOND


def test_while_no_answer_comes_the_rate_falls() -> None:
    rate = posting_rate(recent(10, 20), 30, NOW + 20 * SECOND)
    assert rate is not None
    assert rate.time_left == 120 * SECOND


def test_what_was_posted_before_the_window_counts_from_its_start() -> None:
    rate = posting_rate(recent(10, 900), 10, NOW)
    assert rate is not None
    assert rate.time_left == 300 * SECOND


@pytest.mark.parametrize("frames", [0, 1])
def test_of_too_few_answers_no_rate_is_said(frames: int) -> None:
    assert posting_rate(recent(frames, 20), 30, NOW) is None


def test_a_clock_that_was_set_back_gives_no_rate() -> None:
    assert posting_rate(recent(5, -3), 30, NOW) is None
