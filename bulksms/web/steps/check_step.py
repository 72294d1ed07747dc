"""Step 6: everything in one sentence, a test to oneself, and the order to send."""

import secrets
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bulksms.pages.languages import Language
from bulksms.web.drafts.draft_actions import Begun, begin_draft, begin_test
from bulksms.web.drafts.draft_plan import DraftPlan, Step
from bulksms.web.drafts.plan_process import state_of
from bulksms.web.page import (
    Explanation,
    Problems,
    campaign_address,
    language_of_request,
    page_of,
    see,
)
from bulksms.web.words.sending_times import city_of

__all__ = [
    "accept_finding",
    "download_campaign_file",
    "rehearse_instead",
    "send_draft",
    "send_test",
    "show_check",
]

TYPED_BLANKS = str.maketrans("", "", " \u00a0\u202f.,'\u2019")  # thousands, as people write them


async def show_check(
    request: Request, problems: Problems | None = None, number: str = ""
) -> Response:
    """Show the sentence, the details, one finished text, and what still stops the sending."""
    page, language = page_of(request), language_of_request(request)
    draft = page.draft(request)
    if draft.campaign is not None and problems is None:
        return see(campaign_address(draft.campaign))
    state = page.shown_state(draft)  # before the plan: what changes meanwhile is not sent
    plan, view = await page.viewed_plan(request, draft, Step.CHECK)
    message = draft.read().plan.message
    if not message.has_text or (plan.problem and plan.problem.step is Step.TEXT):
        return see(f"/drafts/{draft.id}/text")
    previews = [each for each in view.previews if each.text is not None]
    return await page.show(
        request,
        "check.html",
        Step.CHECK,
        draft=draft,
        plan=plan,
        problems=problems,
        delivery=view.delivery,
        preview=next(iter(previews), None),
        when=_when(view.delivery.send_at, language),
        stops=_stops(plan, delivery_missing=not message.sender, language=language),
        number=number,
        tested=request.query_params.get("tested"),
        has_account=page.has_account,
        state=state,
        form_key=secrets.token_urlsafe(16),
    )


async def send_draft(request: Request) -> Response:
    """Begin the campaign when the number of people was typed, and let another process post it."""
    page, language = page_of(request), language_of_request(request)
    draft, form = page.draft(request), await request.form()
    _ = language.catalogue.gettext
    settings, shown = page.settings_of(rehearsal=draft.rehearsal), str(form.get("state") or "")
    if shown != state_of(draft, settings):
        return await show_check(request, {"people": _outdated(language)})
    typed = str(form.get("people") or "").translate(TYPED_BLANKS)
    _plan, view = await page.viewed_plan(request, draft, Step.CHECK)
    if typed != str(view.sendable):
        people = language.number(view.sendable)
        sentence = _("Write %(people)s to confirm that it is this list.")
        return await show_check(request, {"people": sentence % {"people": people}})
    begun: Begun = await page.plans.run(begin_draft, draft, settings, int(typed), shown)
    if begun.people is not None:
        page.plans.forget(draft)
    if begun.campaign is None:
        return await show_check(request, {"people": _why_not_begun(begun, language)})
    page.post(begun.campaign, rehearsal=settings.rehearsal)
    draft.mark_sent(begun.campaign)
    return see(campaign_address(begun.campaign))


async def send_test(request: Request) -> Response:
    """Send the finished text of the first row to one's own number, once for each form."""
    page, language = page_of(request), language_of_request(request)
    draft, form = page.draft(request), await request.form()
    _ = language.catalogue.gettext
    number = str(form.get("number") or "").strip()
    if not number:
        return await show_check(request, {"number": _("Write your number.")})
    settings = page.settings_of(rehearsal=draft.rehearsal)
    shown, key = (str(form.get(name) or "") for name in ("state", "form_key"))
    if not key or shown != state_of(draft, settings):
        return await show_check(request, {"number": _outdated(language)}, number)
    begun: Begun = await page.plans.run_once(key, begin_test, draft, settings, number, shown)
    if begun.campaign is None:
        return await show_check(request, {"number": _why_not_begun(begun, language)}, number)
    page.post(begun.campaign, rehearsal=settings.rehearsal)
    return see(f"/drafts/{draft.id}/check?{urlencode({'tested': begun.campaign})}")


async def download_campaign_file(request: Request) -> Response:
    """Return the campaign file of a draft, to be run on a schedule."""
    draft = page_of(request).draft(request)
    return FileResponse(draft.path, filename=draft.path.name, media_type="application/toml")


async def accept_finding(request: Request) -> Response:
    """Take the answer to a question that the page asks, or take an earlier answer back."""
    page = page_of(request)
    draft, form = page.draft(request), await request.form()
    code, back = str(form.get("code") or ""), str(form.get("back") or "")
    accepted = [each for each in draft.read().plan.screening.accept if each != code]
    plan = await page.finished_plan(draft)
    findings = plan.list_findings + plan.text_findings
    if "take_back" in form:
        draft.save({"accept": accepted})
    elif any(each.code == code and each.ask for each in findings):
        draft.save({"accept": [*accepted, code]})
    step = back if back in list(Step) else Step.CHECK.value
    return see(f"/drafts/{draft.id}/{step}")


async def rehearse_instead(request: Request) -> Response:
    """Turn a draft into a rehearsal, or a rehearsal, sent or not, into a real one."""
    page, form = page_of(request), await request.form()
    draft, is_real = page.draft(request, sent_too=True), "real" in form and page.has_account
    if draft.campaign is not None and not (draft.rehearsal and is_real):
        return see(campaign_address(draft.campaign))
    draft.set_rehearsal(rehearsal=not is_real)
    return see(f"/drafts/{draft.id}/check")


def _why_not_begun(begun: Begun, language: Language) -> Explanation:
    if begun.is_outdated:
        return _outdated(language)
    if begun.error is not None:
        return begun.error
    sentence = language.catalogue.gettext("The list now reaches %(people)s people: check it again.")
    return sentence % {"people": language.number(begun.people or 0)}


def _outdated(language: Language) -> str:
    return language.catalogue.gettext(
        "This campaign was changed meanwhile, perhaps in another window: check it again."
    )


def _when(send_at: datetime | None, language: Language) -> str:
    """Describe when the text goes out, after a verb: `now`, or `on Monday 30 November at 10:00`."""
    _ = language.catalogue.gettext
    if send_at is None:
        return _("now")
    sentence = _("on %(day)s at %(time)s (%(zone)s)")
    return sentence % {
        "day": language.day_and_year(send_at),
        "time": language.time(send_at),
        "zone": city_of(send_at.tzinfo, language),
    }


def _stops(plan: DraftPlan, *, delivery_missing: bool, language: Language) -> list[Explanation]:
    """List what stops the sending besides the findings of the plan."""
    _ = language.catalogue.gettext
    stops: list[Explanation] = [plan.problem.error] if plan.problem else []
    if plan.view is not None and not plan.view.sendable and not plan.nothing_new:
        stops.append(_("No one gets this text: look at step 3 for who is left out, and why."))
    stops += [_("Choose when the text goes out, and from whom.")] if delivery_missing else []
    return stops
