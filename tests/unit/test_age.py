"""An age is read as people write it, and counted by the calendar."""

from datetime import UTC, datetime

import pytest

from bulksms.age import Age
from bulksms.errors import UsageError

NOON = datetime(2028, 3, 31, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("180d", datetime(2027, 10, 3, 12, 0, tzinfo=UTC)),
        ("2w", datetime(2028, 3, 17, 12, 0, tzinfo=UTC)),
        ("1m", datetime(2028, 2, 29, 12, 0, tzinfo=UTC)),
        ("18m", datetime(2026, 9, 30, 12, 0, tzinfo=UTC)),
        ("3y", datetime(2025, 3, 31, 12, 0, tzinfo=UTC)),
        (" 3 Y ", datetime(2025, 3, 31, 12, 0, tzinfo=UTC)),
    ],
)
def test_an_age_ends_at_a_moment(text: str, limit: datetime) -> None:
    assert Age.parse(text).before(NOON) == limit


@pytest.mark.parametrize("text", ["", "0d", "3", "y", "-3y", "3 years", "ever", "1.5y"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not an age"):
        Age.parse(text)


def test_an_age_before_the_calendar_is_refused() -> None:
    with pytest.raises(UsageError, match="9999 years is too long"):
        Age.parse("9999y").before(NOON)


def test_an_age_is_said_in_words() -> None:
    assert [str(Age.parse(text)) for text in ("1d", "26w", "1y")] == ["1 day", "26 weeks", "1 year"]
