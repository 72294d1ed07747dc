"""Step 5: when the text goes out, of what kind it is, and from whom."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.campaign import Purpose
from bulksms.errors import UsageError
from bulksms.message import SendingHours, quiet_period
from bulksms.pages.languages import Language
from bulksms.plan.options import MessageOptions
from bulksms.plan.send_time import parse_send_at
from bulksms.web.draft_plan import DraftPlan, Step
from bulksms.web.page import Problems, language_of_request, page_of, see

__all__ = ["save_delivery", "show_delivery"]

DAYS = 8
FARTHEST = timedelta(days=365)
HOURS = SendingHours()
SENDER = re.compile(r"[A-Za-z0-9]{3,11}", re.ASCII)
TIME = re.compile(r"([01]?\d|2[0-3])[:hH.]([0-5]\d)", re.ASCII)
NOON = time(12)
SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which the text may go out, or the reason why it may not."""

    value: str
    label: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Entered:
    """What stands in the form: the options, and the day and time as they were written."""

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
    plan = await page.plan(draft)
    if plan is None:
        return await page.show(request, "reading.html", Step.DELIVERY, draft=draft)
    if plan.view is None:
        return see(f"/drafts/{draft.id}/columns")
    if entered is None:
        entered = _saved(draft.read().plan.message)
    zone = zone_of(plan)
    now = page.clock.now().astimezone(zone)
    return await page.show(
        request,
        "delivery.html",
        Step.DELIVERY,
        draft=draft,
        plan=plan,
        problems=problems,
        entered=entered,
        marketing=entered.message.purpose == Purpose.WHOLESALE,
        hours=HOURS,
        days=list(_days(plan, now, entered, language)),
        now_reason=_reason(plan, now, entered, language),
        zone=city_of(zone),
        other_zones=len({each for place in plan.localities for each in place.zones}) > 1,
    )


async def save_delivery(request: Request) -> Response:
    """Keep when and from whom, unless the time or the sender is not allowed."""
    page, language = page_of(request), language_of_request(request)
    draft, form = page.draft(request), await request.form()
    plan = await page.finished_plan(draft)
    if plan.view is None:
        return see(f"/drafts/{draft.id}/columns")
    entered = _entered(form, draft.read().plan.message)
    moment, problems = _check_time(plan, entered, page.clock.now(), language)
    problems |= _check_sender(entered.message.sender or "", language)
    if problems:
        return await show_delivery(request, problems, entered)
    draft.save(
        {
            "purpose": entered.message.purpose,
            "sender": entered.message.sender,
            "with_replies": entered.message.with_replies or None,
            "send_at": f"{moment:%Y-%m-%d %H:%M}" if moment else None,
            "zone": zone_of(plan).key if moment else None,
        }
    )
    return see(f"/drafts/{draft.id}/check")


def zone_of(plan: DraftPlan) -> ZoneInfo:
    """Give the zone of most of the people; the zone of the first where there are several."""
    zones = [zone for place in plan.localities for zone in place.zones]
    return ZoneInfo(zones[0] if zones else "Europe/Paris")


def city_of(zone: ZoneInfo) -> str:
    """Name a zone by its city."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def _saved(message: MessageOptions) -> Entered:
    day, _, at = (message.send_at or "").partition(" ")
    return Entered(message, now=not day, day=day, at=at or "10:00")


def _entered(form: FormData, message: MessageOptions) -> Entered:
    texts = {name: str(value).strip() for name, value in form.items() if isinstance(value, str)}
    chosen = texts.get("other_day") or texts.get("day", "")
    entered = replace(
        message,
        purpose=Purpose.ALERT if texts.get("purpose") == Purpose.ALERT else Purpose.WHOLESALE,
        sender=texts.get("sender") or None,
        with_replies="with_replies" in texts,
    )
    now = texts.get("when") == "now"
    return Entered(entered, now=now, day="" if now else chosen, at=texts.get("at", ""))


def _check_time(
    plan: DraftPlan, entered: Entered, now: datetime, language: Language
) -> tuple[datetime | None, dict[str, str]]:
    """Read the time; the sentence about it stands at the field it concerns."""
    _ = language.catalogue.gettext
    if entered.now:
        reason = _reason(plan, now, entered, language)
        return None, {"when": reason} if reason else {}
    at = TIME.fullmatch(entered.at)
    if at is None:
        return None, {"at": _("Write the time like 10:00.")}
    try:
        day = date.fromisoformat(entered.day)
        if day > now.date() + FARTHEST:
            return None, {"day": _("Choose a day within a year.")}
        moment = parse_send_at(f"{day} {int(at[1]):02}:{at[2]}", now, "FR", zone_of(plan))
    except ValueError:
        return None, {"day": _("Choose a day.")}
    except UsageError:
        return None, {"at": _("This time is past, or a clock change skips or repeats it.")}
    reason = _reason(plan, moment, entered, language)
    return moment, {"at": reason} if reason else {}


def _check_sender(sender: str, language: Language) -> dict[str, str]:
    _ = language.catalogue.gettext
    if SENDER.fullmatch(sender):
        return {}
    if not sender:
        return {"sender": _("Write the name that phones will show.")}
    sentence = _("%(sender)s cannot be the sender: 3 to 11 letters or digits, without a blank.")
    return {"sender": sentence % {"sender": sender}}


def _days(plan: DraftPlan, now: datetime, entered: Entered, language: Language) -> Iterator[Day]:
    """Give the next days, and why the text may not go out on some of them."""
    first = now.date()
    for day in (first + timedelta(days=number) for number in range(DAYS)):
        moment = datetime.combine(day, NOON, tzinfo=now.tzinfo)
        is_over = day == first and now.time() >= HOURS.closes
        reason = language.catalogue.gettext("too late") if is_over else None
        yield Day(
            day.isoformat(),
            language.short_day(day),
            reason or _reason(plan, moment, entered, language),
        )


def _reason(plan: DraftPlan, moment: datetime, entered: Entered, language: Language) -> str | None:
    """Say why marketing must not reach these people at a moment; None when it may."""
    if entered.message.purpose != Purpose.WHOLESALE:
        return None
    period = quiet_period(plan.localities, moment, HOURS)
    if period is None:
        return None
    _ = language.catalogue.gettext
    local = moment.astimezone(ZoneInfo(period.zone))
    hours = {"opens": f"{HOURS.opens:%H:%M}", "closes": f"{HOURS.closes:%H:%M}"}
    if not HOURS.opens <= local.time() < HOURS.closes:
        sentence = _("It is %(time)s there: marketing goes out between %(opens)s and %(closes)s.")
        return sentence % {"time": language.time(local), **hours}
    return _("not on Sundays") if local.weekday() == SUNDAY else _("public holiday")
