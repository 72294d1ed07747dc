"""Decides what one outcome means for one frame: its next state, and whether the run continues.

A pure function over values; limits that need memory (two in a row, sums of money) are kept by
the queue. The comments name rows of `reliability.md` section 2.4.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bulksms.ledger import FrameRecord, FrameState, RecordedAnswer
from bulksms.octopush.answers import LONGEST_WAIT
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome, RefusalScope, Refused, Unknown
from bulksms.sender.interface import RunOutcome, StopCause
from bulksms.sender.spending import Spending

__all__ = ["Decision", "FrameHistory", "accepted_short_share", "decide"]

ACCEPTED_STATES = frozenset({FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT, FrameState.SIMULATED})
ACCEPTED_SHARE = 0.5  # of a frame's contacts; covered by the first answer
SHORT_SHARE = 0.05  # of a frame's contacts; opt-outs at Octopush do not explain more


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameHistory:
    """The history of a frame, without the answer to its last post.

    `posted_before` and `unknown_before` are about earlier posts of the same request id: whether
    there was one, and whether one may have been accepted. With `protected` the API refuses the
    repeat of an accepted post. With `opt_outs_removed` the API was asked to remove its own
    opted-out numbers, which explains a short count; `accepted_short_share` of a frame's contacts
    may be missing, since a person accepted that. A `simulated` post sends no text.
    """

    posted_before: bool = False
    unknown_before: bool = False
    protected: bool = False
    refusals_burn: bool | None = None
    opt_outs_removed: bool = True
    accepted_short_share: float = 0.0
    simulated: bool = False
    spending: Spending = field(default_factory=Spending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The next state of a frame, what to record with it, and the end of the run if any.

    With `repeat` the same frame is to be posted again, unless it is in doubt and a repeat is
    not known to be refused; after `retry_after` seconds if given, and only once with
    `repeat_once`. With `split` its contacts may go in smaller frames; `is_part` marks a frame
    that was cut to find a bad contact. `answered` says that the server answered at all;
    `inferred` that the frame is known to be accepted, but not from an answer to it.
    """

    state: FrameState
    answer: RecordedAnswer = field(default_factory=RecordedAnswer)
    end: RunOutcome | None = None
    retry_after: float | None = None
    repeat: bool = False
    repeat_once: bool = False
    split: bool = False
    is_part: bool = False
    answered: bool = True
    inferred: bool = False

    @property
    def is_accepted(self) -> bool:
        """Whether the API has accepted the frame."""
        return self.state in ACCEPTED_STATES


def decide(
    frame: FrameRecord, outcome: Outcome, history: FrameHistory = FrameHistory()
) -> Decision:
    """Decide what an outcome means for the frame that was posted."""
    match outcome:
        case Accepted():
            return _accepted(frame, outcome, history)
        case Refused():
            return _refused(frame, outcome, history)
        case NotSent():
            return _not_sent(outcome, history)
        case Unknown(duplicate=True):
            return _duplicate(frame, outcome, history)
        case Unknown():
            return _unknown(frame, outcome)


def _accepted(frame: FrameRecord, outcome: Accepted, history: FrameHistory) -> Decision:
    answer = RecordedAnswer(
        ticket=outcome.ticket,
        number_of_contacts=outcome.number_of_contacts,
        number_of_sms_needed=outcome.number_of_sms_needed,
        total_cost=outcome.total_cost,
        residual_credit=outcome.residual_credit,
        code=None,
        message=outcome.message,
    )
    accepted = outcome.number_of_contacts
    if not 0 < accepted <= frame.contacts:  # row 13
        reason = (
            f"Octopush says that it accepted {accepted} of {frame.contacts:,} contacts of frame "
            f"{frame.number}, which is impossible: ask Octopush about this frame."
        )
        return Decision(
            state=FrameState.IN_DOUBT, answer=answer, end=_stop(reason, StopCause.ACCOUNT)
        )
    over_plan = _over_plan(frame, outcome, history.spending)
    if accepted == frame.contacts:
        state = FrameState.SIMULATED if history.simulated else FrameState.ACCEPTED
        return Decision(state=state, answer=answer, end=over_plan)
    missing = frame.contacts - accepted
    answer["message"] = (
        f"{missing} of {frame.contacts:,} contacts were not accepted, which ones is unknown"
    )
    allowed = max(SHORT_SHARE if history.opt_outs_removed else 0.0, history.accepted_short_share)
    short = None if missing <= allowed * frame.contacts else _too_short(frame, accepted)
    state = FrameState.SIMULATED if history.simulated else FrameState.ACCEPTED_SHORT
    return Decision(state=state, answer=answer, end=short or over_plan)


