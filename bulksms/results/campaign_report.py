"""The summary of a campaign, from the ledger alone: one set of figures for people and machines."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bulksms.ledger import CampaignRecord, FrameRecord, FrameState
from bulksms.money import format_money

__all__ = ["Report", "class_of", "quoted", "summarise"]

_CLASS_OF_STATE: Mapping[FrameState, str] = {
    FrameState.PLANNED: "not_attempted",
    FrameState.INTENT: "in_doubt",
    FrameState.ACCEPTED: "sent",
    FrameState.ACCEPTED_SHORT: "sent",
    FrameState.REFUSED: "failed",
    FrameState.IN_DOUBT: "in_doubt",
    FrameState.DROPPED: "not_attempted",
}

# What the ledger says of a run that never came to tell its end.
_UNTOLD = "interrupted"
_STATES = ("done", "paused", "stopped", "interrupted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is told of a campaign; the six classes of contacts add up to the rows of the source.

    `planned_cost` is what the frames that were paid for were expected to cost; none when that
    is not known of all of them.
    """

    campaign: str
    state: str
    frames: Mapping[str, int]
    contacts: Mapping[str, int]
    total_cost: Decimal
    residual_credit: Decimal | None
    sms_needed: int
    reason: str | None
    rehearsal: bool
    planned_cost: Decimal | None = None

    @property
    def resume_command(self) -> str | None:
        """The command that goes on with what is left, if anything is."""
        if not self.frames["planned"]:
            return None
        return f"bulksms resume {quoted(self.campaign)}"

    def as_json(self) -> dict[str, Any]:
        """Give the JSON object that `cli.md` promises; money as decimal strings."""
        credit = self.residual_credit
        return {
            "campaign": self.campaign,
            "state": self.state,
            "rehearsal": self.rehearsal,
            "frames": dict(self.frames),
            "contacts": dict(self.contacts),
            "total_cost": format_money(self.total_cost),
            "planned_cost": None if self.planned_cost is None else format_money(self.planned_cost),
            "residual_credit": None if credit is None else format_money(credit),
            "sms_needed": self.sms_needed,
            "reason": self.reason,
            "resume_command": self.resume_command,
        }


def summarise(record: CampaignRecord, frames: Sequence[FrameRecord]) -> Report:
    """Count what the ledger knows of a campaign."""
    states = Counter(frame.state for frame in frames)
    return Report(
        campaign=record.name,
        state=record.state if record.state in _STATES else _UNTOLD,
        frames={state.value: states[state] for state in FrameState},
        contacts=_classes(record, frames),
        total_cost=sum((frame.total_cost or Decimal(0) for frame in frames), Decimal(0)),
        residual_credit=_credit_left(frames),
        sms_needed=sum(frame.number_of_sms_needed or 0 for frame in frames),
        reason=record.reason,
        rehearsal=record.rehearsal,
        planned_cost=_planned_cost(frames),
    )


def _planned_cost(frames: Sequence[FrameRecord]) -> Decimal | None:
    planned = [frame.cost_planned for frame in frames if frame.total_cost is not None]
    known = [cost for cost in planned if cost is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(planned) else None


def _credit_left(frames: Sequence[FrameRecord]) -> Decimal | None:
    """Find the credit after the last frame that the API took."""
    told = [
        (frame.started_at, frame.finished_at, frame.residual_credit)
        for frame in frames
        if frame.started_at and frame.finished_at and frame.residual_credit is not None
    ]
    if not told:
        return None
    last_start = max(told, key=lambda known: known[1])[0]
    # Answers to frames in flight together come back in any order; the API's last says the least.
    return min(credit for _, finished, credit in told if finished >= last_start)


def _classes(record: CampaignRecord, frames: Sequence[FrameRecord]) -> dict[str, int]:
    classes = dict.fromkeys(("sent", "failed", "in_doubt"), 0)
    classes["rejected"] = record.counts["rejected"]
    classes["suppressed"] = record.counts["duplicates"] + record.counts["opted_out"]
    classes["not_attempted"] = 0
    for frame in frames:
        classes[class_of(frame)] += frame.contacts
    return classes


def class_of(frame: FrameRecord) -> str:
    """Say which class (cli.md) the contacts of a frame are in.

    Whoever was in a frame in doubt may have the text, and is told as in doubt until the frame
    is accepted: also when it was given up, waits to be sent again, or was then refused.
    """
    return "in_doubt" if frame.doubted else _CLASS_OF_STATE[frame.state]


def quoted(campaign: str) -> str:
    """Write a campaign's name as it is typed into a command line."""
    return f'"{campaign}"' if " " in campaign else campaign
