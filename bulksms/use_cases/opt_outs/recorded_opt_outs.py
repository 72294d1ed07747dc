"""The opt-out files that a campaign was given, read again whenever it continues."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from bulksms.contacts import OptOutList
from bulksms.errors import RuleError
from bulksms.finding import Level
from bulksms.ledger import CampaignRecord, Ledger
from bulksms.plan.accepted_findings import apply_acceptance
from bulksms.plan.opt_out_files import opt_out_findings
from bulksms.use_cases.opt_outs.apply_opt_outs import (
    read_opt_out_lists,
    remember_opt_outs,
    remove_from_campaign,
)

__all__ = ["apply_lists", "read_lists_of"]


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
    ledger: Ledger, record: CampaignRecord, lists: Mapping[str, OptOutList], now: datetime
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
