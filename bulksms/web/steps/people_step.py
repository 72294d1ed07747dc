"""Step 3: who gets the text, and who is left out and why."""

import asyncio
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bulksms.contacts import OptOutList
from bulksms.errors import BulkSmsError, LedgerError
from bulksms.finding import Level
from bulksms.pages.languages import Language
from bulksms.plan.opt_out_files import read_opt_out_files
from bulksms.results.left_out_reasons import left_out_reason
from bulksms.use_cases.opt_outs.manage_opt_outs import import_files
from bulksms.web.download import Download
from bulksms.web.drafts.draft_actions import write_left_out
from bulksms.web.drafts.draft_plan import DraftPlan, Step
from bulksms.web.drafts.drafts import write_private
from bulksms.web.drafts.left_out_groups import LeftOutGroup
from bulksms.web.page import Problems, campaign_address, language_of_request, page_of, see
from bulksms.web.pictures import flow_picture
from bulksms.web.request_guard import is_too_large
from bulksms.web.steps.corrections_step import corrections_of
from bulksms.web.steps.start_step import chunks_of, too_large

__all__ = ["add_opt_outs", "download_left_out", "remove_opt_outs", "show_group", "show_people"]

ROWS_SHOWN = 5  # of each reason beside the others
# How the reasons are grouped: by what would correct them.
CORRECTABLE = (
    *("too_short", "too_long", "not_a_number", "invalid_number", "several_numbers"),
    *("unknown_country", "value_too_long", "missing_value", "text_too_long", "text_empty"),
)
DAMAGED = ("digits_lost", "formula_or_error_cell", "broken_row", "ragged_row")
NO_MOBILE = (
    *("missing_number", "landline", "premium_rate", "special_number", "country_not_allowed"),
)
# Findings that say what a group of rows says already.
SHOWN_AS_GROUPS = frozenset({"digits_lost", "broken_rows", "ragged_rows"})
# Into these the rows of a list divide.
PARTS = ("sendable", "rejected", "duplicates", "opted_out")


async def show_people(request: Request, problems: Problems | None = None) -> Response:
    """Show the count first, then the rows left out, grouped by what would correct them."""
    page, language = page_of(request), language_of_request(request)
    draft = page.draft(request)
    plan, view = await page.viewed_plan(request, draft, Step.PEOPLE)
    by_reason = {group.reason: group for group in plan.groups}
    shown_apart = {*CORRECTABLE, *DAMAGED, *NO_MOBILE}
    return await page.show(
        request,
        "people.html",
        Step.PEOPLE,
        draft=draft,
        plan=plan,
        problems=problems,
        corrections=corrections_of(draft),
        ledger_problem=_ledger_problem(plan),
        **_group_words(language),
        findings=[
            finding
            for finding in plan.list_findings
            if finding.level is not Level.NOTE and finding.code not in SHOWN_AS_GROUPS
        ],
        picture=flow_picture(
            [view.counts[name] for name in PARTS],
            language.catalogue.gettext("Where the rows go; the figures are in the table."),
        ),
        shown_rows=ROWS_SHOWN,
        correctable=[by_reason[each] for each in CORRECTABLE if each in by_reason],
        damaged=[by_reason[each] for each in DAMAGED if each in by_reason],
        no_mobile=[by_reason[each] for each in NO_MOBILE if each in by_reason],
        on_purpose=[group for group in plan.groups if group.reason not in shown_apart],
    )


async def show_group(request: Request) -> Response:
    """Show more rows that are left out for one reason, so that many are corrected at once."""
    page, language = page_of(request), language_of_request(request)
    draft = page.draft(request)
    plan = await page.plan(request, draft, Step.PEOPLE)
    reason = request.path_params["reason"]
    group = next((each for each in plan.groups if each.reason == reason), None)
    if group is None:  # all of them were corrected
        return see(f"/drafts/{draft.id}/people#corrected")
    return await page.show(
        request,
        "people_group.html",
        Step.PEOPLE,
        draft=draft,
        plan=plan,
        group=group,
        editable=reason in CORRECTABLE,
        **_group_words(language),
    )


async def add_opt_outs(request: Request) -> Response:
    """Keep an opt-out list; its people get no text, from a campaign that was begun neither."""
    page, _ = page_of(request), language_of_request(request).catalogue.gettext
    draft = page.draft(request, sent_too=True)
    if is_too_large(request):
        return await show_people(request, {"optouts": too_large(request)})
    async with request.form(max_files=1) as form:
        upload = form.get("optouts")
        if not isinstance(upload, UploadFile) or not upload.filename:
            return await show_people(request, {"optouts": _("Choose a file.")})
        path = draft.new_opt_out_path(upload.filename)
        try:
            await write_private(path, chunks_of(upload))
        except OSError:
            path.unlink(missing_ok=True)
            raise
    region = draft.read().plan.reading.region
    try:
        opt_outs, _findings = await asyncio.to_thread(
            read_opt_out_files, [str(path)], region, OptOutList()
        )
        if len(opt_outs) and draft.campaign is not None:
            # A campaign that was begun does not read its draft again: the ledger keeps them out.
            now = page.clock.now()
            await asyncio.to_thread(import_files, [str(path)], region, page.settings, now)
    except BulkSmsError as error:
        path.unlink()
        return await show_people(request, {"optouts": error})
    if not len(opt_outs):
        path.unlink()
        return await show_people(request, {"optouts": _("This file has no phone number.")})
    if draft.campaign is not None:
        return see(campaign_address(draft.campaign))
    draft.save({"optouts": [f"{path.parent.name}/{each.name}" for each in draft.opt_outs]})
    return see(f"/drafts/{draft.id}/people#opted-out")


async def remove_opt_outs(request: Request) -> Response:
    """Take an opt-out list away from a draft, as after the wrong file was chosen."""
    draft, form = page_of(request).draft(request), await request.form()
    removed = [path for path in draft.opt_outs if path.name == form.get("name")]
    kept = [path for path in draft.opt_outs if path not in removed]
    draft.save({"optouts": [f"{path.parent.name}/{path.name}" for path in kept]})
    for path in removed:
        path.unlink()
    return see(f"/drafts/{draft.id}/people#opted-out")


async def download_left_out(request: Request) -> Response:
    """Return the rows left out as a workbook, ready to be corrected and loaded again."""
    page = page_of(request)
    draft = page.draft(request)
    download = Download()
    target = download.folder / "left-out.xlsx"
    settings = page.settings_of(rehearsal=draft.rehearsal)
    error = await page.plans.run(write_left_out, draft.path, settings, target, page.clock.now())
    if error is not None:
        download.discard()
        return await show_people(request, {"left-out": error})
    return download.send(target.name, f"left-out-{Path(draft.list_name).stem}.xlsx")


def _ledger_problem(plan: DraftPlan) -> LedgerError | None:
    """Return why stored opt-outs could not be read; None when they were."""
    error = plan.problem and plan.problem.error
    return error if isinstance(error, LedgerError) else None


def _group_words(language: Language) -> dict[str, Any]:
    """Return the words about a group of rows: its title with the count, its name, what to do."""
    return {
        "title": lambda group: _title(group, language),
        "heading": lambda group: left_out_reason(group.reason, language.code).heading,
        "advice": lambda group: left_out_reason(group.reason, language.code).advice,
    }


def _title(group: LeftOutGroup, language: Language) -> str:
    """Name a group of rows and count it: `Landline: 12`."""
    heading = left_out_reason(group.reason, language.code).heading
    sentence = language.catalogue.gettext("%(reason)s: %(count)s")
    return sentence % {"reason": heading, "count": language.number(group.count)}
