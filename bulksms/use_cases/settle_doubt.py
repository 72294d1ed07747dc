"""Settles frames whose outcome is unknown, by a person's word; never by itself.

Everything that changes something is done under the campaign's lock. Nothing is posted here:
a frame that is ordered to be sent again waits for `resume`.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from bulksms.clock import Clock
from bulksms.contacts.phones.masking import masked
from bulksms.errors import LedgerBusy, RuleError, UsageError
from bulksms.ledger import (
    CampaignRecord,
    EntryRecord,
    FrameRecord,
    FrameState,
    Ledger,
    open_ledger,
)
from bulksms.sender import is_send_time_past
from bulksms.sender.leaving_out import frame_without
from bulksms.settings import Settings

__all__ = [
    "FrameChoice",
    "FrameInDoubt",
    "OperatorDecision",
    "ResendOrder",
    "list_doubts",
    "order_resend",
    "settle_doubt",
    "show_doubt",
]

FrameChoice: TypeAlias = int | Literal["all"] | None

TAKEN = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorDecision:
    """Whose decision it is, and when it was made."""

    who: str
    at: datetime

    def says(self, what: str) -> str:
        """Put the decision into the words that the ledger keeps."""
        return f"{what}, by the word of {self.who} on {self.at:%Y-%m-%d at %H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameInDoubt:
    """A frame in doubt: where it belongs, what it may cost, and what was seen of it.

    `numbers` are masked and in the frame's order, `entries` its whole past; both only for one
    frame that is looked at. `cost` in euros is none where nothing tells it.
    """

    campaign: str
    frame: FrameRecord
    cost: Decimal | None
    entries: tuple[EntryRecord, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendOrder:
    """A frame that waits to be sent once more, and how many people were left out of it."""

    doubt: FrameInDoubt
    left_out: int


def list_doubts(name: str | None, settings: Settings, now: datetime) -> list[FrameInDoubt]:
    """List the frames in doubt of one campaign, or of all.

    Raises:
        CampaignNotFound: there is none of that name.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        campaigns = [ledger.campaigns.get(name)] if name else ledger.campaigns.all()
        return [doubt for record in campaigns for doubt in _doubts_of(ledger, record, now)]


def show_doubt(name: str, which: int | None, settings: Settings, now: datetime) -> FrameInDoubt:
    """Tell everything about a frame that is or was in doubt.

    Raises:
        CampaignNotFound: there is none of that name.
        UsageError: no frame is meant, or several could be.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
        known = _doubts_of(ledger, record, now)
        if which is None:
            found = _select(name, known, which)[0]
        else:
            frames = ledger.frames.all(record.id)
            found = _doubt(record, ledger.frames.get(record.id, which), frames)
        numbers = ledger.frames.phone_numbers(record.id, found.frame.number).tolist()
        return replace(
            found,
            entries=tuple(ledger.frames.entries(record.id, found.frame.number)),
            numbers=tuple(masked(f"+{digits}") for digits in numbers),
        )


def settle_doubt(
    name: str,
    which: FrameChoice,
    state: Literal[FrameState.ACCEPTED, FrameState.DROPPED],
    word: OperatorDecision,
    settings: Settings,
    ticket: str | None = None,
) -> list[FrameInDoubt]:
    """Take a person's word that frames in doubt were sent (`accepted`), or give them up.

    Raises:
        CampaignNotFound: there is none of that name.
        UsageError: no frame is meant, several could be, or several would get one ticket.
        LedgerBusy: another process is sending the campaign.
    """
    said = word.says("marked as sent" if state is FrameState.ACCEPTED else "given up")
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
        with ledger.locks.campaign(name):
            ledger.claims.doubt_in_flight(record.id, word.at)
            meant = _select(name, _doubts_of(ledger, record, word.at), which)
            if ticket and len(meant) > 1:
                raise UsageError("One ticket belongs to one frame: name the frame it is of.")
            for one in meant:
                number = one.frame.number
                answer = ledger.frames.get(record.id, number).ticket
                ledger.settlements.settle(
                    record.id, number, state, word.at, message=said, ticket=ticket or answer
                )
            _close(ledger, record)
            frames = ledger.frames.all(record.id)
        numbers = {one.frame.number for one in meant}
        return [_doubt(record, frame, frames) for frame in frames if frame.number in numbers]


def order_resend(
    name: str,
    which: int | None,
    settings: Settings,
    word: Callable[[FrameInDoubt], OperatorDecision],
    clock: Clock,
) -> ResendOrder:
    """Plan a frame in doubt once more, without those who opted out since; `resume` posts it.

    `word` shows what it may cost and whom it may reach twice, and raises when the answer is no.

    Raises:
        CampaignNotFound: there is none of that name.
        UsageError: no frame is meant, several could be, or everyone in it opted out.
        RuleError: its hour has passed, so that the API would send it at once.
        LedgerBusy: another process is sending the campaign.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
        with ledger.locks.campaign(name):
            ledger.claims.doubt_in_flight(record.id, clock.now())
            _refuse_past(record, clock.now())
            doubt = _select(name, _doubts_of(ledger, record, clock.now()), which)[0]
            number = doubt.frame.number
            gone = ledger.opt_outs.in_frame(record.id, number)
            new = frame_without(ledger, record, _next_wave(doubt.frame), gone)
            if new is None:
                raise UsageError(
                    f"Everyone in frame {number} has opted out: give it up with "
                    f"`bulksms doubt drop {name} {number}`."
                )
            people = replace(doubt.frame, contacts=new.contacts, wave=new.wave)
            said = word(_doubt(record, people, ledger.frames.all(record.id)))
            ledger.settlements.resend(record.id, new, said.at, said.says("to be sent again"))
            reason = f"Frame {number} is to be sent again, by order."
            ledger.campaigns.set_state(record.id, "paused", reason)
            frames = ledger.frames.all(record.id)
        frame = next(one for one in frames if one.number == number)
        return ResendOrder(doubt=_doubt(record, frame, frames), left_out=len(gone))


