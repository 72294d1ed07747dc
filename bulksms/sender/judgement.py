"""What one outcome means for one frame: its next state, and whether the line goes on.

A pure function over values; the limits that need memory (two in a row, sums of money) are
the line's (`reliability.md` section 2.4).
"""

from dataclasses import dataclass, field

from bulksms.ledger import Answer, FrameRecord, FrameState
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome, Refused, Scope, Unknown
from bulksms.sender.interface import Cause, Verdict

__all__ = ["Judgement", "judge"]

SHORT_SHARE = 0.05  # of a frame's contacts; more than this is not explained by opt-outs
LONGEST_WAIT = 900.0  # seconds the API may ask us to wait before we pause instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The next state of a frame, what to write down with it, and the end of the line if any."""

    state: FrameState
    answer: Answer = field(default_factory=Answer)
    end: Verdict | None = None
    retry_after: float | None = None


def judge(frame: FrameRecord, outcome: Outcome, expected_sms: int | None = None) -> Judgement:
    """Say what an outcome makes of the frame that was posted."""
    match outcome:
        case Accepted():
            return _accepted(frame, outcome, expected_sms)
        case Refused():
            return _refused(frame, outcome)
        case NotSent():
            return _not_sent(outcome)
        case Unknown():
            return _unknown(frame, outcome)


def _accepted(frame: FrameRecord, outcome: Accepted, expected_sms: int | None) -> Judgement:
    answer = Answer(
        ticket=outcome.ticket,
        number_of_contacts=outcome.number_of_contacts,
        number_of_sms_needed=outcome.number_of_sms_needed,
        total_cost=outcome.total_cost,
        residual_credit=outcome.residual_credit,
        code=None,
        message=outcome.message,
    )
    taken = outcome.number_of_contacts
    counts = f"{taken} of {frame.contacts} contacts of frame {frame.number}"
    if not 0 < taken <= frame.contacts:
        reason = f"The API says it took {counts}, which cannot be: ask Octopush about this frame."
        end = Verdict(state="stopped", reason=reason, cause=Cause.ACCOUNT)
        return Judgement(state=FrameState.IN_DOUBT, answer=answer, end=end)
    if taken < frame.contacts:
        missing = (frame.contacts - taken) / frame.contacts
        reason = f"The API took only {counts}: find out why before you resume."
        end = Verdict(state="stopped", reason=reason, cause=Cause.CAMPAIGN)
        short = None if missing <= SHORT_SHARE else end
        end_of_line = short or _too_dear(frame, outcome, expected_sms)
        return Judgement(state=FrameState.ACCEPTED_SHORT, answer=answer, end=end_of_line)
    dear = _too_dear(frame, outcome, expected_sms)
    return Judgement(state=FrameState.ACCEPTED, answer=answer, end=dear)


def _too_dear(frame: FrameRecord, outcome: Accepted, expected_sms: int | None) -> Verdict | None:
    needed = outcome.number_of_sms_needed
    if expected_sms is None or needed is None or needed <= expected_sms:
        return None
    reason = (
        f"Frame {frame.number} needed {needed} SMS where {expected_sms} were planned: "
        "check the text and the price before you resume."
    )
    return Verdict(state="stopped", reason=reason, cause=Cause.COST)


def _refused(frame: FrameRecord, outcome: Refused) -> Judgement:
    end = None
    if outcome.scope is Scope.CAMPAIGN:
        reason = f"The API refused frame {frame.number}, and would refuse all: {outcome.reason}"
        end = Verdict(state="stopped", reason=reason, cause=Cause.CAMPAIGN)
    answer = Answer(code=outcome.code, message=outcome.message or outcome.reason)
    return Judgement(state=FrameState.REFUSED, answer=answer, end=end)


def _not_sent(outcome: NotSent) -> Judgement:
    end = None
    if outcome.stop:
        end = Verdict(state="stopped", reason=outcome.reason, cause=Cause.ACCOUNT)
    elif outcome.retry_after is not None and outcome.retry_after > LONGEST_WAIT:
        minutes = round(outcome.retry_after / 60)
        reason = f"The API asks us to wait {minutes} minutes: resume after that."
        end = Verdict(state="paused", reason=reason, cause=Cause.ACCOUNT)
    return Judgement(
        state=FrameState.PLANNED,
        answer=Answer(code=outcome.code, message=outcome.reason),
        end=end,
        retry_after=outcome.retry_after,
    )


def _unknown(frame: FrameRecord, outcome: Unknown) -> Judgement:
    end = None
    if outcome.stop:
        reason = f"Frame {frame.number} is in doubt, and nothing more is sent: {outcome.reason}"
        end = Verdict(state="stopped", reason=reason, cause=Cause.DOUBT)
    answer = Answer(code=outcome.code, message=outcome.reason)
    return Judgement(state=FrameState.IN_DOUBT, answer=answer, end=end)
