"""Step 1: the list comes in, as a file, as pasted cells, or as the sample; drafts and campaigns."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from importlib import resources

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bulksms.errors import BulkSmsError, InputError, LedgerError
from bulksms.use_cases.receipts.reported_stops import held_stops
from bulksms.use_cases.reporting.reports import newest_reports
from bulksms.web.drafts.draft_plan import Step
from bulksms.web.drafts.drafts import Draft, DraftStore
from bulksms.web.page import Problems, language_of_request, page_of, see
from bulksms.web.request_guard import is_too_large

__all__ = [
    "UPLOAD_LIMIT",
    "chunks_of",
    "delete_draft",
    "receive_list",
    "show_start",
    "too_large",
]

UPLOAD_LIMIT = 100 * 1024 * 1024
CHUNK = 1 << 20
SHOWN = 10  # campaigns


@dataclass(frozen=True, slots=True, kw_only=True)
class _UnsentDraft:
    """A draft as the first page lists it, read from its files beforehand."""

    id: str
    list_name: str
    step: Step
    rehearsal: bool
    changed: datetime


async def show_start(
    request: Request, problems: Problems | None = None, status: int = 200
) -> Response:
    """Show the form for a list, and what was begun before."""
    page, ledger_problem = page_of(request), None
    drafts = await asyncio.to_thread(_unsent_drafts, page.drafts, page.clock.now())
    limit = None if "all" in request.query_params else SHOWN
    try:
        reports, count = await asyncio.to_thread(newest_reports, page.settings, limit)
        stops = len(await asyncio.to_thread(held_stops, page.settings))
    except LedgerError as error:  # the drafts are still there
        reports, count, stops = [], 0, 0
        ledger_problem = error
    return await page.show(
        request,
        "start.html",
        Step.LIST,
        problems=problems,
        status=status,
        drafts=drafts,
        campaigns=reports,
        ledger_problem=ledger_problem,
        campaign_count=count,
        held_stops=stops,
        is_posting=page.is_posting,
        has_account=page.has_account,
        step_number=lambda step: [*Step].index(step) + 1,
        limit_mb=UPLOAD_LIMIT >> 20,
        too_large=too_large(request),
    )


async def receive_list(request: Request) -> Response:
    """Keep the list and continue to its columns."""
    page, _ = page_of(request), language_of_request(request).catalogue.gettext
    if is_too_large(request):
        return await show_start(request, {"list": too_large(request)}, 413)
    async with request.form(max_files=1, max_part_size=UPLOAD_LIMIT) as form:
        upload, cells = form.get("list"), str(form.get("cells") or "")
        rehearsal = "sample" in form or "rehearsal" in form or not page.has_account
        if "sample" in form:
            name, content = "sample.csv", _sample()
        elif isinstance(upload, UploadFile) and upload.filename:
            name, content = upload.filename, chunks_of(upload)
        elif cells.strip():
            name, content = "pasted.tsv", _text(cells)
        else:
            return await show_start(request, {"list": _("Choose a file, or paste cells.")})
        try:
            draft = await page.drafts.create(name, content, page.clock.now(), rehearsal=rehearsal)
        except InputError as error:
            return await show_start(request, {"list": error})
    return see(f"/drafts/{draft.id}/columns")


def _unsent_drafts(store: DraftStore, now: datetime) -> list[_UnsentDraft]:
    """List the drafts that are no campaign yet, the newest first, and delete the old ones."""
    store.delete_old(now)  # a page may stay open for months
    return [
        _UnsentDraft(
            id=draft.id,
            list_name=draft.list_name,
            step=_step_of(draft),
            rehearsal=draft.rehearsal,
            changed=draft.changed,
        )
        for draft in store.all()
        if draft.campaign is None
    ]


def _step_of(draft: Draft) -> Step:
    """Return the step at which a draft is continued, by what its campaign file has."""
    try:
        message = draft.read().plan.message
    except BulkSmsError:  # that step says what is wrong with it
        return Step.COLUMNS
    if not message.has_text:
        return Step.COLUMNS
    return Step.CHECK if message.sender else Step.DELIVERY


def too_large(request: Request) -> str:
    """Report that a file is above the limit, and what to do."""
    sentence = language_of_request(request).catalogue.gettext(
        "This file is larger than %(limit)s MB: send the list in parts, or save it as CSV."
    )
    return sentence % {"limit": UPLOAD_LIMIT >> 20}


async def delete_draft(request: Request) -> Response:
    """Delete a draft and go back to the start."""
    page = page_of(request)
    page.drafts.delete(page.draft(request))
    return see("/")


async def chunks_of(upload: UploadFile) -> AsyncIterator[bytes]:
    """Yield an uploaded file piece by piece, so that memory never holds all of it."""
    while chunk := await upload.read(CHUNK):
        yield chunk


async def _text(cells: str) -> AsyncIterator[bytes]:
    """Yield pasted cells as a file: tabs and line ends as they were copied."""
    yield cells.replace("\r\n", "\n").encode("utf-8-sig")


async def _sample() -> AsyncIterator[bytes]:
    yield resources.files("bulksms.sandbox").joinpath("sample.csv").read_bytes()
