"""Frames in doubt as people and as machines read them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bulksms.money import format_money
from bulksms.octopush import Likelihood, likelihood
from bulksms.results import quoted
from bulksms.use_cases.settle_doubt import FrameInDoubt

__all__ = [
    "doubt_as_json",
    "doubt_in_words",
    "doubt_table",
    "price_in_words",
    "whole_doubt_as_json",
]

SHOWN = 5  # masked numbers shown to people; more of them say no more
LIKELIHOODS = {
    Likelihood.LIKELY_SENT: "likely sent",
    Likelihood.UNLIKELY_SENT: "unlikely sent",
    Likelihood.OPEN: "sent or not",
}
HEADER = ("campaign", "frame", "rows", "contacts", "since", "leans to", "why")


def doubt_as_json(doubt: FrameInDoubt) -> dict[str, Any]:
    """Tell one frame in plain values; money as decimal strings, moments in UTC."""
    frame = doubt.frame
    return {
        "campaign": doubt.campaign,
        "frame": frame.number,
        "state": frame.state.value,
        "first_row": frame.first_row,
        "last_row": frame.last_row,
        "contacts": frame.contacts,
        "since": _moment(frame.started_at),
        "lean": likelihood(frame.message, frame.code).value,
        "code": frame.code,
        "why": frame.message,
        "sms_ticket": frame.ticket,
        "cost": None if doubt.cost is None else format_money(doubt.cost),
    }


def whole_doubt_as_json(doubt: FrameInDoubt) -> dict[str, Any]:
    """Tell all that is known of one frame; numbers are masked."""
    frame = doubt.frame
    return doubt_as_json(doubt) | {
        "wave": frame.wave,
        "attempts": frame.attempts,
        "request_id": frame.request_id,
        "digest": frame.digest,
        "numbers": list(doubt.numbers),
        "entries": [
            {
                "at": _moment(entry.at),
                "state": entry.state.value,
                "request_id": entry.request_id,
                "code": entry.code,
                "message": entry.message,
            }
            for entry in doubt.entries
        ],
    }


def doubt_table(doubts: Sequence[FrameInDoubt]) -> list[str]:
    """Lay frames out in columns; the reason comes last and is as long as it is."""
    lines = [HEADER, *(_cells(doubt) for doubt in doubts)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(HEADER) - 1)]
    return [
        "  ".join([*(cell.ljust(wide) for cell, wide in zip(line, widths, strict=False)), line[-1]])
        for line in lines
    ]


def _cells(doubt: FrameInDoubt) -> tuple[str, ...]:
    frame = doubt.frame
    return (
        doubt.campaign,
        str(frame.number),
        f"{frame.first_row}-{frame.last_row}",
        str(frame.contacts),
        _time(frame.started_at),
        LIKELIHOODS[likelihood(frame.message, frame.code)],
        frame.message,
    )


def doubt_in_words(doubt: FrameInDoubt) -> list[str]:
    """Tell all that is known of one frame, and what one can do."""
    frame = doubt.frame
    more = len(doubt.numbers) - SHOWN
    numbers = ", ".join(doubt.numbers[:SHOWN]) + (f" and {more} more" if more > 0 else "")
    lines = [
        f"Frame {frame.number} of {doubt.campaign}: {frame.state.replace('_', ' ')}",
        f"  rows:       {frame.first_row} to {frame.last_row}, {frame.contacts} contacts",
        f"  numbers:    {numbers}",
        f"  request id: {frame.request_id}",
        f"  digest:     {frame.digest}",
        f"  ticket:     {frame.ticket or 'none known'}",
        f"  cost:       {price_in_words(doubt.cost)}",
    ]
    if frame.state == "in_doubt":
        lines.append(f"  leans to:   {LIKELIHOODS[likelihood(frame.message, frame.code)]}")
    lines.append(f"  attempts:   {frame.attempts}")
    lines += [f"    {_time(one.at)} {_what(one.state, one.message)}" for one in doubt.entries]
    return lines + (_choices(doubt) if frame.state == "in_doubt" else [])


def _what(state: str, message: str) -> str:
    plain = "posting" if state == "intent" else state.replace("_", " ")
    return f"{plain}: {message}" if message else plain


def _choices(doubt: FrameInDoubt) -> list[str]:
    frame = doubt.frame
    place = f"{quoted(doubt.campaign)} {frame.number}"
    at = _time(frame.started_at)
    return [
        f"Look for {frame.contacts} contacts at about {at} in the Octopush console. Then:",
        f"  it is there:           bulksms doubt mark-sent {place} --ticket TICKET",
        f"  give it up:            bulksms doubt drop {place}",
        f"  send it again anyway:  bulksms doubt resend {place}",
    ]


def price_in_words(cost: Decimal | None) -> str:
    """Say what a frame costs, if anything tells it."""
    return "an amount that is not known" if cost is None else f"about {format_money(cost)} EUR"


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "no known time"
