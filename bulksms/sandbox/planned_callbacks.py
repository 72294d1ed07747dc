"""The API's reports about an accepted frame: receipts, replies and STOPs, with their times."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from bulksms.sandbox.accepted_log import AcceptedFrame

__all__ = ["CallbackFormat", "CallbackHabit", "CallbackRules", "PlannedCallback", "plan_callbacks"]

FAILURES = ("NOT_DELIVERED", "NOT_DELIVERED", "BAD_DESTINATION", "EXPIRED", "NOT_ALLOWED")
REPLIES = ("Merci !", "Ok pour samedi", "Who is this?")
STOPS = ("STOP", "stop", "Stop svp")
LATE_SECONDS = 2.0
LATE_SHARE = 0.2
DOUBLED_SHARE = 0.5
FORGED_SHARE = 0.1
STRANGERS = 33639989000  # the first of a thousand fictitious numbers


class CallbackHabit(StrEnum):
    """How callbacks differ from the documented ones."""

    DOUBLED = "doubled"
    LATE = "late"
    OUT_OF_ORDER = "out_of_order"
    FORGED = "forged"


class CallbackFormat(StrEnum):
    """How the body of a callback is written."""

    JSON = "json"
    FORM = "form"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRules:
    """The rules of a sandbox's reports about its frames.

    Attributes:
        delay: Seconds from the acceptance to the first receipt of a frame.
        undelivered: Share of the texts, from 0 to 1, that do not arrive.
        replies: Share of the people who answer.
        stops: Share of the people who answer STOP.
        opted_out: Numbers whose texts are reported as blacklisted.
        seed: The same seed gives the same reports.
    """

    delay: float = 0.0
    format: CallbackFormat = CallbackFormat.JSON
    habits: frozenset[CallbackHabit] = frozenset()
    undelivered: float = 0.0
    replies: float = 0.0
    stops: float = 0.0
    opted_out: frozenset[str] = frozenset()
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCallback:
    """One callback to come.

    Attributes:
        after: Seconds after the acceptance of its frame.
        kind: A status, `reply`, `stop` or `forged`.
        as_form: Whether its body is a form instead of JSON.
        with_secret: Whether it goes to the address itself; a stranger guesses another one.
    """

    after: float
    kind: str
    fields: dict[str, Any]
    as_form: bool = False
    with_secret: bool = True

    @property
    def content_type(self) -> str:
        """The media type of the body."""
        return "application/x-www-form-urlencoded" if self.as_form else "application/json"

    @property
    def body(self) -> bytes:
        """The bytes to post."""
        if self.as_form:
            flat = {name: value for name, value in self.fields.items() if value != {}}
            return urlencode(flat).encode()
        return json.dumps(self.fields).encode()


def plan_callbacks(
    frame: AcceptedFrame, rules: CallbackRules, now: datetime
) -> list[PlannedCallback]:
    """Plan all callbacks of a frame, in the order of their times."""
    chance = random.Random(f"{rules.seed} {frame.ticket}")  # noqa: S311 - reports, not secrets
    planned: list[PlannedCallback] = []
    for number in frame.recipients:
        planned += _of_person(frame, number, rules, chance, now)
    if CallbackHabit.FORGED in rules.habits:
        planned += _forged(frame, chance, now)
    planned = [replace(each, after=each.after + rules.delay) for each in planned]
    planned = [_written(each, rules.format, at) for at, each in enumerate(planned)]
    for habit, change in _CHANGES.items():
        if habit in rules.habits:
            planned = change(planned, chance)
    return sorted(planned, key=lambda each: each.after)


def _of_person(
    frame: AcceptedFrame,
    number: str,
    rules: CallbackRules,
    chance: random.Random,
    now: datetime,
) -> Iterator[PlannedCallback]:
    """Yield the receipts of one text, and what its reader answers."""
    share = chance.random()
    final = "DELIVERED" if share >= rules.undelivered else chance.choice(FAILURES)
    if number in rules.opted_out:
        final = "BLACKLISTED_NUMBER"
    else:
        yield _receipt(frame, number, "ACK", 0.0, now)
    yield _receipt(frame, number, final, 0.1, now)
    if final != "DELIVERED":
        return
    answer = chance.random()
    if answer < rules.stops:
        yield _answer(frame, number, "stop", chance.choice(STOPS), now)
    elif answer < rules.stops + rules.replies:
        yield _answer(frame, number, "reply", chance.choice(REPLIES), now)


def _receipt(
    frame: AcceptedFrame, number: str, status: str, after: float, now: datetime
) -> PlannedCallback:
    fields = {
        "channel": "sms",
        "message_id": frame.ticket,
        "number": number.removeprefix("+"),
        "status": status,
        "delivery_date": _date(now, after),
        "meta_data": {},
    }
    return PlannedCallback(after=after, kind=status, fields=fields)


def _answer(
    frame: AcceptedFrame, number: str, kind: str, text: str, now: datetime
) -> PlannedCallback:
    date = "stop_date" if kind == "stop" else "reception_date"
    fields = {"message_id": frame.ticket, "number": number, "text": text, date: _date(now, 0.2)}
    return PlannedCallback(after=0.2, kind=kind, fields=fields)


def _forged(
    frame: AcceptedFrame, chance: random.Random, now: datetime
) -> Iterator[PlannedCallback]:
    """Yield what strangers send: to a guessed address, or, knowing it, about a wrong person."""
    free = STRANGERS + chance.randrange(1000)
    stranger = str(next(n for n in range(free, free + 1000) if f"+{n}" not in frame.recipients))
    for number in frame.recipients[: max(1, int(len(frame.recipients) * FORGED_SHARE))]:
        failed = _receipt(frame, number, "BAD_DESTINATION", 0.05, now)
        stop = _answer(frame, number, "stop", "STOP", now)
        yield from (replace(each, kind="forged", with_secret=False) for each in (failed, stop))
        elsewhere = failed.fields | {"message_id": "sms_0000000000000"}
        yield replace(failed, kind="forged", fields=elsewhere)
    wrong_person = _receipt(frame, stranger, "DELIVERED", 0.05, now)
    yield replace(wrong_person, kind="forged")


def _written(callback: PlannedCallback, how: CallbackFormat, at: int) -> PlannedCallback:
    """Choose the format of the body; with both they alternate."""
    is_form = how is CallbackFormat.FORM or (how is CallbackFormat.BOTH and at % 2 == 1)
    return replace(callback, as_form=is_form)


def _doubled(planned: list[PlannedCallback], chance: random.Random) -> list[PlannedCallback]:
    twice = [each for each in planned if chance.random() < DOUBLED_SHARE]
    return planned + [replace(each, after=each.after + 0.3) for each in twice]


def _late(planned: list[PlannedCallback], chance: random.Random) -> list[PlannedCallback]:
    return [
        replace(each, after=each.after + LATE_SECONDS * (chance.random() < LATE_SHARE))
        for each in planned
    ]


def _out_of_order(planned: list[PlannedCallback], chance: random.Random) -> list[PlannedCallback]:
    times = [each.after for each in planned]
    chance.shuffle(times)
    return [replace(each, after=after) for each, after in zip(planned, times, strict=True)]


_CHANGES = {
    CallbackHabit.DOUBLED: _doubled,
    CallbackHabit.LATE: _late,
    CallbackHabit.OUT_OF_ORDER: _out_of_order,
}


def _date(now: datetime, after: float) -> str:
    """Write a time as the API does, without a zone."""
    return f"{now + timedelta(seconds=after):%Y-%m-%d %H:%M:%S}"
