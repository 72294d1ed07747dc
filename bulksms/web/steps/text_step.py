"""Step 4: the text, as its readers see it, and what it costs."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.finding import Level
from bulksms.output.workbook_rows import write_workbook
from bulksms.plan.previews import ROW, Preview
from bulksms.plan.view import PlanView
from bulksms.web.download import Download
from bulksms.web.drafts.draft_plan import PREVIEWS, Step
from bulksms.web.page import Problems, language_of_request, page_of, see

__all__ = ["download_example", "save_text", "show_text"]

# Findings that the next step asks about.
OF_THE_DELIVERY = frozenset({"quiet_hours", "sender_not_allowed", "sender_replaced"})


async def show_text(request: Request, problems: Problems | None = None) -> Response:
    """Show the text with a preview on a real row, its segments and its price."""
    page = page_of(request)
    draft = page.draft(request)
    wanted = request.query_params.get("preview", PREVIEWS[0])
    row = ROW.fullmatch(wanted)
    preview = wanted if row else None
    plan, view = await page.viewed_plan(request, draft, Step.TEXT, preview)
    message = draft.read().plan.message
    if problems is None and plan.problem is not None and plan.problem.step is Step.TEXT:
        problems = {"text": plan.problem.error}
    return await page.show(
        request,
        "text.html",
        Step.TEXT,
        draft=draft,
        plan=plan,
        problems=problems,
        text=message.text or "",
        plain=message.plain,
        preview=_preview(view, wanted),
        wanted=wanted,
        row=row and row[1],
        findings=[
            finding
            for finding in plan.text_findings
            if finding.level is not Level.NOTE and finding.code not in OF_THE_DELIVERY
        ],
    )


async def save_text(request: Request) -> Response:
    """Keep the text, and continue or show what it looks like."""
    page, _ = page_of(request), language_of_request(request).catalogue.gettext
    draft, form = page.draft(request), await request.form()
    text = str(form.get("text") or "").replace("\r\n", "\n").strip()
    plain = "plain" in form or "plainly" in form
    draft.save({"text": text, "plain": True if plain else None})
    if not text:
        return await show_text(request, {"text": _("Write the text.")})
    plan = await page.finished_plan(draft)
    if {"look", "plainly"} & set(form) or (plan.problem and plan.problem.step is Step.TEXT):
        return see(f"/drafts/{draft.id}/text?preview={_wanted(form)}")
    return see(f"/drafts/{draft.id}/delivery")


async def download_example(request: Request) -> Response:
    """Return an example workbook with the columns that the text names, and the number."""
    page = page_of(request)
    draft = page.draft(request)
    plan = await page.finished_plan(draft)
    if plan.view is None:
        return see(f"/drafts/{draft.id}/columns")
    text = draft.read().plan.message.text or ""
    used = [column for column in plan.columns if f"{{{column.header}" in text]
    phone = [column for column in plan.columns if column.phone_rank == 0]
    columns = list(dict.fromkeys(phone + used))
    download = Download()
    target = download.folder / "example.xlsx"
    row = [column.samples[0] if column.samples else "" for column in columns]
    write_workbook(target, [column.header for column in columns], [row])
    return download.send(target.name, target.name)


def _wanted(form: FormData) -> str:
    """Return which row is to be shown: one of `PREVIEWS`, or `row:17`."""
    row = f"row:{str(form.get('row') or '').strip()}"
    chosen = str(form.get("preview") or "")
    return row if ROW.fullmatch(row) else chosen if chosen in PREVIEWS else PREVIEWS[0]


def _preview(view: PlanView, wanted: str) -> Preview | None:
    """Find the preview that was asked for, else the first one with a text."""
    shown = [preview for preview in view.previews if preview.text is not None]
    asked = [preview for preview in view.previews if wanted in preview.requests]
    return next(iter(asked or shown), None)
