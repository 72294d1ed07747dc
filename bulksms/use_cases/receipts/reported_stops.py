"""STOPs that Octopush reported: obeyed at once, and held for a look where they may be forged.

A person who said STOP is not texted from then on, whatever a review finds later. A STOP is held
when its number is in none of the campaigns, or when more came within an hour than people ever send.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from bulksms.count_words import count_of
from bulksms.errors import InputError
from bulksms.ledger import HeldReason, HeldStop, Ledger, ledger_exists, open_ledger
from bulksms.settings import Settings
from bulksms.use_cases.opt_outs.manage_opt_outs import read_numbers

__all__ = [
    "ReportedStop",
    "StopReview",
    "drop_held",
    "held_stops",
    "obey_stops",
    "take_held",
]

ORIGIN = "STOP reported by Octopush"
MANY_WITHIN = timedelta(hours=1)
TEXTED_WITHIN = timedelta(days=7)  # STOPs answer texts of these days
MANY_SHARE = 0.05  # of the people who were texted
FEWEST = 20  # STOPs; fewer are never many


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedStop:
    """A STOP: whose, and the ticket of the text it answers; empty when that is not reported."""

    phone_number: int
    ticket: str


def obey_stops(ledger: Ledger, stops: Iterable[ReportedStop], now: datetime) -> int:
    """Store STOPs as opt-outs, durable when this returns, and count those that are new.

    Those whose ticket is not that of a frame with their number are held until `StopReview`
    finds the number in a campaign.

    Raises:
        LedgerError: they could not be written down.
    """
    reported = list(stops)
    numbers = {stop.phone_number for stop in reported}
    new = numbers - set(ledger.opt_outs.among(sorted(numbers)).tolist())
    if not new:
        return 0
    members = ledger.frames.members_by_ticket(stop.ticket for stop in reported)
    proved = {
        stop.phone_number for stop in reported if stop.phone_number in members.get(stop.ticket, ())
    }
    if new - proved:
        # Before the opt-outs: if the program is killed in between, they are sent again.
        ledger.held_stops.hold(new - proved, HeldReason.NEVER_TEXTED, now)
    return ledger.opt_outs.add(sorted(new), ORIGIN, now)


class StopReview:
    """Releases held STOPs of people who were texted, and holds those that are too many.

    It remembers whom it found in no campaign, so that they are looked for once.
    """

    def __init__(self) -> None:
        self._strangers: set[int] = set()
        self._campaigns = 0
        self._reported = 0

    def review(self, ledger: Ledger, now: datetime) -> list[str]:
        """Look at the STOPs once; returns a sentence for what an operator should see.

        Raises:
            LedgerError: the ledger cannot be used.
        """
        self._release_members(ledger)
        self._hold_many(ledger, now)
        # Those that came meanwhile are looked at in the next round.
        held = sum(
            stop.reason is not HeldReason.NEVER_TEXTED or stop.phone_number in self._strangers
            for stop in ledger.held_stops.all()
        )
        is_more, self._reported = held > self._reported, held
        if not is_more:
            return []
        wait = count_of(held, "STOP waits", "STOPs wait")
        return [f"{wait} for a look (obeyed meanwhile): `bulksms optout held`."]

    def _release_members(self, ledger: Ledger) -> None:
        """Release held STOPs whose number is in a campaign, the newest campaign first."""
        campaigns = ledger.campaigns.all()
        if len(campaigns) != self._campaigns:
            self._strangers.clear()
        self._campaigns = len(campaigns)
        held = [
            stop.phone_number
            for stop in ledger.held_stops.all()
            if stop.reason is HeldReason.NEVER_TEXTED and stop.phone_number not in self._strangers
        ]
        left = np.array(sorted(held), dtype=np.int64)
        for record in reversed(campaigns):
            if not len(left):
                return
            members, _ = ledger.frames.frame_by_phone_number(record.id)
            is_member = np.isin(left, members)
            if is_member.any():
                ledger.held_stops.release(left[is_member].tolist())
            left = left[~is_member]
        self._strangers.update(left.tolist())

    def _hold_many(self, ledger: Ledger, now: datetime) -> None:
        """Hold the STOPs of the last hour when there are too many of them."""
        recent = ledger.opt_outs.added_since(ORIGIN, now - MANY_WITHIN)
        if len(recent) < FEWEST:
            return
        texted = ledger.history.people_texted_since(now - TEXTED_WITHIN)
        if len(recent) > MANY_SHARE * texted:
            ledger.held_stops.hold(recent, HeldReason.MANY_AT_ONCE, now)


def held_stops(settings: Settings) -> list[HeldStop]:
    """List the STOPs that wait for a look; a missing ledger is not created."""
    if not ledger_exists(settings.home, settings.ledger):
        return []
    with open_ledger(settings.home, settings.ledger) as ledger:
        return ledger.held_stops.all()


def take_held(texts: Iterable[str] | None, region: str, who: str, settings: Settings) -> int:
    """Keep the opt-outs of held STOPs for good, all of them without `texts`; counts them.

    Raises:
        InputError: one of them is not a number, or not held; nothing was changed.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        numbers = _chosen(ledger, texts, region)
        return ledger.held_stops.release(numbers, f"{ORIGIN}, taken by {who}")


def drop_held(texts: Iterable[str] | None, region: str, settings: Settings) -> int:
    """Remove the opt-outs of held STOPs, who may be texted again, and count them.

    Raises:
        InputError: one of them is not a number, or not held; nothing was changed.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        numbers = _chosen(ledger, texts, region)
        ledger.opt_outs.remove(numbers)
        return ledger.held_stops.release(numbers)


def _chosen(ledger: Ledger, texts: Iterable[str] | None, region: str) -> list[int]:
    held = [stop.phone_number for stop in ledger.held_stops.all()]
    if texts is None:
        return held
    chosen = [int(number) for number in read_numbers(list(texts), region)]
    others = set(chosen) - set(held)
    if others:
        raise InputError(
            f"No STOP of +{min(others)} is held: `bulksms optout held` lists those that are; "
            "nothing was changed.",
            code="stop_not_held",
        )
    return chosen
