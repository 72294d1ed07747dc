"""The report of a campaign, from the ledger alone: the same figures for people and machines."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bulksms.ledger import CampaignRecord, FrameRecord, FrameState
from bulksms.money import format_money

__all__ = ["RUNNING", "Report", "class_of", "mode_of", "quoted", "summarise"]

_CLASS_OF_STATE: Mapping[FrameState, str] = {
    FrameState.PLANNED: "not_attempted",
    FrameState.INTENT: "in_doubt",
    FrameState.ACCEPTED: "sent",
    FrameState.ACCEPTED_SHORT: "sent",
    FrameState.REFUSED: "failed",
    FrameState.IN_DOUBT: "in_doubt",
    FrameState.DROPPED: "not_attempted",
    FrameState.SIMULATED: "simulated",
}

RUNNING = "running"  # a process holds the campaign's lock at this moment
_STATES = ("done", "paused", "stopped", "interrupted", RUNNING)
# A run that could not record its end was killed.
_KILLED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a campaign; the classes of contacts add up to the rows of the source.

    Attributes:
        short: people in accepted frames whom Octopush did not take.
        planned_cost: what the paid frames were expected to cost, none unless known of all.
        nothing_new: whether the run found nobody left to text.
        seeds: texts to seeds by what became of them; none without seeds.
        next_steps: sentences on what to do about doubt, refusals and missing people.
    """

    campaign: str
    state: str
    mode: str
    sender: str | None
    purpose: str | None
    type: str | None
    send_at: str | None
    started_at: datetime | None
    finished_at: datetime | None
    files: tuple[str, ...]
    frames: Mapping[str, int]
    contacts: Mapping[str, int]
    short: int
    total_cost: Decimal
    residual_credit: Decimal | None
    sms_needed: int
    reason: str | None
    rehearsal: bool
    planned_cost: Decimal | None = None
    nothing_new: bool = False
    seeds: Mapping[str, int] | None = None
    next_steps: tuple[str, ...] = ()
    resume_command: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object that `cli.md` promises; money as decimal strings."""
        return {
            "campaign": self.campaign,
            "state": self.state,
            "mode": self.mode,
            "rehearsal": self.rehearsal,
            "sender": self.sender,
            "purpose": self.purpose,
            "type": self.type,
            "send_at": self.send_at,
            "started_at": _iso(self.started_at),
            "finished_at": _iso(self.finished_at),
            "files": list(self.files),
            "frames": dict(self.frames),
            "contacts": dict(self.contacts),
            "short": self.short,
            "nothing_new": self.nothing_new,
            "seeds": None if self.seeds is None else dict(self.seeds),
            "total_cost": format_money(self.total_cost),
            "planned_cost": _money(self.planned_cost),
            "residual_credit": _money(self.residual_credit),
            "sms_needed": self.sms_needed,
            "reason": self.reason,
            "next_steps": list(self.next_steps),
            "resume_command": self.resume_command,
        }


def summarise(record: CampaignRecord, frames: Sequence[FrameRecord]) -> Report:
    """Count what the ledger holds of a campaign."""
    states = Counter(frame.state for frame in frames)
    parameters = record.parameters
    started = [frame.started_at for frame in frames if frame.started_at]
    finished = [frame.finished_at for frame in frames if frame.finished_at]
    next_steps = tuple(_next_steps(record, frames))
    unsettled = states[FrameState.IN_DOUBT] or states[FrameState.REFUSED]
    return Report(
        campaign=record.name,
        state=record.state if record.state in _STATES else _KILLED,
        mode=mode_of(record),
        sender=parameters.get("sender"),
        purpose=parameters.get("purpose"),
        type=parameters.get("type"),
        send_at=parameters.get("send_at"),
        started_at=min(started, default=None),
        finished_at=max(finished, default=None),
        files=tuple(parameters.get("files", ())),
        frames={state.value: states[state] for state in FrameState},
        contacts=_classes(record, frames),
        short=_short(frames),
        total_cost=sum((frame.total_cost or Decimal(0) for frame in frames), Decimal(0)),
        residual_credit=_credit_left(frames),
        sms_needed=sum(frame.number_of_sms_needed or 0 for frame in frames),
        reason=record.reason or (next_steps[0] if unsettled else None),
        rehearsal=record.rehearsal,
        planned_cost=_planned_cost(frames),
        next_steps=next_steps,
        resume_command=_resume_command(record, frames),
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else format_money(amount)


def mode_of(record: CampaignRecord) -> str:
    """Return `simulation`, `rehearsal` or `real`."""
    if record.parameters.get("simulation_mode"):
        return "simulation"
    return "rehearsal" if record.rehearsal else "real"


def _short(frames: Sequence[FrameRecord]) -> int:
    """Count the people of accepted frames whom Octopush did not take."""
    return sum(
        frame.contacts - frame.number_of_contacts
        for frame in frames
        if frame.state is FrameState.ACCEPTED_SHORT and frame.number_of_contacts is not None
    )


def _resume_command(record: CampaignRecord, frames: Sequence[FrameRecord]) -> str | None:
    """Return the command that sends what is left, unless it would only be refused again."""
    if not any(frame.state is FrameState.PLANNED for frame in frames):
        return None
    kinds = _refusal_kinds(record, frames)
    if "campaign" in kinds:
        return None
    # A contact made its frame fail, and so may another one do with the next frame.
    isolate = " --isolate-refused" if "frame" in kinds else ""
    return f"bulksms resume {quoted(record.name)}{isolate}"


def _refusal_kinds(record: CampaignRecord, frames: Sequence[FrameRecord]) -> set[str]:
    """Return the classes of the codes that stopped a campaign.

    `campaign` is what all frames have in common, such as the text, `frame` a single contact.
    """
    refused = [frame.code for frame in frames if frame.state is FrameState.REFUSED]
    if record.state != "stopped" or not refused:
        return set()
    from bulksms.octopush import look_up  # loads the HTTP library

    return {look_up(code).kind.value for code in refused if code is not None}


def _next_steps(record: CampaignRecord, frames: Sequence[FrameRecord]) -> list[str]:
    """Say what to do about doubt, refusals and missing people."""
    name, steps = quoted(record.name), []
    doubtful = [frame for frame in frames if frame.state is FrameState.IN_DOUBT]
    if doubtful:
        people = sum(frame.contacts for frame in doubtful)
        steps.append(
            f"{_count(doubtful)} with {people} people: no certain answer, so they may have the "
            f"text. Decide with `bulksms doubt show {name}`."
        )
    steps += _refusals([frame for frame in frames if frame.state is FrameState.REFUSED])
    if "campaign" in _refusal_kinds(record, frames):
        steps.append(
            "`bulksms resume` would be refused again: correct the cause and send the file again. "
            "People who got the text are left out."
        )
    if _may_be_retried(frames):
        steps.append(
            "Nobody got the text of a refused frame. If the cause was not in the text or the list, "
            f"correct it and run `bulksms resume {name} --retry-refused`."
        )
    if short := _short(frames):
        steps.append(
            f"Octopush did not take {short} people of accepted frames, without naming them."
        )
    return steps


def _may_be_retried(frames: Sequence[FrameRecord]) -> bool:
    return any(each.state is FrameState.REFUSED and not each.doubted for each in frames)


def _refusals(refused: Sequence[FrameRecord]) -> Iterator[str]:
    """Describe the refused frames, one sentence for each code and message."""
    groups: dict[tuple[int | None, str], list[FrameRecord]] = {}
    for frame in refused:
        groups.setdefault((frame.code, frame.message), []).append(frame)
    for (code, message), group in groups.items():
        people = sum(frame.contacts for frame in group)
        cause = message if code is None else f"code {code}. {_meaning(code)}"
        yield f"{_count(group)} with {people} people refused: {cause}"


def _meaning(code: int) -> str:
    from bulksms.octopush import look_up  # loads the HTTP library

    return look_up(code).meaning


def _count(frames: Sequence[FrameRecord]) -> str:
    numbers = ", ".join(str(frame.number) for frame in frames[:5])
    more = ", …" if len(frames) > len(frames[:5]) else ""
    return f"Frame{'s' if len(frames) > 1 else ''} {numbers}{more}"


def _planned_cost(frames: Sequence[FrameRecord]) -> Decimal | None:
    planned = [frame.cost_planned for frame in frames if frame.total_cost is not None]
    costs = [cost for cost in planned if cost is not None]
    return sum(costs, Decimal(0)) if costs and len(costs) == len(planned) else None


def _credit_left(frames: Sequence[FrameRecord]) -> Decimal | None:
    """Return the credit after the last frame that Octopush accepted."""
    answers = [
        (frame.started_at, frame.finished_at, frame.residual_credit)
        for frame in frames
        if frame.started_at and frame.finished_at and frame.residual_credit is not None
    ]
    if not answers:
        return None
    last_start = max(answers, key=lambda answer: answer[1])[0]
    # Frames in flight together are answered in any order; the lowest credit is the last one.
    return min(credit for _, finished, credit in answers if finished >= last_start)


def _classes(record: CampaignRecord, frames: Sequence[FrameRecord]) -> dict[str, int]:
    simulated = ("simulated",) if mode_of(record) == "simulation" else ()
    classes = dict.fromkeys(("sent", *simulated, "failed", "in_doubt"), 0)
    classes["rejected"] = record.counts["rejected"]
    classes["suppressed"] = record.counts["duplicates"] + record.counts["opted_out"]
    classes["not_attempted"] = 0
    for frame in frames:
        kind = class_of(frame)
        classes[kind] = classes.get(kind, 0) + frame.contacts
    return classes


def class_of(frame: FrameRecord) -> str:
    """Return the class (cli.md) of the contacts of a frame.

    A frame that was ever in doubt may have reached people, so it stays in doubt until it is
    accepted: also when it was dropped, waits to be sent again, or was refused later.
    """
    return "in_doubt" if frame.doubted else _CLASS_OF_STATE[frame.state]


def quoted(campaign: str) -> str:
    """Return a campaign's name as it is typed into a command line."""
    return campaign if re.fullmatch(r"[\w.-]+", campaign) else f'"{campaign}"'
