"""Steps 7 and 8: the progress of a campaign, read from the ledger, and its results."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bulksms.errors import BulkSmsError, CampaignNotFound
from bulksms.ledger import FrameRecord, FrameState, open_ledger
from bulksms.pages.languages import Language
from bulksms.results import Report
from bulksms.results.follow_up import FollowUp
from bulksms.results.report_options import ReportOptions
from bulksms.results.result_files import ResultFiles
from bulksms.settings import Settings
from bulksms.use_cases.reporting.reports import campaign_report, rewrite_results
from bulksms.web.download import Download
from bulksms.web.draft_plan import Step
from bulksms.web.error_words import error_words
from bulksms.web.page import Problems, campaign_address, language_of_request, page_of
from bulksms.web.pictures import Share, bar_picture
from bulksms.web.poster import last_refusal

__all__ = ["download_results", "show_campaign", "started_address"]

FRAMES_SHOWN = 20
REQUESTS = "requests.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Progress:
    """A campaign as it is now, its first frames, and its first frames in doubt."""

    report: Report
    frames: tuple[FrameRecord, ...]
    doubts: tuple[FrameRecord, ...]


async def show_campaign(request: Request, problems: Problems | None = None) -> Response:
    """Show the progress of a running campaign, else its results."""
    page, language = page_of(request), language_of_request(request)
    progress = await asyncio.to_thread(_read, request.path_params["campaign"], page.settings)
    report = progress.report
    running = report.state == "running"
    # The process that posts takes a moment to begin.
    starting = "started" in request.query_params and not running and bool(report.resume_command)
    people = report.contacts
    _ = language.catalogue.gettext
    shares = (
        Share("ok", _("accepted"), people["sent"] + people.get("simulated", 0)),
        Share("warn", _("in doubt"), people["in_doubt"]),
        Share("bad", _("refused"), people["failed"]),
        Share("line", _("waiting"), people["not_attempted"]),
    )
    return await page.show(
        request,
        "campaign.html",
        Step.PROGRESS if running or starting or report.resume_command else Step.RESULTS,
        rehearsal=report.mode != "real",
        problems=problems,
        report=report,
        refusal=await asyncio.to_thread(last_refusal, report.campaign, page.settings),
        running=running or starting,
        frames=progress.frames,
        doubts=[frame for frame in progress.doubts if not running],
        resend=request.query_params.get("resend"),
        frame_count=sum(report.frames.values()),
        shares=shares,
        bar=bar_picture(shares, language),
        texted=sum(share.count for share in shares),
    )


async def download_results(request: Request) -> Response:
    """Give the results of a campaign, written from the ledger at this moment."""
    page, language = page_of(request), language_of_request(request)
    name, wanted = request.path_params["campaign"], request.path_params["file"]
    download = Download()
    files = _files(download.folder, wanted, language)
    try:
        await asyncio.to_thread(rewrite_results, name, files, page.settings, page.clock.now())
    except BulkSmsError as error:
        download.discard()
        return await show_campaign(
            request,
            {"download": error_words(type(error), str(error), language_of_request(request))},
        )
    return download.send(wanted, f"{name}-{wanted}")


def _files(folder: Path, wanted: str, language: Language) -> ResultFiles:
    """Say what to write for a download; the requests are always written.

    Raises:
        HTTPException: 404, there is no such download.
    """
    requests = folder / REQUESTS
    match wanted:
        case "requests.csv":
            return ResultFiles(results=requests)
        case "people.xlsx":
            return ResultFiles(results=requests, contact_results=folder / wanted)
        case "to-correct.xlsx":
            lists = {FollowUp.TO_CORRECT.value: folder / wanted}
            return ResultFiles(results=requests, follow_ups=lists)
        case "report.html":
            options = ReportOptions(language=language.code)
            return ResultFiles(results=requests, report=folder / wanted, report_options=options)
        case _:
            raise HTTPException(404)


def _read(name: str, settings: Settings) -> _Progress:
    """Read a campaign from the ledger.

    Raises:
        HTTPException: 404, there is none of that name.
    """
    try:
        report = campaign_report(name, settings)
        with open_ledger(settings.home, settings.ledger) as ledger:
            frames = ledger.frames.all(ledger.campaigns.get(name).id)
    except CampaignNotFound:
        raise HTTPException(404) from None
    doubts = [frame for frame in frames if frame.state is FrameState.IN_DOUBT]
    return _Progress(
        report=report, frames=tuple(frames[:FRAMES_SHOWN]), doubts=tuple(doubts[:FRAMES_SHOWN])
    )


def started_address(name: str) -> str:
    """Give the address of a campaign whose posting was just started."""
    return f"{campaign_address(name)}?started"
