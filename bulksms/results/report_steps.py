"""The next steps that a report asks for: doubts, refusals and missing people."""

from collections.abc import Iterator
from dataclasses import dataclass

from bulksms.pages.languages import Language
from bulksms.results.campaign_report import is_many_failed, quoted
from bulksms.results.report_view import ReportView
from bulksms.results.unfinished import group_words, refusals_of

__all__ = ["ReportStep", "report_steps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStep:
    """One sentence, why it came so, and the command that goes with it.

    Attributes:
        details: what Octopush says of the cause in its own words.
    """

    sentence: str
    advice: str = ""
    command: str = ""
    cause: str = ""
    details: str | None = None


def report_steps(view: ReportView, language: Language) -> Iterator[ReportStep]:
    """Yield the steps, the most urgent first."""
    _, n = language.catalogue.gettext, language.catalogue.ngettext
    report, doubtful = view.report, view.in_doubt
    campaign = quoted(report.campaign)
    failed = report.contacts["failed"]
    answered = failed + report.contacts["sent"]
    if is_many_failed(failed, answered):
        share = language.percent(failed / answered)
        yield ReportStep(
            sentence=_(
                "%(share)s of the people whose request was answered were refused: find the cause "
                "before you send more."
            )
            % {"share": share}
        )
    if doubtful is not None:
        sentence = n(
            "%(frames)s: no certain answer came back, so %(count)s person may have the text.",
            "%(frames)s: no certain answer came back, so %(count)s people may have the text.",
            doubtful.contacts,
        )
        yield ReportStep(
            sentence=sentence % group_words(doubtful, language),
            advice=_("This shows what is known:"),
            command=f"bulksms doubt show {campaign}",
        )
    for refusal in refusals_of(view.refused, language):
        yield ReportStep(
            sentence=refusal.sentence,
            advice=_("Once the cause is corrected, this writes the list to send again:"),
            command=f"bulksms report {campaign} --failed {_('FILE')}",
            cause=refusal.cause,
            details=refusal.details,
        )
    if report.short:
        sentence = n(
            "Octopush did not take %(count)s person of the accepted requests, without a name.",
            "Octopush did not take %(count)s people of the accepted requests, without naming them.",
            report.short,
        )
        yield ReportStep(sentence=sentence % {"count": language.number(report.short)})
