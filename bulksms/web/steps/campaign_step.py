"""Steps 7 and 8: the progress of a campaign, read from the ledger, and its results."""

import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bulksms.errors import BulkSmsError, CampaignNotFound
from bulksms.pages.languages import Language
from bulksms.results.follow_up import FollowUp
from bulksms.results.result_files import ReportOptions, ResultFiles
from bulksms.results.time_chart import chart_of
from bulksms.results.unfinished import refusals_of, stop_of
from bulksms.use_cases.reporting.balance_clue import BalanceReading
from bulksms.use_cases.reporting.campaign_progress import CampaignProgress, read_progress
from bulksms.use_cases.reporting.reports import rewrite_results
from bulksms.use_cases.send.why_waiting import read_waiting
from bulksms.web.campaign_view import (
    delivery_shares,
    rail_facts,
    row_shares,
    shares_of,
    time_left_of,
    time_of,
)
from bulksms.web.download import Download
from bulksms.web.drafts.corrected_rest import find_rest
from bulksms.web.drafts.draft_plan import Step
from bulksms.web.drafts.drafts import Draft
from bulksms.web.page import (
    Page,
    Problems,
    language_of_request,
    number_of,
    page_of,
)
from bulksms.web.poster import last_refusal
from bulksms.web.words.waiting_words import EXPLAINED, waiting_words

__all__ = ["download_results", "show_campaign"]

REQUESTS = "requests.csv"
EUROS = "euros"  # as Octopush names them


async def show_campaign(
    request: Request, problems: Problems | None = None, *, resend: int | None = None
) -> Response:
    """Show the progress of a running campaign, else its results.

    `resend` is the frame in doubt for which the form to send it again stays open.
    """
    page, language = page_of(request), language_of_request(request)
    balance = await page.known_balance(rehearsal=page.settings.rehearsal)
    reading = None
    if balance is not None and balance.unit == EUROS and page.balance_read_at is not None:
        reading = BalanceReading(amount=balance.amount, at=page.balance_read_at)
    progress = await asyncio.to_thread(_read, request, page, reading)
    report = progress.report
    may_start = progress.can_continue or bool(progress.refused)
    starting = may_start and page.is_posting(report.campaign)
    running = progress.is_running or starting
    shares = shares_of(progress, language)
    send_at = datetime.fromisoformat(report.send_at) if report.send_at else None
    stop = stop_of(progress.record, report, language)
    if stop is not None and report.cause in EXPLAINED:
        stop = replace(stop, details=None)
    waiting = await asyncio.to_thread(read_waiting, report.campaign, page.settings, page.clock)
    refusal = await asyncio.to_thread(last_refusal, report.campaign, page.settings)
    return await page.show(
        request,
        "campaign.html",
        Step.PROGRESS if running or progress.can_continue else Step.RESULTS,
        rehearsal=report.mode != "real",
        problems=problems,
        facts=rail_facts(progress, language),
        progress=progress,
        report=report,
        stop=stop,
        waiting=waiting,
        waiting_words=partial(waiting_words, zone=progress.zone, language=language),
        refusals=refusals_of(progress.refused, language),
        refusal=refusal,
        running=running,
        doubts=() if running else progress.doubts,
        rest=await asyncio.to_thread(find_rest, report.campaign, page.drafts),
        rehearsed=await asyncio.to_thread(_find_rehearsed, report.campaign, page),
        decide="resend" if resend else request.query_params.get("decide"),
        decided=str(resend) if resend else request.query_params.get("frame"),
        frame_count=sum(report.frames.values()),
        shares=shares,
        row_shares=row_shares(progress, language),
        deliveries=delivery_shares(progress, language),
        estimate=progress.estimate,
        texted=sum(share.rows for share in shares),
        chart=chart_of(progress.timeline, progress.zone, language),
        time_left=time_left_of(progress.rate),
        time_of=partial(time_of, progress=progress, language=language),
        send_at=send_at and time_of(send_at, progress, language),
        scheduled=send_at is not None and send_at > page.clock.now(),
    )


async def download_results(request: Request) -> Response:
    """Return the results of a campaign, written from the ledger at this moment."""
    page, language = page_of(request), language_of_request(request)
    name, wanted = request.path_params["campaign"], request.path_params["file"]
    download = Download()
    files = _files(download.folder, wanted, language)
    try:
        await asyncio.to_thread(rewrite_results, name, files, page.settings, page.clock.now())
    except BulkSmsError as error:
        download.discard()
        return await show_campaign(request, {"download": error})
    return download.send(wanted, f"{name}-{wanted}")


def _find_rehearsed(campaign: str, page: Page) -> Draft | None:
    """Find the draft of a rehearsal that can be sent for real, with the account there is."""
    if not page.has_account or page.settings.rehearsal:
        return None
    drafts = (each for each in page.drafts.all() if each.rehearsal)
    return next((each for each in drafts if each.campaign == campaign), None)


def _files(folder: Path, wanted: str, language: Language) -> ResultFiles:
    """Describe what to write for a download; the requests are always written.

    Raises:
        HTTPException: 404, there is no such download.
    """
    requests, options = folder / REQUESTS, ReportOptions(language=language.code)
    match wanted:
        case "requests.csv":
            return ResultFiles(results=requests)
        case "people.xlsx":
            return ResultFiles(
                results=requests, contact_results=folder / wanted, report_options=options
            )
        case "to-correct.xlsx":
            lists = {FollowUp.TO_CORRECT.value: folder / wanted}
            return ResultFiles(results=requests, follow_ups=lists, report_options=options)
        case "dead-numbers.xlsx":
            lists = {FollowUp.DEAD_NUMBERS.value: folder / wanted}
            return ResultFiles(results=requests, follow_ups=lists, report_options=options)
        case "report.html":
            return ResultFiles(results=requests, report=folder / wanted, report_options=options)
        case _:
            raise HTTPException(404)


def _read(request: Request, page: Page, reading: BalanceReading | None) -> CampaignProgress:
    """Read the campaign of an address, and the frames that its page is to show.

    Raises:
        HTTPException: 404, there is no campaign of that name.
    """
    first = request.query_params.get("from", "1")
    try:
        name = request.path_params["campaign"]
        return read_progress(name, number_of(first), page.settings, page.clock.now(), reading)
    except CampaignNotFound:
        raise HTTPException(404) from None