def _doubts_of(ledger: Ledger, record: CampaignRecord, now: datetime) -> list[FrameInDoubt]:
    """List the frames in doubt, those that a dead run left on their way among them."""
    frames = ledger.frames.all(record.id)
    if any(frame.state is FrameState.INTENT for frame in frames):
        # While another process sends, they are on their way and not in doubt.
        with suppress(LedgerBusy), ledger.locks.campaign(record.name):
            ledger.claims.doubt_in_flight(record.id, now)
        frames = ledger.frames.all(record.id)
    return [_doubt(record, frame, frames) for frame in frames if _is_doubt(frame)]


def _is_doubt(frame: FrameRecord) -> bool:
    return frame.state is FrameState.IN_DOUBT


def _doubt(record: CampaignRecord, frame: FrameRecord, frames: list[FrameRecord]) -> FrameInDoubt:
    return FrameInDoubt(campaign=record.name, frame=frame, cost=_cost(frame, frames))


def _cost(frame: FrameRecord, frames: list[FrameRecord]) -> Decimal | None:
    """Say what a frame may cost: as planned, else as those of its campaign that were taken."""
    if frame.total_cost is not None:
        return frame.total_cost
    planned = next((one for one in frames if one.number == frame.number), frame)
    if planned.cost_planned is not None and planned.contacts:
        return _cents(planned.cost_planned * frame.contacts / planned.contacts)
    taken = [one for one in frames if one.state in TAKEN and one.total_cost is not None]
    people = sum(one.contacts for one in taken)
    spent = sum((one.total_cost or Decimal(0) for one in taken), Decimal(0))
    return _cents(spent * frame.contacts / people) if people else None


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def _select(name: str, known: list[FrameInDoubt], which: FrameChoice) -> list[FrameInDoubt]:
    """Find the frames that are meant; the only one in doubt needs no number.

    Raises:
        UsageError: there is none, or it is not clear which.
    """
    if not known:
        raise UsageError(f"No frame of {name} is in doubt: `bulksms status {name}` tells more.")
    numbers = ", ".join(str(one.frame.number) for one in known)
    if which is None and len(known) > 1:
        raise UsageError(f"Several frames of {name} are in doubt ({numbers}): name one.")
    meant = [one for one in known if which in (None, "all", one.frame.number)]
    if not meant:
        raise UsageError(f"Frame {which} of {name} is not in doubt; in doubt: {numbers}.")
    return meant


def _next_wave(frame: FrameRecord) -> FrameRecord:
    return replace(frame, wave=frame.wave + 1)


def _refuse_past(record: CampaignRecord, now: datetime) -> None:
    if is_send_time_past(record, now):
        told = record.parameters["send_at"]
        raise RuleError(
            f"The campaign {record.name} was to leave at {told}, which has passed, and the API "
            "would send the frame at once: give it up with `bulksms doubt drop`."
        )


def _close(ledger: Ledger, record: CampaignRecord) -> None:
    """Say that a campaign is done when nothing of it waits for anything any more."""
    standing = ledger.frames.count_by_state(record.id)
    open_states = (FrameState.PLANNED, FrameState.INTENT, FrameState.IN_DOUBT)
    if not any(standing[state] for state in open_states):
        ledger.campaigns.set_state(record.id, "done")
