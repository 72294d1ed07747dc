"""The page's view of a draft: its columns, who gets the text and who does not, the text.

Everything here is a plain value, since it is made in a process of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bulksms.campaign_file import read_campaign_file
from bulksms.contacts import OptOutList
from bulksms.errors import (
    BulkSmsError,
    LedgerError,
    LoadError,
    MappingError,
    TemplateError,
    UsageError,
)
from bulksms.finding import Finding
from bulksms.message import Locality, localities_of
from bulksms.plan.make_plan import Plan, make_plan
from bulksms.plan.make_request import make_request
from bulksms.plan.options import MessageOptions, PlanOptions
from bulksms.plan.view import PlanView, view_plan
from bulksms.settings import Settings
from bulksms.use_cases.prepare.history_rules import history_rules
from bulksms.use_cases.prepare.request_plan import request_plan
from bulksms.use_cases.prepare.screen_campaign import preview_campaign
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.web.drafts.draft_columns import (
    DraftColumn,
    columns_of,
    number_example,
    unmapped_columns,
)
from bulksms.web.drafts.left_out_groups import LeftOutGroup, groups_of, name_columns, names_of

Planner = Callable[[SavedCampaign, Settings, datetime], Plan]
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
    """A problem that stops a draft, and the step at which it is corrected."""

    step: Step
    error: BulkSmsError


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPlan:
    """A draft as it would be sent.

    Attributes:
        view: None when a problem stops the list from being read.
        columns: of the first sheet that is used.
        placeholders: the columns that a text can name.
        localities: where the people are, for their own time.
        nothing_new: everyone in the list had this text before.
        preview_names: the names in the rows whose texts are shown, by the number of the row.
        number_example: a cell without a country code, and the number that it is read as.
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
    preview_names: Mapping[int, str] = field(default_factory=dict)
    number_example: tuple[str, str] | None = None


def make_draft_plan(
    path: Path, settings: Settings, now: datetime, preview: str | None = None
) -> DraftPlan:
    """Read the lists of a draft and plan its campaign; problems are values.

    `preview` is a row whose text is asked for besides `PREVIEWS`, as `row:17`. A ledger that
    cannot be read stops the sending alone: the draft can be written meanwhile.
    """
    try:
        return _plan_with(plan_of_draft, path, settings, now, preview)
    except LedgerError as error:
        plan = _plan_with(_plan_without_ledger, path, settings, now, preview)
        return replace(plan, problem=plan.problem or _problem(Step.CHECK, error))


def _plan_with(
    planner: Planner, path: Path, settings: Settings, now: datetime, preview: str | None
) -> DraftPlan:
    """Plan a draft in one of the ways.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    try:
        saved = _with_preview(read_campaign_file(path), preview)
        plan = planner(saved, settings, now)
    except LedgerError:
        raise
    except LoadError as error:
        return DraftPlan(problem=_problem(Step.LIST, error))
    except MappingError as error:
        columns = tuple(unmapped_columns(read_campaign_file(path)))
        return DraftPlan(problem=_problem(Step.COLUMNS, error), columns=columns)
    except TemplateError as error:
        return _without_text(planner, path, settings, now, _problem(Step.TEXT, error))
    except UsageError as error:
        return _without_text(planner, path, settings, now, _problem(Step.DELIVERY, error))
    except BulkSmsError as error:
        return DraftPlan(problem=_problem(Step.LIST, error))
    return _describe(plan, saved, settings, now)


def plan_of_draft(saved: SavedCampaign, settings: Settings, now: datetime) -> Plan:
    """Make the plan of a draft's campaign file, as `send` would.

    Raises:
        UsageError: a setting is not valid.
        InputError: the lists, their columns or the text cannot be used.
    """
    return make_plan(request_plan(saved.files, _options(saved, settings), settings, now))


def _plan_without_ledger(saved: SavedCampaign, settings: Settings, now: datetime) -> Plan:
    """Make the plan of a draft without stored opt-outs and prices, which cannot be read now."""
    options, rehearsal = _options(saved, settings), settings.rehearsal
    return make_plan(
        make_request(
            saved.files, options, rehearsal=rehearsal, stored_optouts=OptOutList(), now=now
        )
    )


def _with_preview(saved: SavedCampaign, preview: str | None) -> SavedCampaign:
    previews = (preview,) if preview is not None else ()
    message = replace(saved.plan.message, preview=previews)
    return replace(saved, plan=replace(saved.plan, message=message))


def _options(saved: SavedCampaign, settings: Settings) -> PlanOptions:
    message, screening = saved.plan.message, saved.plan.screening
    optouts = tuple(dict.fromkeys((*screening.optouts, *settings.optouts)))
    return replace(
        saved.plan,
        message=replace(message, preview=(*PREVIEWS, *message.preview)),
        screening=replace(screening, optouts=optouts),
    )


def _problem(step: Step, error: BulkSmsError) -> Problem:
    return Problem(step=step, error=error)


def _without_text(
    planner: Planner, path: Path, settings: Settings, now: datetime, problem: Problem
) -> DraftPlan:
    """Plan a draft without its text and delivery, which have a problem."""
    saved = read_campaign_file(path)
    bare = replace(saved.plan, message=MessageOptions())
    try:
        plan = planner(replace(saved, plan=bare), settings, now)
    except LedgerError:
        raise
    except BulkSmsError as error:
        return DraftPlan(problem=_problem(Step.LIST, error))
    return replace(_describe(plan, saved, settings, now), problem=problem)


def _describe(plan: Plan, saved: SavedCampaign, settings: Settings, now: datetime) -> DraftPlan:
    nothing_new, problem, screened = False, None, None
    try:
        rules = history_rules(saved.history)
        screened = preview_campaign(plan, None, rules, settings, now)
    except BulkSmsError as error:
        problem = _problem(Step.CHECK, error)
    if screened is not None:
        plan, nothing_new = screened.plan, screened.nothing_new
    sheet, mapping = plan.sheets[0]
    names = tuple(sheet.header[at] for at in name_columns(mapping))
    view = view_plan(plan)
    text_findings = frozenset(finding.code for finding in plan.text_findings)
    return DraftPlan(
        problem=problem,
        view=view,
        columns=tuple(columns_of(sheet, mapping, view)),
        groups=tuple(groups_of(plan)),
        list_findings=tuple(each for each in view.findings if each.code not in text_findings),
        text_findings=tuple(each for each in view.findings if each.code in text_findings),
        placeholders=tuple(dict.fromkeys(header for header in sheet.header if header.strip())),
        localities=localities_of(plan.phone_numbers),
        nothing_new=nothing_new,
        name_headers=names,
        preview_names=names_of(plan, [each.row for each in view.previews if each.row]),
        number_example=number_example(sheet, mapping, saved.plan.reading.region),
    )
