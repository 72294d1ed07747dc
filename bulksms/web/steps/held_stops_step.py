"""STOPs that may be forged: who is not texted because of them, and a person's decision."""

import asyncio
from collections.abc import Mapping

from phonenumbers import PhoneNumberFormat, format_number, parse
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bulksms.errors import BulkSmsError
from bulksms.ledger import HeldReason, HeldStop
from bulksms.pages.languages import Language
from bulksms.use_cases.receipts.reported_stops import drop_held, held_stops, take_held
from bulksms.web.drafts.draft_plan import Step
from bulksms.web.page import Problems, language_of_request, page_of, see
from bulksms.web.steps.campaign_orders_step import WHO

__all__ = ["decide_stops", "show_stops"]

SHOWN = 200  # STOPs on one page; the others follow when these are decided
ANY_COUNTRY = "FR"  # the numbers are written with a plus


async def show_stops(request: Request, problems: Problems | None = None) -> Response:
    """Show each STOP that waits for a look: the number, when it came, and why it waits."""
    page, language = page_of(request), language_of_request(request)
    stops = await asyncio.to_thread(held_stops, page.settings)
    return await page.show(
        request,
        "held_stops.html",
        Step.LIST,
        problems=problems,
        stops=stops[:SHOWN],
        count=len(stops),
        number_of=_international,
        time_of=lambda each: _local_time(each, language),
        reason_of=lambda each: _reasons(language)[each.reason],
    )


async def decide_stops(request: Request) -> Response:
    """Keep the STOPs that a form names, or remove those that no one sent."""
    page, form = page_of(request), await request.form()
    numbers, choice = [str(each) for each in form.getlist("number")], form.get("choice")
    if not numbers or choice not in ("take", "drop"):
        raise HTTPException(404)
    try:
        if choice == "take":
            await asyncio.to_thread(take_held, numbers, ANY_COUNTRY, WHO, page.settings)
        else:
            await asyncio.to_thread(drop_held, numbers, ANY_COUNTRY, page.settings)
    except BulkSmsError as error:
        return await show_stops(request, {"stops": error})
    left = await asyncio.to_thread(held_stops, page.settings)
    return see("/stops" if left else "/")


def _international(stop: HeldStop) -> str:
    """Write a number as people read it: `+33 6 39 98 00 01`."""
    number = parse(f"+{stop.phone_number}")
    return format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _local_time(stop: HeldStop, language: Language) -> str:
    local = stop.at.astimezone()
    return f"{language.date(local)}, {language.time(local)}"


def _reasons(language: Language) -> Mapping[HeldReason, str]:
    _ = language.catalogue.gettext
    return {
        HeldReason.NEVER_TEXTED: _("This number is in none of your campaigns."),
        HeldReason.MANY_AT_ONCE: _("It came with many others within an hour."),
    }
