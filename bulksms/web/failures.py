"""The page's messages when an address, a file, the ledger or the program itself fails."""

import logging
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ExceptionHandler

from bulksms.errors import BulkSmsError, CampaignNotFound
from bulksms.web.drafts.draft_plan import Step
from bulksms.web.page import StillReading, language_of_request, page_of, see

__all__ = ["HANDLERS"]

LOG = logging.getLogger(__name__)
# Where a request for the address of a form leads, as after a reload or a switch of language.
PAGES_OF_FORMS: Mapping[str, str] = {
    "columns/forget": "columns",
    "optouts": "people",
    "optouts/remove": "people",
    "corrections": "people",
    "undo": "people",
    "test": "check",
    "send": "check",
    "accept": "check",
    "mode": "check",
    "delete": "columns",
    "orders": "",
    "continue": "",
    "doubt": "",
    "resend": "",
}


async def _missing(request: Request, error: Exception) -> Response:
    """Report that an address leads nowhere, as for a draft that was deleted."""
    del error
    return await page_of(request).show(request, "missing.html", Step.LIST, status=404)


async def _still_reading(request: Request, error: Exception) -> Response:
    """Show that a list is being read; the page asks again by itself."""
    if not isinstance(error, StillReading):
        raise error
    return await page_of(request).show(request, "reading.html", error.step, draft=error.draft)


async def _not_a_page(request: Request, error: Exception) -> Response:
    """Show the page with the form whose own address was asked for."""
    folder, _, rest = request.url.path.removeprefix("/").partition("/")
    name, _, form = rest.partition("/")
    if request.method not in ("GET", "HEAD") or (name and form not in PAGES_OF_FORMS):
        return PlainTextResponse(str(error), 405)
    return see(f"/{folder}/{name}/{PAGES_OF_FORMS[form]}".rstrip("/") if name else "/")


async def _stopped(request: Request, error: Exception) -> Response:
    """Describe what a file, the ledger or the account does not allow."""
    if isinstance(error, CampaignNotFound):
        return await _missing(request, error)
    failure = error if isinstance(error, BulkSmsError) else BulkSmsError(str(error))
    return await page_of(request).show(
        request,
        "failed.html",
        Step.LIST,
        status=503,
        sentence=failure,
        detail=str(error) if failure.code else None,
        damaged_draft=request.path_params.get("draft") if failure.code == "draft_damaged" else None,
    )


async def _disk_failed(request: Request, error: Exception) -> Response:
    """Report that a file cannot be written or read, as on a full disk."""
    LOG.error("%s failed: %s", request.url.path, error)
    _ = language_of_request(request).catalogue.gettext
    reason = error.strerror if isinstance(error, OSError) else None
    return await page_of(request).show(
        request,
        "failed.html",
        Step.LIST,
        status=507,
        sentence=_(
            "A file could not be written or read on this computer, perhaps because the disk is "
            "full: free some space, then try again."
        ),
        detail=reason,
    )


async def _failed(request: Request, error: Exception) -> Response:
    """Report that something went wrong here; the traceback goes to the terminal of the server."""
    LOG.error("%s failed", request.url.path, exc_info=error)
    _ = language_of_request(request).catalogue.gettext
    sentence = _("Something went wrong here. Go back and look whether your change was kept.")
    return await page_of(request).show(
        request, "failed.html", Step.LIST, status=500, sentence=sentence, detail=None
    )


HANDLERS: Mapping[object, ExceptionHandler] = {
    404: _missing,
    405: _not_a_page,
    500: _failed,
    BulkSmsError: _stopped,
    OSError: _disk_failed,
    StillReading: _still_reading,
}
