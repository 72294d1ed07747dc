"""The report of a campaign, from the ledger alone: the same figures for people and machines."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bulksms.count_words import count_of
from bulksms.ledger import CampaignRecord, CampaignTotals, FrameGroup, FrameRecord, FrameState
from bulksms.money import format_money
from bulksms.octopush import look_up

__all__ = [
    "RUNNING",
    "Report",
    "class_of",
    "is_many_failed",
    "mode_of",
    "quoted",
    "summarise",
]

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

MANY_FAILED = 0.3  # of the people whose frames were answered; above it the report warns
RUNNING = "running"  # a process holds the campaign's lock at this moment
_STATES = ("done", "paused", "stopped", "interrupted", RUNNING)
# A run that could not record its end was killed.
_KILLED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of a campaign; the classes of contacts add up to the rows of the source.

    Attributes:
        short: people in accepted frames whom Octopush did not take.
        planned_cost: what the paid frames were expected to cost, none unless known of all.
        nothing_new: whether the run found no one left to text.
        seeds: texts to seeds by what became of them; none without seeds.
        unpriced: accepted frames of which Octopush did not report a cost.
        deliveries: accepted texts by what became of them (`DeliveryGroup`); none where no
            receipt was asked for, or came.
        is_test: whether it went only to the operator's own number.
        cause: why it does not continue, by the cause of the run's end (`StopCause`).
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
    unpriced: int = 0
    nothing_new: bool = False
    is_test: bool = False
    seeds: Mapping[str, int] | None = None
    next_steps: tuple[str, ...] = ()
    deliveries: Mapping[str, int] | None = None
    resume_command: str | None = None
    cause: str | None = None

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
            "finished_at": None if self.state == RUNNING else _iso(self.finished_at),
            "files": list(self.files),
            "frames": dict(self.frames),
            "contacts": dict(self.contacts),
            "short": self.short,
            "nothing_new": self.nothing_new,
            "seeds": None if self.seeds is None else dict(self.seeds),
            "total_cost": format_money(self.total_cost),
            "frames_without_cost": self.unpriced,
            "planned_cost": _money(self.planned_cost),
            "residual_credit": _money(self.residual_credit),
            "sms_needed": self.sms_needed,
            "reason": self.reason,
            "deliveries": None if self.deliveries is None else dict(self.deliveries),
            "next_steps": list(self.next_steps),
            "resume_command": self.resume_command,
        }


def summarise(record: CampaignRecord, totals: CampaignTotals) -> Report:
    """Report what the ledger holds of a campaign."""
    parameters = record.parameters
    next_steps = tuple(_next_steps(record, totals))
    unsettled = totals.in_doubt is not None or totals.refused
    return Report(
        campaign=record.name,
        state=record.state if record.state in _STATES else _KILLED,
        mode=mode_of(record),
        sender=parameters.get("sender"),
        purpose=parameters.get("purpose"),
        type=parameters.get("type"),
        send_at=parameters.get("send_at"),
        started_at=totals.started_at,
        finished_at=totals.finished_at,
        files=tuple(parameters.get("files", ())),
        frames={state.value: totals.frames.get(state, 0) for state in FrameState},
        contacts=_classes(record, totals),
        short=totals.short,
        total_cost=totals.total_cost,
        unpriced=totals.unpriced,
        residual_credit=totals.residual_credit,
        sms_needed=totals.sms_needed,
        reason=record.reason or (next_steps[0] if unsettled else None),
        cause=record.cause,
        rehearsal=record.rehearsal,
        is_test=record.is_test,
        planned_cost=totals.planned_cost,
        next_steps=next_steps,
        resume_command=_resume_command(record, totals),
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


def _resume_command(record: CampaignRecord, totals: CampaignTotals) -> str | None:
    """Return the command that sends what is left, unless it would only be refused again."""
    if record.state == RUNNING or not totals.frames.get(FrameState.PLANNED):
        return None
    kinds = _refusal_kinds(record, totals)
    if "campaign" in kinds:
        return None
    # A contact made its frame fail, and so may another one do with the next frame.
    isolate = " --isolate-refused" if "frame" in kinds else ""
    return f"bulksms resume {quoted(record.name)}{isolate}"


def _refusal_kinds(record: CampaignRecord, totals: CampaignTotals) -> set[str]:
    """Return the classes of the codes that stopped a campaign.

    `campaign` is what all frames have in common, such as the text, `frame` a single contact.
    """
    if record.state != "stopped" or not totals.refused:
        return set()
    codes = [group.code for group in totals.refused]
    return {look_up(code).kind.value for code in codes if code is not None}


def _next_steps(record: CampaignRecord, totals: CampaignTotals) -> Iterator[str]:
    """Describe what to do about doubt, refusals and missing people."""
    if totals.in_doubt is not None:
        yield (
            f"{_listed(totals.in_doubt)}: no certain answer, so they may have the text. Decide "
            f"with `bulksms doubt show {quoted(record.name)}`."
        )
    for group in totals.refused:
        code = group.code
        cause = group.message if code is None else f"code {code}. {look_up(code).meaning}"
        yield f"{_listed(group)} refused: {cause}"
    repeated = "campaign" in _refusal_kinds(record, totals)
    if repeated:
        yield (
            "`bulksms resume` would be refused again: correct the cause and send the file again. "
            "People who got the text are left out."
        )
    if FrameState.REFUSED in totals.contacts and not repeated:  # and was never in doubt
        yield (
            "No one got the text of a refused frame. If the cause was not in the text or the list, "
            f"correct it and run `bulksms resume {quoted(record.name)} --retry-refused`."
        )
    if failed := _many_failed(totals):
        yield (
            f"{failed[0]} of {failed[1]} people whose frames were answered were refused: find the "
            "cause before you send more."
        )
    if totals.short:
        yield (
            f"Octopush did not take {count_of(totals.short, 'person', 'people')} of accepted "
            f"frames, without naming {'that one' if totals.short == 1 else 'them'}."
        )


def _many_failed(totals: CampaignTotals) -> tuple[int, int] | None:
    """Return how many people were refused, of how many answered for; `None` if they are few."""
    people = Counter[str]()
    for state, contacts in totals.contacts.items():
        people[_CLASS_OF_STATE[state]] += contacts
    failed, answered = people["failed"], people["failed"] + people["sent"]
    return (failed, answered) if is_many_failed(failed, answered) else None


def is_many_failed(failed: int, answered: int) -> bool:
    """Whether so many of the people whose frames were answered were refused that it is wrong."""
    return failed > MANY_FAILED * answered


def _listed(group: FrameGroup) -> str:
    numbers = ", ".join(map(str, group.first_numbers))
    more = ", …" if group.frames > len(group.first_numbers) else ""
    people = count_of(group.contacts, "person", "people")
    return f"Frame{'s' if group.frames > 1 else ''} {numbers}{more} with {people}"


def _classes(record: CampaignRecord, totals: CampaignTotals) -> dict[str, int]:
    simulated = ("simulated",) if mode_of(record) == "simulation" else ()
    classes = dict.fromkeys(("sent", *simulated, "failed", "in_doubt"), 0)
    classes["rejected"] = record.counts["rejected"]
    classes["suppressed"] = record.counts["duplicates"] + record.counts["opted_out"]
    classes["not_attempted"] = 0
    for state, contacts in totals.contacts.items():
        kind = _CLASS_OF_STATE[state]
        classes[kind] = classes.get(kind, 0) + contacts
    classes["in_doubt"] += totals.doubted_contacts
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
