"""Shows frames whose outcome is unknown, and settles them as an operator decides.

Every change is made under the campaign's lock. Nothing is posted here.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from bulksms.contacts.phones.display import masked
from bulksms.errors import LedgerBusy, RuleError, UsageError
from bulksms.ledger import (
    OPEN_STATES,
    AuditAction,
    CampaignRecord,
    EntryRecord,
    Evidence,
    FrameRecord,
    FrameState,
    Ledger,
    open_ledger,
)
from bulksms.money import round_to_cents
from bulksms.settings import Settings
from bulksms.use_cases.orders.campaign_orders import find_stop

__all__ = [
    "FrameChoice",
    "FrameInDoubt",
    "OperatorDecision",
    "as_doubt",
    "finish_if_settled",
    "frames_in_doubt",
    "list_doubts",
    "refuse_before_late_answers",
    "select_frames",
    "settle_doubt",
    "show_doubt",
]

FrameChoice: TypeAlias = int | Literal["all"] | None

ERASED = "erased"
ACCEPTED = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorDecision:
    """The person who decided, and when."""

    who: str
    at: datetime

    def describe(self, action: str) -> str:
        """Return the sentence that the ledger keeps of the decision."""
        return f"{action} by {self.who} on {self.at:%Y-%m-%d at %H:%M} UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameInDoubt:
    """A frame that is or was in doubt, what it may cost, and its history.

    `entries`, the masked `numbers`, in the frame's order, and the `evidence` of receipts are there
    for a single frame only. `cost` in euros is `None` where it cannot be estimated.
    """

    campaign: str
    frame: FrameRecord
    cost: Decimal | None
    entries: tuple[EntryRecord, ...] = ()
    numbers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def list_doubts(name: str | None, settings: Settings, now: datetime) -> list[FrameInDoubt]:
    """List the frames in doubt of one campaign, or of all.

    Raises:
        CampaignNotFound: there is no campaign of that name.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        records = [ledger.campaigns.get(name)] if name else ledger.campaigns.all()
        return [doubt for record in records for doubt in frames_in_doubt(ledger, record, now)]


