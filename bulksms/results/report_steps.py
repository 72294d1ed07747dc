"""What a report asks of its reader: doubt to settle, refusals to mend, people to look for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bulksms.ledger import FrameRecord, FrameState
from bulksms.pages import Catalogue
from bulksms.results.campaign_report import is_many_failed, quoted
from bulksms.results.report_view import ReportView

__all__ = ["ReportStep", "report_steps"]

NAMED = 8  # frame numbers in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportStep:
    """One sentence, the command that goes with it, and the cause in the program's own words."""

    sentence: str
    command: str = ""
    cause: str = ""


def report_steps(view: ReportView, words: Catalogue) -> Iterator[ReportStep]:
    """Give the steps, the most urgent first."""
    report, frames = view.report, view.all_frames
    campaign = quoted(report.campaign)
    failed = report.contacts["failed"]
    answered = failed + report.contacts["sent"]
    if is_many_failed(failed, answered):
        share = words.share(failed, answered)
        yield ReportStep(sentence=words.say("step_many_failed", share=share))
    doubtful = [frame for frame in frames if frame.state is FrameState.IN_DOUBT]
    if doubtful:
        yield ReportStep(
            sentence=_about("step_doubt", doubtful, words),
            command=f"bulksms doubt show {campaign}",
        )
    by_cause: dict[tuple[int | None, str], list[FrameRecord]] = {}
    for frame in frames:
        if frame.state is FrameState.REFUSED:
            by_cause.setdefault((frame.code, frame.message), []).append(frame)
    for (code, message), group in by_cause.items():
        yield ReportStep(
            sentence=_about("step_failed", group, words),
            command=f"bulksms report {campaign} --failed {words.say('file_word')}",
            cause=message if code is None else f"code {code}. {message}",
        )
    if report.short:
        yield ReportStep(sentence=words.say("step_short", report.short))


def _about(key: str, frames: Sequence[FrameRecord], words: Catalogue) -> str:
    numbers = ", ".join(str(frame.number) for frame in frames[:NAMED])
    more = ", …" if len(frames) > NAMED else ""
    named = words.say("frames_named", len(frames), numbers=numbers + more)
    return words.say(key, sum(frame.contacts for frame in frames), frames=named)
