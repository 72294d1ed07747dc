"""A campaign that was interrupted and is sent again with a corrected text.

Whoever got the first text is left out of the second, and whoever waits for the first gets the
second instead.
"""

from dataclasses import replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

from bulksms.contacts import Reason
from bulksms.finding import Finding, Level
from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.plan.make_plan import Plan
from bulksms.sender import remove_contacts
from bulksms.use_cases.identity import variants_with_same_text

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["leave_out_reached", "replace_waiting"]

SIMILAR = 0.6  # of the characters; a corrected typo keeps far more, another offer keeps fewer
OVERLAP = 0.5  # of the smaller list
WAITING = frozenset({FrameState.PLANNED})
REACHED = frozenset(
    {FrameState.INTENT, FrameState.IN_DOUBT, FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT}
)


def leave_out_reached(
    ledger: Ledger, plan: Plan, *, rehearsal: bool, since: datetime | None
) -> Plan:
    """Leave out who got the first version of a text from an interrupted campaign, and say so."""
    for record in _interrupted(ledger, plan, rehearsal=rehearsal, since=since):
        reached = _members(ledger, record, REACHED)
        sentence = f"This number got a similar text from the interrupted campaign {record.name}."
        count = int(np.isin(plan.contacts["phone_number"].to_numpy(), reached).sum())
        plan = plan.without(reached, Reason.SENT_BEFORE, sentence)
        finding = Finding(
            code="corrected_text",
            level=Level.WARNING,
            message=f"The campaign {record.name} was interrupted with a similar text. The {count} "
            "people it reached are left out, and those who wait for it get this text instead. "
            "To text everyone once more, add --again.",
            count=count,
        )
        plan = replace(plan, file_findings=(*plan.file_findings, finding))
    return plan


def replace_waiting(
    ledger: Ledger, plan: Plan, name: str, *, rehearsal: bool, since: datetime | None, now: datetime
) -> None:
    """Take the people of a plan out of the frames that wait in interrupted campaigns.

    Raises:
        LedgerBusy: such a campaign is being sent by another process.
    """
    numbers = plan.contacts["phone_number"].to_numpy()
    for record in _interrupted(ledger, plan, rehearsal=rehearsal, since=since):
        with ledger.locks.campaign(record.name):
            for frame in ledger.frames.all(record.id):
                if frame.state is not FrameState.PLANNED:
                    continue
                members = ledger.frames.phone_numbers(record.id, frame.number)
                gone = members[np.isin(members, numbers)]
                if len(gone) == len(members):
                    message = f"Replaced by the campaign {name} with a corrected text."
                    ledger.settlements.settle(
                        record.id, frame.number, FrameState.DROPPED, now, message=message
                    )
                else:
                    remove_contacts(ledger, record, frame.number, gone, now)


def _interrupted(
    ledger: Ledger, plan: Plan, *, rehearsal: bool, since: datetime | None
) -> list[CampaignRecord]:
    """Give the unfinished campaigns with a similar text for much the same people."""
    return [
        record
        for record in ledger.campaigns.all()
        if record.rehearsal == rehearsal
        and not record.is_test
        and (since is None or record.created_at >= since)
        and _is_similar(record, plan)
        and _was_interrupted(ledger, record, plan.contacts["phone_number"].to_numpy())
    ]


def _is_similar(record: CampaignRecord, plan: Plan) -> bool:
    """Whether a text is a corrected version of one of the campaign's, and not the same."""
    recorded = record.parameters
    simulated = plan.shared_parameters.simulation_mode
    if recorded.get("simulation_mode", False) != simulated or variants_with_same_text(plan, record):
        return False
    old = [text for _, text in recorded.get("texts", [(None, recorded.get("text"))]) if text]
    return any(
        SequenceMatcher(None, text, variant.canonical_text, autojunk=False).ratio() >= SIMILAR
        for text in old
        for variant in plan.variants
    )


def _was_interrupted(ledger: Ledger, record: CampaignRecord, numbers: "PhoneNumbers") -> bool:
    """Whether some people were reached and others wait, and the lists are much the same."""
    reached, waiting = (_members(ledger, record, states) for states in (REACHED, WAITING))
    common = int(np.isin(numbers, np.concatenate([reached, waiting])).sum())
    fewest = min(len(reached) + len(waiting), len(numbers))
    return bool(len(reached) and len(waiting) and common >= OVERLAP * fewest)


def _members(
    ledger: Ledger, record: CampaignRecord, states: frozenset[FrameState]
) -> "PhoneNumbers":
    """Give the numbers of a campaign whose frames are in some states."""
    numbers, frames = ledger.frames.frame_by_phone_number(record.id)
    chosen = [frame.number for frame in ledger.frames.all(record.id) if frame.state in states]
    return numbers[np.isin(frames, chosen)]
