"""Finds the unfinished campaign whose text a plan corrects: its people do not get both."""

from dataclasses import replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import numpy as np

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.contacts import Reason
from bulksms.errors import RuleError
from bulksms.finding import Finding, Level
from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.plan.make_plan import Plan
from bulksms.use_cases.orders.campaign_orders import find_stop
from bulksms.use_cases.prepare.identity import recorded_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = [
    "drop_replaced_frames",
    "find_corrected",
    "leave_out_corrected",
    "refuse_reached_since",
]

RECENT = timedelta(days=7)
SIMILAR = 0.6  # ratio of the texts; a word or a price differs, not the whole message
SHARED = 0.5  # of the smaller list
NEVER_POSTED = (FrameState.PLANNED, FrameState.REFUSED, FrameState.DROPPED, FrameState.SIMULATED)


def find_corrected(ledger: Ledger, plan: Plan, now: datetime) -> CampaignRecord | None:
    """Return the newest unfinished or stopped campaign with a similar text to the same people.

    It may have reached no one yet; then it is replaced whole.
    """
    contacts = plan.phone_numbers
    parameters = recorded_parameters(plan)
    for record in reversed(ledger.campaigns.all()):
        is_alike = record.rehearsal == plan.request.rules.rehearsal and not record.is_test
        if not is_alike or now - record.created_at > RECENT:
            continue
        if not _is_correction(record.parameters, parameters):
            continue
        # A run that crashed with its last frame in flight has nothing planned.
        if not ledger.frames.any_unfinished(record.id) and find_stop(ledger, record) is None:
            continue
        members = ledger.frames.frame_by_phone_number(record.id)[0]
        shared = np.count_nonzero(is_in_sorted(contacts, members))
        if shared and shared >= SHARED * min(len(contacts), len(members)):
            return record
    return None


def leave_out_corrected(ledger: Ledger, plan: Plan, corrected: CampaignRecord) -> Plan:
    """Leave out the people who got the earlier text or may have it, and report it."""
    posted = _reached(ledger, corrected)
    sentence = (
        f"This number got the text of the campaign {corrected.name}, which this one corrects."
    )
    left = plan.without(posted, Reason.SENT_BEFORE, sentence)
    count = plan.sendable - left.sendable
    if len(posted):
        message = (
            f"The campaign {corrected.name} was interrupted with a similar text. The {count:,} "
            "people who got it or may have got it are left out, and those who wait for it get this "
            "text instead. To text everyone once more, add --again."
        )
    else:
        message = (
            f"The campaign {corrected.name} has a similar text and has not reached anyone yet. "
            "The people who wait for it get this text instead. To send both texts, add --again."
        )
    finding = Finding(code="corrected_text", level=Level.WARNING, message=message, count=count)
    return replace(left, file_findings=(*left.file_findings, finding))


def refuse_reached_since(ledger: Ledger, plan: Plan, corrected: CampaignRecord) -> None:
    """Stop when the campaign that a plan corrects reached some of its people since.

    Raises:
        RuleError: it did.
    """
    if is_in_sorted(plan.phone_numbers, sorted_unique(_reached(ledger, corrected))).any():
        raise RuleError(
            f"The campaign {corrected.name} has just reached some of these people with its own "
            "text. Nothing was sent: send again, and they are left out.",
            code="same_text_just_sent",
        )


def drop_replaced_frames(ledger: Ledger, record: CampaignRecord, now: datetime) -> None:
    """Remove people from waiting frames if a corrected text reaches them instead.

    The caller holds the lock of the campaign. People who are not on the later list keep waiting.
    """
    for correction in ledger.campaigns.all():
        if correction.parameters.get("corrects") != record.name:
            continue
        replaced = ledger.frames.frame_by_phone_number(correction.id)[0]
        for number in ledger.frame_queries.numbers(record.id, [FrameState.PLANNED]):
            _replace(ledger, record, number, replaced, correction.name, now)


def _replace(
    ledger: Ledger,
    record: CampaignRecord,
    number: int,
    replaced: "PhoneNumbers",
    correction: str,
    now: datetime,
) -> None:
    """Drop a planned frame, or remove those of its people who get the corrected text."""
    members = ledger.frames.phone_numbers(record.id, number)
    gone = members[np.isin(members, replaced)]
    if len(gone) < len(members):
        from bulksms.sender.reframe import remove_contacts  # loads the libraries of tables

        remove_contacts(ledger, record, number, gone, now)
        return
    message = f"Replaced by the campaign {correction} with a corrected text."
    ledger.settlements.settle(record.id, number, FrameState.DROPPED, now, message=message)


def _is_correction(earlier: dict[str, Any], later: dict[str, object]) -> bool:
    """Whether a text is another one with small changes, for the same purpose."""
    if earlier.get("simulation_mode") or later.get("simulation_mode"):
        return False
    if earlier.get("purpose") != later.get("purpose"):
        return False
    before, after = (str(each.get("texts") or each.get("text")) for each in (earlier, later))
    if before == after:
        return False
    return SequenceMatcher(None, before, after, autojunk=False).ratio() >= SIMILAR


def _reached(ledger: Ledger, record: CampaignRecord) -> "PhoneNumbers":
    """Collect the numbers that may have the text of this campaign or of those it corrects."""
    return np.concatenate(list(_posted_numbers(ledger, record)))


def _posted_numbers(ledger: Ledger, record: CampaignRecord) -> "Iterator[PhoneNumbers]":
    """Yield the numbers that may have the text of this campaign or of those it corrects."""
    yield np.empty(0, dtype=np.int64)
    for frame in ledger.frame_queries.each(record.id):
        if frame.state not in NEVER_POSTED or frame.doubted:
            yield ledger.pseudonyms.resolve(ledger.frames.phone_numbers(record.id, frame.number))
    earlier = record.parameters.get("corrects")
    if earlier:
        yield from _posted_numbers(ledger, ledger.campaigns.get(earlier))