def show_doubt(
    name: str, frame_number: int | None, settings: Settings, now: datetime
) -> FrameInDoubt:
    """Return one frame that is or was in doubt, with its history and its masked numbers.

    Raises:
        CampaignNotFound: there is no campaign of that name.
        UsageError: the choice of the frame is unclear.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
        doubts = frames_in_doubt(ledger, record, now)
        if frame_number is None:
            doubt = select_frames(name, doubts, frame_number)[0]
        else:
            frame = ledger.frames.get(record.id, frame_number)
            doubt = as_doubt(ledger, record, frame)
        numbers = ledger.frames.phone_numbers(record.id, doubt.frame.number).tolist()
        return replace(
            doubt,
            entries=tuple(ledger.frames.entries(record.id, doubt.frame.number)),
            numbers=tuple(masked(f"+{each}") if each > 0 else ERASED for each in numbers),
            evidence=ledger.evidence.of_frame(record.id, doubt.frame.number),
        )


def settle_doubt(
    name: str,
    choice: FrameChoice,
    state: Literal[FrameState.ACCEPTED, FrameState.DROPPED],
    decision: OperatorDecision,
    settings: Settings,
    ticket: str | None = None,
) -> list[FrameInDoubt]:
    """Mark frames in doubt as sent (`accepted`), or drop them, as an operator decided.

    Raises:
        CampaignNotFound: there is no campaign of that name.
        UsageError: the choice is unclear, or one ticket is given for several frames.
        RuleError: the answer to a frame that is to be dropped may still come.
        LedgerBusy: another process is sending the campaign.
    """
    message = decision.describe("marked as sent" if state is FrameState.ACCEPTED else "dropped")
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
        with ledger.locks.campaign(name):
            ledger.claims.doubt_in_flight(record.id, decision.at)
            doubts = frames_in_doubt(ledger, record, decision.at)
            numbers = [doubt.frame.number for doubt in select_frames(name, doubts, choice)]
            if state is FrameState.DROPPED:
                refuse_before_late_answers(ledger, record, numbers)
            if ticket and len(numbers) > 1:
                raise UsageError(
                    "A ticket belongs to one frame: give the number of that frame.",
                    code="no_doubt_left",
                )
            for number in numbers:
                recorded = ledger.frames.get(record.id, number).ticket
                ledger.settlements.settle(
                    record.id,
                    number,
                    state,
                    decision.at,
                    message=message,
                    ticket=ticket or recorded,
                )
            finish_if_settled(ledger, record)
            is_sent = state is FrameState.ACCEPTED
            ledger.audit.record(
                AuditAction.MARK_SENT if is_sent else AuditAction.DROP,
                person=decision.who,
                campaign=name,
                digest=record.digest,
                counts={"frames": len(numbers)},
            )
            settled = [ledger.frames.get(record.id, number) for number in numbers]
            return [as_doubt(ledger, record, frame) for frame in settled]


def refuse_before_late_answers(
    ledger: Ledger, record: CampaignRecord, numbers: Iterable[int]
) -> None:
    """Refuse to give up frames whose answer a program declared dead may still read.

    Raises:
        RuleError: one of them; from when it may be decided.
    """
    for number in numbers:
        until = ledger.holders.answer_until(record.id, number)
        if until is not None:
            raise RuleError(
                f"The program that posted frame {number} of {record.name} does not respond, and "
                f"may still get the answer: decide after {until:%H:%M:%S} UTC. "
                "Nothing was changed.",
                code="answer_may_come",
                number=number,
            )


def frames_in_doubt(ledger: Ledger, record: CampaignRecord, now: datetime) -> list[FrameInDoubt]:
    """Return the frames in doubt, including those a killed run left in flight."""
    if ledger.frames.in_flight(record.id):
        # While another process sends, its frames are in flight and not in doubt.
        with suppress(LedgerBusy), ledger.locks.campaign(record.name):
            ledger.claims.doubt_in_flight(record.id, now)
    in_doubt = ledger.frame_queries.each(record.id, [FrameState.IN_DOUBT])
    return [as_doubt(ledger, record, frame) for frame in in_doubt]


def as_doubt(ledger: Ledger, record: CampaignRecord, frame: FrameRecord) -> FrameInDoubt:
    """Return a frame with its estimated cost."""
    return FrameInDoubt(campaign=record.name, frame=frame, cost=_cost(ledger, record, frame))


def select_frames(
    name: str, doubts: Sequence[FrameInDoubt], choice: FrameChoice
) -> list[FrameInDoubt]:
    """Return the chosen frames; a single frame in doubt needs no number.

    Raises:
        UsageError: no frame is in doubt, or the choice is unclear.
    """
    if not doubts:
        raise UsageError(
            f"No frame of {name} is in doubt: `bulksms status {name}` shows why.",
            code="no_doubt_left",
        )
    numbers = ", ".join(str(doubt.frame.number) for doubt in doubts)
    if choice is None and len(doubts) > 1:
        raise UsageError(
            f"Several frames of {name} are in doubt ({numbers}): choose one.", code="no_doubt_left"
        )
    chosen = [doubt for doubt in doubts if choice in (None, "all", doubt.frame.number)]
    if not chosen:
        raise UsageError(
            f"Frame {choice} of {name} is not in doubt; in doubt: {numbers}.",
            code="request_changed",
            number=str(choice),
        )
    return chosen


def _cost(ledger: Ledger, record: CampaignRecord, frame: FrameRecord) -> Decimal | None:
    """Estimate the cost of a frame: as planned, else as the accepted frames of its campaign."""
    if frame.total_cost is not None:
        return frame.total_cost
    planned = ledger.frames.get(record.id, frame.number)
    if planned.cost_planned is not None and planned.contacts:
        return round_to_cents(planned.cost_planned * frame.contacts / planned.contacts)
    people, spent = ledger.frame_queries.paid(record.id)
    return round_to_cents(spent * frame.contacts / people) if people else None


def finish_if_settled(ledger: Ledger, record: CampaignRecord) -> None:
    """Mark a campaign as done when none of its frames is open any more, unless it was stopped."""
    if not ledger.frames.any_in(record.id, OPEN_STATES) and find_stop(ledger, record) is None:
        ledger.campaigns.set_state(record.id, "done")
