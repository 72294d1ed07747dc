"""What the page shows of a draft: its columns, who gets the text and who not, the text itself.

Everything here is a plain value, since it is made in a process of its own.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bulksms.campaign_file import read_campaign_file
from bulksms.errors import BulkSmsError, LoadError, MappingError, TemplateError, UsageError
from bulksms.finding import Finding
from bulksms.message import Locality, localities_of
from bulksms.plan.make_plan import Plan, make_plan
from bulksms.plan.options import MessageOptions
from bulksms.plan.view import PlanView, view_plan
from bulksms.settings import Settings
from bulksms.use_cases.prepare.history_options import history_rules
from bulksms.use_cases.prepare.request_plan import request_plan
from bulksms.use_cases.prepare.screen_campaign import preview_campaign
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.web.draft_columns import DraftColumn, columns_of, unmapped_columns
from bulksms.web.left_out_groups import LeftOutGroup, groups_of, name_columns

# The rows whose texts can be looked at.
PREVIEWS = ("first", "longest", "costliest", "random")

__all__ = [
    "PREVIEWS",
    "DraftPlan",
    "Problem",
    "Step",
    "make_draft_plan",
    "plan_of_draft",
]


class Step(StrEnum):
    """The steps of the page, in their order."""

    LIST = "list"
    COLUMNS = "columns"
    PEOPLE = "people"
    TEXT = "text"
    DELIVERY = "delivery"
    CHECK = "check"
    PROGRESS = "progress"
    RESULTS = "results"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What stops a draft, of what kind it is, and the step at which it is corrected."""

    step: Step
    kind: type[BulkSmsError]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPlan:
    """A draft as it would be sent.

    Attributes:
        view: None when a problem stops the list from being read.
        columns: of the first sheet that is used.
        placeholders: the columns that a text can name.
        localities: where the people are, for their own time.
        nothing_new: everybody in the list had this text before.
    """

    problem: Problem | None = None
    view: PlanView | None = None
    columns: tuple[DraftColumn, ...] = ()
    groups: tuple[LeftOutGroup, ...] = ()
    list_findings: tuple[Finding, ...] = ()
    text_findings: tuple[Finding, ...] = ()
    placeholders: tuple[str, ...] = ()
    localities: tuple[Locality, ...] = ()
    nothing_new: bool = False
    name_headers: tuple[str, ...] = field(default=())


def make_draft_plan(path: Path, settings: Settings, now: datetime) -> DraftPlan:
    """Read the lists of a draft and plan its campaign; problems are values."""
    try:
        saved = read_campaign_file(path)
        plan = plan_of_draft(saved, settings, now)
    except LoadError as error:
        return DraftPlan(problem=Problem(step=Step.LIST, kind=type(error), message=str(error)))
    except MappingError as error:
        columns = unmapped_columns(read_campaign_file(path))
        return DraftPlan(
            problem=Problem(step=Step.COLUMNS, kind=type(error), message=str(error)),
            columns=tuple(columns),
        )
    except TemplateError as error:
        return _without_text(
            path, settings, now, Problem(step=Step.TEXT, kind=type(error), message=str(error))
        )
    except UsageError as error:
        return _without_text(
            path, settings, now, Problem(step=Step.DELIVERY, kind=type(error), message=str(error))
        )
    except BulkSmsError as error:
        return DraftPlan(problem=Problem(step=Step.LIST, kind=type(error), message=str(error)))
    return _describe(plan, saved, settings, now)


def plan_of_draft(saved: SavedCampaign, settings: Settings, now: datetime) -> Plan:
    """Make the plan of a draft's campaign file, as `send` would.

    Raises:
        UsageError: a setting is not valid.
        InputError: the lists, their columns or the text cannot be used.
    """
    message = replace(saved.plan.message, preview=PREVIEWS)
    options = replace(saved.plan, message=message)
    request = request_plan(saved.files, options, settings, now)
    return make_plan(request)


def _without_text(path: Path, settings: Settings, now: datetime, problem: Problem) -> DraftPlan:
    """Plan a draft without its text and delivery, which have a problem."""
    saved = read_campaign_file(path)
    bare = replace(saved.plan, message=MessageOptions())
    try:
        plan = plan_of_draft(replace(saved, plan=bare), settings, now)
    except BulkSmsError as error:
        return DraftPlan(problem=Problem(step=Step.LIST, kind=type(error), message=str(error)))
    return replace(_describe(plan, saved, settings, now), problem=problem)


def _describe(plan: Plan, saved: SavedCampaign, settings: Settings, now: datetime) -> DraftPlan:
    nothing_new = False
    try:
        rules = history_rules(saved.history)
        screened = preview_campaign(plan, None, rules, settings, now)
    except BulkSmsError as error:
        return DraftPlan(problem=Problem(step=Step.CHECK, kind=type(error), message=str(error)))
    if screened is not None:
        plan, nothing_new = screened.plan, screened.nothing_new
    sheet, mapping = plan.sheets[0]
    names = tuple(sheet.header[at] for at in name_columns(mapping))
    view = view_plan(plan)
    text_findings = frozenset(finding.code for finding in plan.text_findings)
    return DraftPlan(
        view=view,
        columns=tuple(columns_of(sheet, mapping, view)),
        groups=tuple(groups_of(plan)),
        list_findings=tuple(each for each in view.findings if each.code not in text_findings),
        text_findings=tuple(each for each in view.findings if each.code in text_findings),
        placeholders=tuple(dict.fromkeys(header for header in sheet.header if header.strip())),
        localities=localities_of(plan.contacts["phone_number"].to_numpy()),
        nothing_new=nothing_new,
        name_headers=names,
    )