def _too_short(frame: FrameRecord, accepted: int) -> RunOutcome:
    reason = (
        f"Octopush accepted only {accepted} of {frame.contacts:,} contacts of frame "
        f"{frame.number}: find out why. `bulksms resume` accepts this for the rest of the "
        "campaign, and --accept short_frames from the start."
    )
    return _stop(reason, StopCause.SHORT)


def accepted_short_share(frames: Iterable[FrameRecord], *, opt_outs_removed: bool) -> float:
    """The share of a frame that may be missing, since a run stopped for it and was resumed.

    One answer is for the whole campaign, but not for frames that lack far more.
    """
    explained = SHORT_SHARE if opt_outs_removed else 0.0
    shares = [
        1 - frame.number_of_contacts / frame.contacts
        for frame in frames
        if frame.state is FrameState.ACCEPTED_SHORT and frame.number_of_contacts is not None
    ]
    largest = max(shares, default=0.0)
    return max(ACCEPTED_SHARE, 1.5 * largest) if largest > explained else 0.0


def _over_plan(frame: FrameRecord, outcome: Accepted, spending: Spending) -> RunOutcome | None:
    excess = spending.excess(frame, outcome)
    if excess is None:
        return None
    reason = f"{excess}: check the text and the price; `bulksms resume` continues at this price."
    return _stop(reason, StopCause.COST)


def _refused(frame: FrameRecord, outcome: Refused, history: FrameHistory) -> Decision:
    end = None
    if outcome.scope is RefusalScope.CAMPAIGN:
        reason = f"Octopush refused frame {frame.number}, and would refuse all: {outcome.reason}"
        end = _stop(reason, StopCause.CAMPAIGN)
    answer = RecordedAnswer(code=outcome.code, message=outcome.message or outcome.reason)
    if history.unknown_before:
        # This post was refused, but an earlier one may have been accepted.
        return Decision(state=FrameState.IN_DOUBT, answer=answer, end=end)
    split = outcome.scope is RefusalScope.FRAME
    return Decision(state=FrameState.REFUSED, answer=answer, end=end, split=split)


def _not_sent(outcome: NotSent, history: FrameHistory) -> Decision:
    end = None
    if outcome.stop:
        end = _stop(outcome.reason, StopCause.ACCOUNT)
    elif outcome.retry_after is not None and outcome.retry_after > LONGEST_WAIT:
        minutes = round(outcome.retry_after / 60)
        reason = f"Octopush asks to wait {minutes} minutes: resume after that."
        end = RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)
    # What was not accepted now may have been accepted before.
    state = FrameState.IN_DOUBT if history.unknown_before else FrameState.PLANNED
    return Decision(
        state=state,
        answer=RecordedAnswer(
            code=outcome.code, message=outcome.reason, repeatable=history.unknown_before
        ),
        end=end,
        retry_after=outcome.retry_after,
        repeat=end is None,
        split=outcome.too_large and not history.unknown_before,
        answered=(outcome.date, outcome.code, outcome.retry_after) != (None, None, None),
    )


def _duplicate(frame: FrameRecord, outcome: Unknown, history: FrameHistory) -> Decision:
    """Decide after the answer that this request id is already known (rows 18 to 20)."""
    answer = RecordedAnswer(code=outcome.code, message=outcome.reason)
    if history.unknown_before and history.protected:
        answer["message"] = (
            "inferred: Octopush refused a repeat, so it had accepted an earlier post of this frame"
        )
        return Decision(state=FrameState.ACCEPTED, answer=answer, inferred=True)
    if history.unknown_before:
        answer["message"] = f"likely sent: {outcome.reason}"
        return Decision(state=FrameState.IN_DOUBT, answer=answer)
    if history.posted_before:
        evidence = "as was proved on this account" if history.refusals_burn else "it seems"
        reason = (
            f"Frame {frame.number} is in doubt, and nothing more is sent: Octopush knows its "
            "request id though no earlier post of it was accepted. Another copy of this campaign "
            f"is or was sending, or refused requests use up their id, {evidence}. "
            "Ask Octopush before you resume."
        )
        return Decision(
            state=FrameState.IN_DOUBT, answer=answer, end=_stop(reason, StopCause.DOUBT)
        )
    return _unknown(frame, outcome)


def _unknown(frame: FrameRecord, outcome: Unknown) -> Decision:
    end = None
    if outcome.stop:
        reason = f"Frame {frame.number} is in doubt, and nothing more is sent: {outcome.reason}"
        end = _stop(reason, StopCause.DOUBT)
    return Decision(
        state=FrameState.IN_DOUBT,
        answer=RecordedAnswer(
            code=outcome.code, message=outcome.reason, repeatable=not outcome.stop
        ),
        end=end,
        retry_after=outcome.retry_after,
        repeat=not outcome.stop,
        repeat_once=outcome.once,
    )


def _stop(reason: str, cause: StopCause) -> RunOutcome:
    return RunOutcome(state="stopped", reason=reason, cause=cause)
