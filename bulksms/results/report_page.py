"""The report of a campaign as one HTML file: no script, no network, no person unless asked for."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from bulksms import __version__
from bulksms.ledger import FrameRecord, FrameState
from bulksms.money import round_to_cents
from bulksms.output.whole_file import whole_file
from bulksms.pages.labels import labels_of
from bulksms.pages.languages import SOURCE_LANGUAGE, Language, language_of
from bulksms.pages.templates import render, style_sheet
from bulksms.results.api_words import api_words, refusal_words
from bulksms.results.campaign_facts import CampaignFacts
from bulksms.results.campaign_report import Report, quoted
from bulksms.results.finding_statements import finding_statement
from bulksms.results.left_out_reasons import LeftOutReason, left_out_reason
from bulksms.results.masking import mask_numbers
from bulksms.results.report_steps import report_steps
from bulksms.results.report_view import ReportView, view_report
from bulksms.results.result_files import ReportOptions
from bulksms.results.time_chart import chart_of
from bulksms.results.timeline import zone_of_campaign
from bulksms.results.unfinished import stop_of

__all__ = ["report_page", "write_report_page"]


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
    zone = zone_of_campaign(facts.record)
    view = view_report(facts, zone, made_at, options)
    language = language_of(options.language)
    css, css_source = style_sheet()
    return render(
        "bulksms.results",
        "report.html.jinja",
        view=view,
        report=view.report,
        _=language.catalogue.gettext,
        ngettext=language.catalogue.ngettext,
        language=language,
        labels=labels_of(language.code),
        css=css,
        css_source=css_source,
        headline=_headline(view, language),
        lede=_lede(view, language),
        stop=stop_of(view.record, view.report, language),
        answer_of=partial(_answer, language=language),
        campaign_word=quoted(facts.record.name),
        steps=tuple(report_steps(view, language)),
        state_finding=partial(_state_finding, language=language),
        chart=chart_of(view.timeline, zone, language),
        describe=_describe(options.language),
        shown_message=_shown_message(options),
        difference=_difference(view, language),
        total_cost=_cost_words(view.report, language, _doubtful_cost(view)),
        charged=_cost_words(view.report, language),
        unpriced=_unpriced_words(view.report, language),
        version=__version__,
    )


def _headline(view: ReportView, language: Language) -> str:
    """Describe how many of how many, and what else is not as it should be."""
    report, people = view.report, view.people
    _, n = language.catalogue.gettext, language.catalogue.ngettext
    if report.nothing_new or not people:
        return _("No one was left to text")
    if report.mode == "simulation":
        count = report.contacts.get("simulated", 0)
        sentence = n(
            "%(count)s of %(people)s texts simulated",
            "%(count)s of %(people)s texts simulated",
            count,
        )
        return sentence % {"count": language.number(count), "people": language.number(people)}
    count = report.contacts["sent"]
    if report.mode == "rehearsal":
        sentence = n(
            "%(count)s of %(people)s texts would have been sent",
            "%(count)s of %(people)s texts would have been sent",
            count,
        )
    elif report.send_at:
        sentence = n(
            "%(count)s of %(people)s texts handed to Octopush",
            "%(count)s of %(people)s texts handed to Octopush",
            count,
        )
    else:
        sentence = n(
            "%(count)s of %(people)s texts sent", "%(count)s of %(people)s texts sent", count
        )
    return sentence % {
        "count": language.number(count),
        "people": language.number(people),
    } + "".join(_also(report, language))


def _also(report: Report, language: Language) -> Iterator[str]:
    """Add the people in doubt and the refused ones to a headline."""
    n = language.catalogue.ngettext
    if count := report.contacts["in_doubt"]:
        yield n(", %(count)s in doubt", ", %(count)s in doubt", count) % {
            "count": language.number(count)
        }
    if count := report.contacts["failed"]:
        yield n(", %(count)s refused", ", %(count)s refused", count) % {
            "count": language.number(count)
        }


def _lede(view: ReportView, language: Language) -> str:
    """Describe the campaign, its time, and the moment of the report."""
    _ = language.catalogue.gettext
    last = view.report.finished_at or view.record.created_at
    if last.astimezone(view.zone).date() == view.made_at.astimezone(view.zone).date():
        time = language.clock(view.made_at, view.zone)
        as_of = _("This is how it stood at %(time)s.") % {"time": time}
    else:
        moment = language.moment(view.made_at, view.zone)
        as_of = _("This is how it stood on %(moment)s.") % {"moment": moment}
    return f"{_when(view, language)} {as_of}"


def _when(view: ReportView, language: Language) -> str:
    _, zone, report = language.catalogue.gettext, view.zone, view.report
    values = {"campaign": report.campaign, "zone": str(zone)}
    if report.send_at:
        values["moment"] = language.moment(datetime.fromisoformat(report.send_at), zone)
        return _("%(campaign)s, scheduled for %(moment)s (%(zone)s).") % values
    first, last = report.started_at, report.finished_at
    if first is None or last is None:
        values["moment"] = language.moment(view.record.created_at, zone)
        return _("%(campaign)s, begun %(moment)s (%(zone)s).") % values
    values["first"] = language.moment(first, zone)
    if (last - first).total_seconds() < 60:  # noqa: PLR2004 - the same minute, as people say it
        return _("%(campaign)s, %(first)s (%(zone)s).") % values
    same_day = first.astimezone(zone).date() == last.astimezone(zone).date()
    values["last"] = language.clock(last, zone) if same_day else language.moment(last, zone)
    return _("%(campaign)s, sent from %(first)s to %(last)s (%(zone)s).") % values


def _describe(language: str) -> Callable[[str], LeftOutReason]:
    return lambda code: left_out_reason(code, language)


def _shown_message(options: ReportOptions) -> Callable[[str], str]:
    """Leave phone numbers out of messages, unless people may be named."""
    if options.with_people:
        return str
    return mask_numbers


def _state_finding(code: str, count: int, language: Language) -> str | None:
    """State a finding in another language; the English report has the program's own sentence."""
    if language.code == SOURCE_LANGUAGE:
        return None
    return finding_statement(code, count, language)


