"""Step 5: when the text goes out, of what kind it is, and from whom."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.campaign import Purpose
from bulksms.errors import UsageError
from bulksms.pages.languages import Language
from bulksms.plan.options import MessageOptions
from bulksms.plan.send_time import parse_send_at
from bulksms.web.drafts.draft_plan import DraftPlan, Step
from bulksms.web.drafts.drafts import Draft
from bulksms.web.page import Page, Problems, language_of_request, page_of, see
from bulksms.web.words.sending_times import HourChoice, SendingTimes, city_of, main_zone

__all__ = ["save_delivery", "show_delivery"]

SENDER = re.compile(r"[A-Za-z0-9]{3,11}", re.ASCII)
TIME = re.compile(r"([01]?\d|2[0-3])[:hH.]([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entered:
    """The contents of the form: the options, and the day and time as they were written."""

    message: MessageOptions
    now: bool
    day: str
    at: str


async def show_delivery(
    request: Request, problems: Problems | None = None, entered: Entered | None = None
) -> Response:
    """Show the kind of text, the days and hours, and the sender."""
    page, language = page_of(request), language_of_request(request)
    draft = page.draft(request)
    plan, _view = await page.viewed_plan(request, draft, Step.DELIVERY)
    if entered is None:
        entered = _saved(draft.read().plan.message)
    times = _times(plan, draft, entered, page, language)
    hours = list(times.hours(entered.day))
    chosen = _moment_or_none(entered, times)
    now_problem = times.problem(times.now)
    free = _offer(chosen, times)
    return await page.show(
        request,
        "delivery.html",
        Step.DELIVERY,
        draft=draft,
        plan=plan,
        problems=problems,
        entered=entered,
        marketing=times.marketing,
        days=list(times.days()),
        hours=hours,
        hour=_marked_hour(entered, hours),
        now_problem=now_problem,
        free=free and f"{free:%Y-%m-%d %H:%M}",
        free_label=free and _when(free, language),
        chosen_label=chosen and _when(chosen, language),
        zone=city_of(times.zone, language),
        others=[city for city, _clock in times.other_clocks(times.now)],
    )


async def save_delivery(request: Request) -> Response:
    """Keep when and from whom, unless the time or the sender is not allowed."""
    page, language = page_of(request), language_of_request(request)
    draft, form = page.draft(request), await request.form()
    plan, _view = await page.viewed_plan(request, draft, Step.DELIVERY)
    entered = _entered(form, draft.read().plan.message)
    if "look" in form:  # at the hours of another day, or of another kind of text
        return await show_delivery(request, None, entered)
    times = _times(plan, draft, entered, page, language)
    moment, problems = _check_time(entered, times)
    problems |= _check_sender(entered.message.sender or "", language)
    if problems:
        return await show_delivery(request, problems, entered)
    draft.save(
        {
            "purpose": entered.message.purpose,
            "sender": entered.message.sender,
            "with_replies": entered.message.with_replies or None,
            "send_at": f"{moment:%Y-%m-%d %H:%M}" if moment else None,
            "zone": times.zone.key if moment else None,
        }
    )
    return see(f"/drafts/{draft.id}/check")


def _times(
    plan: DraftPlan, draft: Draft, entered: Entered, page: Page, language: Language
) -> SendingTimes:
    zone = main_zone(plan.localities, draft.read().plan.reading.region)
    return SendingTimes(
        localities=plan.localities,
        zone=zone,
        now=page.clock.now().astimezone(zone),
        marketing=entered.message.purpose == Purpose.WHOLESALE,
        language=language,
    )


def _when(moment: datetime, language: Language) -> str:
    """Write a day and a time: `Monday 30 November at 10:00`."""
    sentence = language.catalogue.gettext("%(day)s at %(time)s")
    return sentence % {"day": language.day(moment), "time": language.time(moment)}


def _saved(message: MessageOptions) -> Entered:
    day, _, at = (message.send_at or "").partition(" ")
    return Entered(message, now=not day, day=day, at=at or "10:00")


def _entered(form: FormData, message: MessageOptions) -> Entered:
    texts = {name: str(value).strip() for name, value in form.items() if isinstance(value, str)}
    chosen = texts.get("other_day") or texts.get("day", "")
    at = texts.get("at") or texts.get("hour", "")
    now = texts.get("when") == "now"
    if "free" in texts:  # the time that was offered
        chosen, _blank, at = texts["free"].partition(" ")
        now = False
    entered = replace(
        message,
        purpose=Purpose.ALERT if texts.get("purpose") == Purpose.ALERT else Purpose.WHOLESALE,
        sender=texts.get("sender") or None,
        with_replies="with_replies" in texts,
    )
    return Entered(entered, now=now, day="" if now else chosen, at=at)


def _marked_hour(entered: Entered, hours: Sequence[HourChoice]) -> str:
    """Return the hour to mark: the one that was entered if it is free, else a free one."""
    free = [each.value for each in hours if each.reason is None]
    if entered.at in free or not free:
        return entered.at
    return free[0] if entered.at in {each.value for each in hours} else ""


def _moment_or_none(entered: Entered, times: SendingTimes) -> datetime | None:
    """Read the day and the time that were entered; None where they are no moment to come."""
    at, day = TIME.fullmatch(entered.at), times.day_of(entered.day)
    if entered.now or at is None or day is None:
        return None
    try:
        return parse_send_at(f"{day} {int(at[1]):02}:{at[2]}", times.now, "FR", times.zone)
    except UsageError:
        return None


def _offer(chosen: datetime | None, times: SendingTimes) -> datetime | None:
    """Return the next free time, where the one that was chosen is not; None where it is."""
    moment = chosen or times.now
    return times.next_free(moment) if times.problem(moment) else None


def _check_time(entered: Entered, times: SendingTimes) -> tuple[datetime | None, dict[str, str]]:
    """Read the time; the sentence about it is shown at the field it concerns."""
    _ = times.language.catalogue.gettext
    if entered.now:
        problem = times.problem(times.now)
        return None, {"when": problem} if problem else {}
    if TIME.fullmatch(entered.at) is None:
        return None, {"at": _("Choose a time, or write it like 10:00.")}
    if not entered.day:
        return None, {"day": _("Choose a day.")}
    if times.day_of(entered.day) is None:
        return None, {"day": _("Choose a day within a year.")}
    moment = _moment_or_none(entered, times)
    if moment is None:
        return None, {"at": _("This time is past, or a clock change skips or repeats it.")}
    problem = times.problem(moment)
    return moment, {"at": problem} if problem else {}


def _check_sender(sender: str, language: Language) -> dict[str, str]:
    _ = language.catalogue.gettext
    if SENDER.fullmatch(sender):
        return {}
    if not sender:
        return {"sender": _("Write the name that phones will show.")}
    sentence = _("%(sender)s cannot be the sender: 3 to 11 letters or digits, without a blank.")
    return {"sender": sentence % {"sender": sender}}
