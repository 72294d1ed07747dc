"""Holds a fitted message against the rules of marketing, and says what breaks them.

The rules themselves are in `message`; this knows which of them a run asked for, and when it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bulksms.campaign import Parameters, Purpose
from bulksms.finding import Finding, Level
from bulksms.message import (
    SendingHours,
    explain_quiet_hours,
    localities_of,
    sender_findings,
    stop_mention_missing,
)
from bulksms.plan.variants import Variant

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Compliance", "check_compliance", "quiet_hours_violation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """Which rules a run asked for; `hours` is none when marketing may leave at any hour.

    `now` is the moment the plan is made; without it only a chosen sending time is looked at.
    """

    hours: SendingHours | None = field(default_factory=SendingHours)
    now: datetime | None = None


def check_compliance(
    variants: Sequence[Variant], contacts: "pd.DataFrame", asked: Compliance
) -> tuple[Finding, ...]:
    """Find every rule that the message breaks for the people it goes to."""
    shared = variants[0].parameters
    found = [
        *(_stop_mention(part, alone=len(variants) == 1) for part in variants),
        *sender_findings(shared.sender, shared.purpose, contacts["country"].unique()),
        _quiet_hours(shared, contacts, asked),
    ]
    return tuple(finding for finding in found if finding is not None)


def _stop_mention(part: Variant, *, alone: bool) -> Finding | None:
    """Look at one text for the people who get that one."""
    told = part.parameters
    found = stop_mention_missing(told.text, told.purpose, part.contacts["country"].unique())
    if found is None or alone:
        return found
    return replace(found, message=f"Text for {part.label}: {found.message}")


def _quiet_hours(
    parameters: Parameters, contacts: "pd.DataFrame", asked: Compliance
) -> Finding | None:
    """Find a time outside the hours: an error when it was chosen, a warning when it is now.

    Now passes, and a plan made at night may be sent in the morning: `send` looks again.
    """
    moment = parameters.send_at or asked.now
    told = quiet_hours_violation(parameters, contacts, asked.hours, moment) if moment else None
    level = Level.ERROR if parameters.send_at else Level.WARNING
    return Finding(code="quiet_hours", level=level, message=told) if told else None


def quiet_hours_violation(
    parameters: Parameters, contacts: "pd.DataFrame", hours: SendingHours | None, moment: datetime
) -> str | None:
    """Say why marketing must not reach these people at a moment; an alert may at any."""
    if hours is None or parameters.purpose is not Purpose.WHOLESALE:
        return None
    return explain_quiet_hours(localities_of(contacts["phone_number"].to_numpy()), moment, hours)
