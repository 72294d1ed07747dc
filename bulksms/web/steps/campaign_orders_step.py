"""Orders to a campaign from the page: pause, stop, continue, settle doubt."""

import asyncio
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bulksms.errors import BulkSmsError
from bulksms.ledger import FrameState, OrderKind, OrderRecord
from bulksms.use_cases.orders.campaign_orders import give_order
from bulksms.use_cases.orders.order_resend import order_resend, prepare_resend
from bulksms.use_cases.orders.settle_doubt import OperatorDecision, settle_doubt, show_doubt
from bulksms.use_cases.reporting.reports import campaign_report
from bulksms.web.drafts.corrected_rest import find_rest, make_rest
from bulksms.web.page import campaign_address, language_of_request, number_of, page_of, see
from bulksms.web.steps.campaign_step import show_campaign

__all__ = [
    "confirm_resend",
    "continue_campaign",
    "correct_rest",
    "order_campaign",
    "settle_campaign",
]

WHO = "the page"
# The answer of the page must not wait for frames in flight: the progress shows them.
WAIT_SECONDS = 0.0
ORDERS = {"pause": OrderKind.PAUSE, "stop": OrderKind.STOP}
ISOLATE = "--isolate-refused"
# How a campaign continues: with what waits, with what was refused too, after its time too, or when
# the hours of marketing begin.
WAYS_ON: Mapping[str, tuple[str, ...]] = {
    "rest": (),
    "refused": ("--retry-refused",),
    "late": ("--approve-late",),
    "wait": ("--wait",),
}
SETTLEMENTS: Mapping[str, Literal[FrameState.ACCEPTED, FrameState.DROPPED]] = {
    "sent": FrameState.ACCEPTED,
    "drop": FrameState.DROPPED,
}


async def order_campaign(request: Request) -> Response:
    """Pause or stop a campaign; no frame leaves after those in flight."""
    page, form = page_of(request), await request.form()
    kind = ORDERS.get(str(form.get("order")))
    if kind is None:
        raise HTTPException(404)
    name = request.path_params["campaign"]
    order = OrderRecord(kind=kind, who=WHO, at=page.clock.now())
    try:
        await asyncio.to_thread(give_order, name, order, WAIT_SECONDS, page.settings, page.clock)
    except BulkSmsError as error:
        return await show_campaign(request, {"orders": error})
    return see(campaign_address(name))


async def continue_campaign(request: Request) -> Response:
    """Let another process post what a campaign has left; a pause is lifted."""
    page, form = page_of(request), await request.form()
    name, how = request.path_params["campaign"], str(form.get("how") or "rest")
    if how not in WAYS_ON:
        raise HTTPException(404)
    report = await asyncio.to_thread(campaign_report, name, page.settings)
    options = list(WAYS_ON[how])
    # A contact made its request fail, and so may another one do with the next request.
    if ISOLATE in (report.resume_command or "").split():
        options.append(ISOLATE)
    page.post(name, rehearsal=report.rehearsal, options=options)
    return see(campaign_address(name))


async def settle_campaign(request: Request) -> Response:
    """Note that the frame in doubt was sent, or that it is not to be sent, once it is confirmed."""
    page, form = page_of(request), await request.form()
    _ = language_of_request(request).catalogue.gettext
    name, number = request.path_params["campaign"], number_of(form.get("frame"))
    state = SETTLEMENTS.get(str(form.get("settlement")))
    if state is None:
        raise HTTPException(404)
    decision = OperatorDecision(who=WHO, at=page.clock.now())

    def settle() -> bool:
        frame = show_doubt(name, number, page.settings, decision.at).frame
        # A window that stayed open must not settle what was posted again meanwhile.
        if str(frame.attempts) != form.get("attempts"):
            return False
        settle_doubt(name, number, state, decision, page.settings)
        return True

    try:
        settled = await asyncio.to_thread(settle)
    except BulkSmsError as error:
        return await show_campaign(request, {"doubt": error})
    if not settled:
        problem = _("This request was sent again meanwhile: look at it before you decide.")
        return await show_campaign(request, {"doubt": problem})
    return see(campaign_address(name))


async def confirm_resend(request: Request) -> Response:
    """Send a frame in doubt once more, when the number of its people was typed."""
    page, form = page_of(request), await request.form()
    _ = language_of_request(request).catalogue.gettext
    name, number = request.path_params["campaign"], number_of(form.get("frame"))

    def resend(expected: str) -> bool:
        prepared = prepare_resend(name, number, page.settings, page.clock.now())
        frame = prepared.doubt.frame
        # A window that stayed open must not repeat a frame that was posted again meanwhile.
        if str(frame.attempts) != form.get("attempts"):
            return False
        if str(frame.contacts - prepared.left_out) != expected:
            return False
        decision = OperatorDecision(who=WHO, at=page.clock.now())
        order_resend(prepared, decision, page.settings, page.clock)
        return True

    try:
        ordered = await asyncio.to_thread(resend, str(form.get("people") or "").strip())
    except BulkSmsError as error:
        return await show_campaign(request, {"doubt": error}, resend=number)
    if not ordered:
        problem = _("Write the number of people who may get a second text.")
        return await show_campaign(request, {"again": problem}, resend=number)
    report = await asyncio.to_thread(campaign_report, name, page.settings)
    page.post(name, rehearsal=report.rehearsal)
    return see(campaign_address(name))


async def correct_rest(request: Request) -> Response:
    """Go on with a draft of the rows that a campaign left out; made once, until it is sent."""
    page, language = page_of(request), language_of_request(request)
    _, name = language.catalogue.gettext, request.path_params["campaign"]
    report = await asyncio.to_thread(campaign_report, name, page.settings)
    draft = find_rest(name, page.drafts)
    if draft is None or draft.campaign is not None:
        source = PureWindowsPath(next(iter(report.files), name)).stem
        list_name = _("%(list)s, to correct.csv") % {"list": source}
        now = page.clock.now()
        try:
            draft = await make_rest(report, list_name, page.drafts, page.settings, now)
        except BulkSmsError as error:
            return await show_campaign(request, {"rest": error})
    if draft is None:
        problem = _("None of the rows left out can be corrected.")
        return await show_campaign(request, {"rest": problem})
    return see(f"/drafts/{draft.id}/people")