def _answer(frame: FrameRecord, language: Language) -> tuple[str, str | None]:
    """Return the ticket of a frame, else what Octopush answered: translated, or in English."""
    if frame.ticket:
        return frame.ticket, None
    if frame.state is FrameState.REFUSED:
        return refusal_words(frame.code, frame.message, language)
    answer = api_words(frame.message, language)
    return (answer, None) if answer is not None else ("", frame.message or None)


def _difference(view: ReportView, language: Language) -> str | None:
    """Describe how the cost differs from the plan for the same texts; `None` if that is unknown."""
    _ = language.catalogue.gettext
    planned = view.report.planned_cost
    if planned is None or view.report.unpriced:
        return None
    difference = round_to_cents(view.report.total_cost - planned)
    if not difference:
        return _("as planned")
    sign = "+" if difference > 0 else "\N{MINUS SIGN}"
    amount = sign + language.money(abs(difference))
    return _("Difference: %(difference)s") % {"difference": amount}


def _doubtful_cost(view: ReportView) -> Decimal | None:
    """Return what the frames in doubt may add to the cost; `None` if that is unknown."""
    return next((share.cost for share in view.classes if share.name == "in_doubt"), None)


def _cost_words(report: Report, language: Language, in_doubt: Decimal | None = None) -> str:
    """Describe what a campaign cost, with what frames in doubt may add to it."""
    _, total = language.catalogue.gettext, report.total_cost
    if report.unpriced and not total and not in_doubt:
        return _("not reported")
    if report.unpriced:
        return _("at least %(amount)s") % {"amount": language.money(total)}
    if not in_doubt:
        return language.money(total)
    amounts = {"least": language.money(total), "most": language.money(total + in_doubt)}
    return _("%(least)s to %(most)s") % amounts


def _unpriced_words(report: Report, language: Language) -> str | None:
    """Return for how many requests the cost is missing; None where it is known of all."""
    if not report.unpriced:
        return None
    sentence = language.catalogue.ngettext(
        "Octopush did not report the cost of %(count)s request: look at your Octopush account.",
        "Octopush did not report the cost of %(count)s requests: look at your Octopush account.",
        report.unpriced,
    )
    return sentence % {"count": language.number(report.unpriced)}
