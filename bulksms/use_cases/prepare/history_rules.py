"""The rules by which earlier campaigns exclude people: as options, as typed, and checked."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bulksms.errors import UsageError

__all__ = [
    "EVER",
    "SAME_TEXT_WITHIN",
    "HistoryOptions",
    "HistoryRules",
    "history_rules",
    "moment_before",
    "parse_period",
]

# How long a number is kept from getting the same text again (reliability.md 2.10).
SAME_TEXT_WITHIN = timedelta(days=7)
EVER = timedelta.max


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryOptions:
    """The options for excluding people of earlier campaigns; each field is named like its option.

    `yes` means that the run is unattended.
    """

    again: bool = False
    after_stop: bool = False
    retry_refused: bool = False
    not_again_within: str | None = None
    not_within: str | None = None
    include_dead_numbers: bool = False
    yes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRules:
    """The rules by which earlier campaigns exclude people.

    Attributes:
        again: the same text may go to everyone once more.
        retry_refused: a repeated campaign also goes to the people whose frames were refused.
        after_stop: the content of a stopped campaign may go to the people it did not reach.
        same_text_within: how long the same text keeps people out; 7 days until it is given.
        marketing_within: how long any marketing text keeps people out of marketing.
        include_dead: numbers at which the last campaigns failed are texted too.
        unattended: no person can answer a question, so an unclear case stops the run.
        series: the repeated campaign that this one is a run of.
        only_new: everyone whom a run of the series reached is excluded for good.
        corrected: the id of an interrupted campaign whose people are handled separately.
    """

    again: bool = False
    after_stop: bool = False
    retry_refused: bool = False
    same_text_within: timedelta | None = None
    marketing_within: timedelta | None = None
    include_dead: bool = False
    unattended: bool = False
    series: str | None = None
    only_new: bool = False
    corrected: int | None = None

    def since(self, now: datetime) -> datetime | None:
        """Return the moment from which the same text keeps people out; `None` for ever."""
        return moment_before(now, self.same_text_within or SAME_TEXT_WITHIN)


def history_rules(options: HistoryOptions) -> HistoryRules:
    """Check the options and make the rules.

    Raises:
        UsageError: a period is not valid.
    """
    same_text, marketing = options.not_again_within, options.not_within
    return HistoryRules(
        again=options.again,
        after_stop=options.after_stop,
        retry_refused=options.retry_refused,
        same_text_within=None if same_text is None else parse_period(same_text),
        marketing_within=None if marketing is None else parse_period(marketing),
        unattended=options.yes,
        include_dead=options.include_dead_numbers,
    )


def parse_period(text: str) -> timedelta:
    """Read a period such as 7d, 12h or ever.

    Raises:
        UsageError: it is not a period.
    """
    match = re.fullmatch(r"(\d{1,5})\s*(h|d|w)", text.strip().casefold())
    if text.strip().casefold() == "ever":
        return EVER
    if match is None:
        raise UsageError(
            f"{text!r} is not a period: write one such as 7d, 12h, 4w or ever.",
            code="setting_invalid",
            value=text,
        )
    return int(match[1]) * {"h": timedelta(hours=1), "d": timedelta(1), "w": timedelta(7)}[match[2]]


def moment_before(now: datetime, within: timedelta) -> datetime | None:
    """Return the moment a period before now; `None` for ever."""
    return None if within == EVER else now - within
