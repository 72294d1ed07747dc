"""The report of a campaign as one HTML file: no script, no network, no person unless asked for."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bulksms import __version__
from bulksms.message.timezones import zones_by_country
from bulksms.money import round_to_cents
from bulksms.output.whole_file import whole_file
from bulksms.pages import Catalogue, render, style_sheet
from bulksms.results.campaign_facts import CampaignFacts
from bulksms.results.campaign_report import quoted
from bulksms.results.left_out_reasons import LeftOutReason, left_out_reason
from bulksms.results.masking import mask_numbers
from bulksms.results.report_options import ReportOptions
from bulksms.results.report_steps import report_steps
from bulksms.results.report_view import ReportView, view_report
from bulksms.results.timeline import Timeline

__all__ = ["report_page", "write_report_page"]

_UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


def write_report_page(
    path: Path, facts: CampaignFacts, options: ReportOptions, made_at: datetime
) -> None:
    """Write the report as a page.

    Raises:
        InputError: the file cannot be written.
    """
    page = report_page(facts, options, made_at)
    with whole_file(path, encoding="utf-8") as draft:
        draft.write(page)


def report_page(facts: CampaignFacts, options: ReportOptions, made_at: datetime) -> str:
    """Make the page."""
    zone = _zone_of(facts.record.parameters.get("region"))
    view = view_report(facts, zone, made_at, with_people=options.with_people)
    words = Catalogue(options.language, "bulksms.results", "report_words.toml", zone)
    css, css_source = style_sheet()
    return render(
        "bulksms.results",
        "report.html.jinja",
        view=view,
        report=view.report,
        words=words,
        css=css,
        css_source=css_source,
        headline=_headline(view, words),
        lede=_lede(view, words),
        campaign_word=quoted(facts.record.name),
        steps=tuple(report_steps(view, words)),
        width=None if view.timeline is None else _width(view.timeline, words),
        bin_pattern=_bin_pattern(view.timeline),
        describe=_describe(options.language),
        shown_message=_shown_message(options),
        difference=_difference(view, words),
        total_cost=_total_cost(view, words),
        version=__version__,
    )


def _zone_of(region: str | None) -> tzinfo:
    """Return the zone of the region, where it has one; else UTC."""
    zones = zones_by_country().get(region or "", ())
    return ZoneInfo(zones[0]) if len(zones) == 1 else UTC


def _headline(view: ReportView, words: Catalogue) -> str:
    """Say how many of how many, and what else is not as it should be."""
    report = view.report
    if report.nothing_new or not view.people:
        return words.say("headline_nobody")
    if report.mode == "simulation":
        return words.say(
            "headline_simulated", report.contacts.get("simulated", 0), people=view.people
        )
    key = "headline_scheduled" if report.send_at else "headline_sent"
    parts = [words.say(key, report.contacts["sent"], people=view.people)]
    for name, key in (("in_doubt", "headline_doubt"), ("failed", "headline_failed")):
        if report.contacts[name]:
            parts.append(words.say(key, report.contacts[name]))
    return "".join(parts)


def _lede(view: ReportView, words: Catalogue) -> str:
    """Say which campaign it was and when, and of which moment the report is."""
    last = view.report.finished_at or view.record.created_at
    if last.astimezone(view.zone).date() == view.made_at.astimezone(view.zone).date():
        as_of = words.say("as_of_time", time=words.clock(view.made_at))
    else:
        as_of = words.say("as_of", moment=view.made_at)
    return f"{_when(view, words)} {as_of}"


def _when(view: ReportView, words: Catalogue) -> str:
    report = view.report
    values: dict[str, Any] = {"campaign": report.campaign, "zone": str(view.zone)}
    if report.send_at:
        moment = datetime.fromisoformat(report.send_at)
        return words.say("lede_scheduled", moment=moment, **values)
    first, last = report.started_at, report.finished_at
    if first is None or last is None:
        return words.say("lede_unsent", moment=view.record.created_at, **values)
    if (last - first).total_seconds() < 60:  # noqa: PLR2004 - the same minute, as people say it
        return words.say("lede_at_once", first=first, **values)
    local = [moment.astimezone(view.zone) for moment in (first, last)]
    same_day = local[0].date() == local[1].date()
    until = words.clock(last) if same_day else words.moment(last)
    return words.say("lede_sent", first=first, last=until, **values)


def _width(timeline: Timeline, words: Catalogue) -> str:
    seconds = int(timeline.width.total_seconds())
    unit, length = next((unit, length) for unit, length in _UNITS if seconds % length == 0)
    return words.say(f"width_{unit}", seconds // length)


def _bin_pattern(timeline: Timeline | None) -> str:
    """Choose how the start of a bin is written: to the second, the minute or the day."""
    seconds = 60.0 if timeline is None else timeline.width.total_seconds()
    if seconds < 60:  # noqa: PLR2004 - a minute
        return "HH:mm:ss"
    many_days = timeline is not None and timeline.width.total_seconds() >= 10_800  # noqa: PLR2004
    return "d MMM HH:mm" if many_days else "HH:mm"


def _describe(language: str) -> Callable[[str], LeftOutReason]:
    return lambda code: left_out_reason(code, language)


def _shown_message(options: ReportOptions) -> Callable[[str], str]:
    """Leave phone numbers out of messages, unless people may be named."""
    if options.with_people:
        return str
    return mask_numbers


def _difference(view: ReportView, words: Catalogue) -> str | None:
    """Say how the cost differs from the plan for the same texts; `None` if that is unknown."""
    planned = view.report.planned_cost
    if planned is None:
        return None
    difference = round_to_cents(view.report.total_cost - planned)
    if not difference:
        return words.say("cost_as_planned")
    sign = "+" if difference > 0 else "\N{MINUS SIGN}"
    return words.say("cost_difference", difference=sign + words.money(abs(difference)))


def _total_cost(view: ReportView, words: Catalogue) -> str:
    """Say the cost, with what frames in doubt may add."""
    doubtful = next((share for share in view.classes if share.name == "in_doubt"), None)
    total = view.report.total_cost
    if doubtful is None or doubtful.cost is None or doubtful.cost == Decimal(0):
        return words.money(total)
    return f"{words.money(total)} – {words.money(total + doubtful.cost)}"  # noqa: RUF001
