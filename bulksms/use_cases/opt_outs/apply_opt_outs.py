"""Applies opt-outs: remembers those of files, and removes people from campaigns not yet posted.

The opt-out files that a campaign was given are read again whenever it continues.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bulksms.contacts import OptOutList
from bulksms.errors import LedgerBusy, RuleError
from bulksms.finding import Level
from bulksms.ledger import OPEN_STATES, CampaignRecord, FrameState, Ledger
from bulksms.loader import shown_file
from bulksms.plan.accepted_findings import apply_acceptance
from bulksms.plan.opt_out_files import opt_out_findings, read_opt_out_file
from bulksms.sender.reframe import remove_contacts

if TYPE_CHECKING:
    from datetime import datetime

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = [
    "absolute_paths",
    "apply_lists",
    "leave_out_refusals",
    "read_lists_of",
    "read_opt_out_lists",
    "remember_opt_outs",
    "remove_from_campaign",
    "remove_from_waiting",
]

# By the next run, or by an order to send them once more.
MAY_BE_POSTED = (*OPEN_STATES, FrameState.REFUSED)


def absolute_paths(files: Iterable[str]) -> list[str]:
    """Return the files that can be read again, by their absolute paths."""
    return [str(Path(path).absolute()) for path in files if path != "-"]


def read_opt_out_lists(files: Iterable[str], region: str) -> dict[str, OptOutList]:
    """Read opt-out files, under their paths.

    Raises:
        LoadError: a file cannot be read.
    """
    return {path: read_opt_out_file(path, region) for path in files}


def remember_opt_outs(ledger: Ledger, lists: Mapping[str, OptOutList], now: "datetime") -> None:
    """Store the numbers of opt-out files for every later campaign."""
    for path, opt_outs in lists.items():
        ledger.opt_outs.add(opt_outs.digits.tolist(), Path(shown_file(path)).name, now)


def remove_from_campaign(
    ledger: Ledger, record: CampaignRecord, numbers: "PhoneNumbers", now: "datetime"
) -> None:
    """Remove people from the frames of a campaign whose lock the caller holds.

    The bytes of a frame that was posted stay as they were, so it is never repeated; an order to
    send it once more leaves these people out, and so does a ledger that is restored.
    """
    leaving = []
    for frame in ledger.frame_queries.each(record.id, MAY_BE_POSTED):
        members = ledger.frames.phone_numbers(record.id, frame.number)
        gone = members[np.isin(members, numbers)]
        if len(gone):
            leaving.append((frame, gone))
    if not leaving:
        return
    # In one write, and before anyone is removed, as the witnesses get it too.
    ledger.refusals.add(record.id, np.concatenate([gone for _, gone in leaving]), now)
    for frame, gone in leaving:
        if frame.state is FrameState.PLANNED:
            remove_contacts(ledger, record, frame.number, gone, now)
        elif frame.state is not FrameState.REFUSED:
            ledger.claims.forbid_repeat(record.id, frame.number, now)


def leave_out_refusals(ledger: Ledger, record: CampaignRecord, now: "datetime") -> None:
    """Remove people who said no since from frames that were ordered once more, or restored.

    The caller holds the lock of the campaign.
    """
    planned = ledger.frame_queries.numbers(record.id, [FrameState.PLANNED])
    for number, gone in ledger.refusals.in_frames(record.id, planned):
        remove_contacts(ledger, record, number, gone, now)


def remove_from_waiting(
    ledger: Ledger,
    name: str,
    numbers: "PhoneNumbers",
    now: "datetime",
    note: Callable[[str], None],
) -> None:
    """Remove people from every other campaign that has frames left."""
    for record in ledger.campaigns.all():
        if record.name == name or not ledger.frames.any_in(record.id, MAY_BE_POSTED):
            continue
        try:
            with ledger.locks.campaign(record.name):
                remove_from_campaign(ledger, record, numbers, now)
        except LedgerBusy:
            note(
                f"The campaign {record.name} is being sent: people who opt out in today's file "
                "may still get it. `bulksms optout import` stops their texts at once."
            )


def read_lists_of(
    record: CampaignRecord,
    optouts: Sequence[str],
    accepted: frozenset[str],
    note: Callable[[str], None],
) -> dict[str, OptOutList]:
    """Read the opt-out files of a campaign and those of `optouts`, under their paths.

    `accepted` are codes of findings about them that stop nothing, besides those of the beginning.

    Raises:
        LoadError: a file cannot be read.
        RuleError: a file has no phone number, or too many cells that are none.
    """
    parameters = record.parameters
    recorded = [path for path in parameters.get("optouts", []) if _is_there(path, note)]
    lists = read_opt_out_lists([*recorded, *optouts], parameters.get("region", "FR"))
    for path, opt_outs in lists.items():
        for reported in opt_out_findings(path, opt_outs):
            finding = apply_acceptance(reported, accepted | set(parameters.get("accepted", ())))
            if finding.level is Level.ERROR:
                raise RuleError(f"{finding.message} Nothing was sent.", code="opt_outs_unreadable")
            note(finding.message)
    return lists


def apply_lists(
    ledger: Ledger, record: CampaignRecord, lists: Mapping[str, OptOutList], now: "datetime"
) -> None:
    """Remove the people of opt-out files from what a campaign has left, and remember them.

    The caller holds the lock of the campaign.
    """
    if not lists:
        return
    if not record.parameters.get("forget_optouts"):
        remember_opt_outs(ledger, lists, now)
    numbers = np.concatenate([opt_outs.digits for opt_outs in lists.values()])
    remove_from_campaign(ledger, record, numbers, now)


def _is_there(path: str, note: Callable[[str], None]) -> bool:
    if Path(path).exists():
        return True
    note(
        f"The opt-out file {path} is missing. The people it named when the campaign began stay "
        "left out; give a newer list with --optouts."
    )
    return False
