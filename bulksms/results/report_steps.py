"""The next steps that a report asks for: doubts, refusals and missing people."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bulksms.ledger import FrameRecord, FrameState
from bulksms.pages.languages import Language
from bulksms.results.api_words import refusal_words
from bulksms.results.campaign_report import is_many_failed, quoted
from bulksms.results.report_view import ReportView

__all__ = ["ReportStep", "report_steps"]

NAMED = 8  # frame numbers in one sentence


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
    report, frames = view.report, view.all_frames
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
    doubtful = [frame for frame in frames if frame.state is FrameState.IN_DOUBT]
    if doubtful:
        sentence = n(
            "%(frames)s: no certain answer came back, so %(count)s person may have the text.",
            "%(frames)s: no certain answer came back, so %(count)s people may have the text.",
            _people(doubtful),
        )
        yield ReportStep(
            sentence=sentence % _values(doubtful, language),
            advice=_("This shows what is known:"),
            command=f"bulksms doubt show {campaign}",
        )
    by_cause: dict[tuple[int | None, str], list[FrameRecord]] = {}
    for frame in frames:
        if frame.state is FrameState.REFUSED:
            by_cause.setdefault((frame.code, frame.message), []).append(frame)
    for (code, message), group in by_cause.items():
        sentence = n(
            "%(frames)s: refused by Octopush, %(count)s person did not get the text.",
            "%(frames)s: refused by Octopush, %(count)s people did not get the text.",
            _people(group),
        )
        cause, details = refusal_words(code, message, language)
        yield ReportStep(
            sentence=sentence % _values(group, language),
            advice=_("Once the cause is corrected, this writes the list to send again:"),
            command=f"bulksms report {campaign} --failed {_('FILE')}",
            cause=cause,
            details=details,
        )
    if report.short:
        sentence = n(
            "Octopush did not take %(count)s person of the accepted requests, without a name.",
            "Octopush did not take %(count)s people of the accepted requests, without naming them.",
            report.short,
        )
        yield ReportStep(sentence=sentence % {"count": language.number(report.short)})


def _people(frames: Sequence[FrameRecord]) -> int:
    return sum(frame.contacts for frame in frames)


def _values(frames: Sequence[FrameRecord], language: Language) -> dict[str, str]:
    """Name some frames, and give the number of their people."""
    numbers = ", ".join(str(frame.number) for frame in frames[:NAMED])
    more = ", …" if len(frames) > NAMED else ""
    named = language.catalogue.ngettext("Request %(numbers)s", "Requests %(numbers)s", len(frames))
    return {
        "frames": named % {"numbers": numbers + more},
        "count": language.number(_people(frames)),
    }
