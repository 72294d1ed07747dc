"""Checks a personalised message against the marketing rules that a run has chosen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from bulksms.campaign import Parameters, Purpose
from bulksms.finding import Finding, Level
from bulksms.message import (
    SendingHours,
    explain_quiet_hours,
    localities_of,
    next_allowed_time,
    sender_findings,
    stop_mention_missing,
)
from bulksms.plan.personalised import Variant

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["Compliance", "check_compliance", "first_opening", "quiet_hours_violation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """The rules that a run has chosen.

    Attributes:
        hours: the hours of marketing; `None` when any hour is allowed.
        now: when the plan is made; without it only a scheduled time is checked.
    """

    hours: SendingHours | None = field(default_factory=SendingHours)
    now: datetime | None = None


def check_compliance(
    variants: Sequence[Variant], phone_numbers: "PhoneNumbers", rules: Compliance
) -> tuple[Finding, ...]:
    """Report every rule that the message breaks for its recipients."""
    shared = variants[0].parameters
    countries = {country for variant in variants for country in variant.contacts_by_country}
    return (
        *_stop_mentions(variants),
        *sender_findings(shared.sender, shared.purpose, countries),
        *_quiet_hours(shared, phone_numbers, rules),
    )


def _stop_mentions(variants: Sequence[Variant]) -> Iterator[Finding]:
    """Check each text for the countries of its own contacts."""
    for variant in variants:
        parameters = variant.parameters
        countries = variant.contacts_by_country
        finding = stop_mention_missing(parameters.text, parameters.purpose, countries)
        if finding is not None:
            prefix = f"Text for {variant.label}: " if len(variants) > 1 else ""
            yield replace(finding, message=f"{prefix}{finding.message}")


def _quiet_hours(
    parameters: Parameters, phone_numbers: "PhoneNumbers", rules: Compliance
) -> Iterator[Finding]:
    """Report a time outside the hours: an error for a scheduled time, a warning for now.

    A plan made at night may be sent in the morning; `send` checks again.
    """
    moment = parameters.send_at or rules.now
    if moment is None:
        return
    violation = quiet_hours_violation(parameters, phone_numbers, rules.hours, moment)
    if violation:
        level = Level.ERROR if parameters.send_at else Level.WARNING
        yield Finding(code="quiet_hours", level=level, message=violation)


def quiet_hours_violation(
    parameters: Parameters,
    phone_numbers: "PhoneNumbers",
    hours: SendingHours | None,
    moment: datetime,
) -> str | None:
    """Explain why marketing must not reach these people at a moment; alerts always may."""
    if hours is None or parameters.purpose is not Purpose.WHOLESALE:
        return None
    return explain_quiet_hours(localities_of(phone_numbers), moment, hours)


def first_opening(
    parameters: Parameters,
    phone_numbers: "PhoneNumbers",
    hours: SendingHours | None,
    moment: datetime,
) -> datetime | None:
    """Find when marketing may reach the first of these people; `None` when not for two weeks."""
    if hours is None or parameters.purpose is not Purpose.WHOLESALE:
        return moment
    localities = localities_of(phone_numbers)
    openings = (next_allowed_time((locality,), moment, hours) for locality in localities)
    return min((opening for opening in openings if opening is not None), default=None)
