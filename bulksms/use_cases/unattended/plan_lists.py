"""Plans the lists of an unattended run, and checks them against the rules of its campaign."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from bulksms.contacts.findings.sheet_titles import is_named_like_stop_list
from bulksms.errors import EmptySheet, RuleError
from bulksms.plan.accepted_findings import COLUMNS_CHANGED
from bulksms.plan.make_plan import Plan, make_plan
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.prepare.output_paths import check_outputs
from bulksms.use_cases.prepare.request_plan import request_plan
from bulksms.use_cases.unattended.list_shape import ListShape, is_of_rejects, shape_of
from bulksms.use_cases.unattended.open_lists import Lists
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended.unattended_rules import (
    UnattendedRules,
    refuse_changed,
    refuse_miscounted,
    refuse_stale,
)

__all__ = ["PlannedLists", "plan_lists"]

STOP_SHEET = "stop_sheet"  # the code that accepts such a name, of a sheet or of a file
_REJECTS = re.compile("rejects?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLists:
    """The lists of a run, and what would be sent to them before the ledger is asked.

    Attributes:
        files: the lists that were read; empty when there was none.
        plan: `None` without a list, or with one that is empty as it may be.
        announced_rows: how many rows the lists must have; `None` when no one announced it.
    """

    files: tuple[Path, ...]
    plan: Plan | None = None
    announced_rows: int | None = None

    def check(self, rules: UnattendedRules, last: ListShape | None) -> None:
        """Compare rows and columns with the rules and with the lists of the last run.

        Rejects that were corrected may be as few as they are.

        Raises:
            RuleError: a rule does not hold.
        """
        if self.plan is None:
            return
        shape = shape_of(self.plan)
        if is_of_rejects(self.plan):
            rules = replace(rules, min_rows=None, max_change=None)
        refuse_miscounted(self.announced_rows, shape.rows)
        refuse_changed(
            rules,
            shape,
            last,
            self.plan.request.chosen,
            accept_columns=COLUMNS_CHANGED in self.plan.request.accepted,
        )


def plan_lists(
    campaign: SavedCampaign,
    context: RunContext,
    lists: Lists,
    sources: Sequence[Path | str],
) -> PlannedLists:
    """Read the lists and plan what would be sent to them.

    Raises:
        UsageError: an address cannot be used, or an output would overwrite a list.
        InputError: a list or the text cannot be used, a list is not complete or named like one of
            opt-outs, or the newest is too old.
        LedgerError: the ledger cannot be read.
    """
    files = lists.open(sources)
    planned = PlannedLists(files=files, announced_rows=lists.rows)
    if not planned.files:
        return planned
    _refuse_stop_lists(campaign, [lists.names.get(str(path), str(path)) for path in files])
    now = context.clock.now()
    refuse_stale(campaign.rules, planned.files, now)
    names = tuple(map(str, planned.files))
    check_outputs(campaign.options(), context.settings, [*names, campaign.path])
    request = request_plan(names, campaign.plan, context.settings, now, names=lists.names)
    reading = replace(request.reading, max_rows=campaign.rules.max_rows)
    request = replace(request, reading=reading, progress=context.progress)
    try:
        return replace(planned, plan=make_plan(request))
    except EmptySheet:
        is_in_order = campaign.rules.min_rows == 0 and not lists.rows
        if is_in_order and len(names) == 1:
            return planned
        raise


def _refuse_stop_lists(campaign: SavedCampaign, names: Sequence[str]) -> None:
    """Stop if a list that the campaign file does not name is called like one of opt-outs.

    Raises:
        RuleError: one is.
    """
    is_accepted = STOP_SHEET in campaign.plan.screening.accept
    if is_accepted or any(map(_is_called_stop_list, campaign.files)):
        return
    for name in filter(_is_called_stop_list, names):
        raise RuleError(
            f"{name} is named like a list of people who must not be texted: name it with `optouts` "
            "in the campaign file. If these are the people to text, give it another name, or run "
            f"with --accept {STOP_SHEET}. Nothing was sent."
        )


def _is_called_stop_list(name: str) -> bool:
    """Whether the name of a file says so; rejects may be corrected and loaded again."""
    return is_named_like_stop_list(_REJECTS.sub("", PurePath(name).stem))
