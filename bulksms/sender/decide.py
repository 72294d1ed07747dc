"""What one outcome means for one frame: its next state, and whether the line goes on.

A pure function over values; the limits that need memory (two in a row, sums of money) are
the line's (`reliability.md` section 2.4, whose rows the comments name).
"""

from dataclasses import dataclass, field

from bulksms.ledger import Answer, FrameRecord, FrameState
from bulksms.octopush.answers import LONGEST_WAIT
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome, RefusalScope, Refused, Unknown
from bulksms.sender.interface import RunOutcome, StopCause
from bulksms.sender.spending import Spending

__all__ = ["Decision", "FrameHistory", "decide"]

TAKEN = frozenset({FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT})
SHORT_SHARE = 0.05  # of a frame's contacts; more than this is not explained by opt-outs


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameHistory:
    """What is known of a frame besides the answer to its last post.

    `posted_before` and `unknown_before` speak of earlier posts of the same request id: whether
    there was one, and whether one may have been taken. `protected` says that a repeat is
    refused by the API if it was. `opt_outs_left_out` says that the API was asked to leave out
    whoever opted out there, which explains a short count.
    """

    posted_before: bool = False
    unknown_before: bool = False
    protected: bool = False
    refusals_burn: bool | None = None
    opt_outs_left_out: bool = True
    spending: Spending = field(default_factory=Spending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The next state of a frame, what to write down with it, and the end of the line if any.

    `again` says that the very same frame is to be posted again, if it is not in doubt or a
    repeat is known to be refused; after `retry_after` seconds if given, and one time only if
    `once`. `split` says that its people may go in smaller frames, and `part` that it is one on
    the way to a bad contact. `answered` says that the other side spoke; `inferred` that the
    frame is known to be taken, but not from an answer to it.
    """

    state: FrameState
    answer: Answer = field(default_factory=Answer)
    end: RunOutcome | None = None
    retry_after: float | None = None
    again: bool = False
    once: bool = False
    split: bool = False
    part: bool = False
    answered: bool = True
    inferred: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether the API has the frame."""
        return self.state in TAKEN


def decide(frame: FrameRecord, outcome: Outcome, terms: FrameHistory = FrameHistory()) -> Decision:
    """Say what an outcome makes of the frame that was posted."""
    match outcome:
        case Accepted():
            return _accepted(frame, outcome, terms)
        case Refused():
            return _refused(frame, outcome, terms)
        case NotSent():
            return _not_sent(outcome, terms)
        case Unknown(duplicate=True):
            return _duplicate(frame, outcome, terms)
        case Unknown():
            return _unknown(frame, outcome)


def _accepted(frame: FrameRecord, outcome: Accepted, terms: FrameHistory) -> Decision:
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
    if not 0 < taken <= frame.contacts:  # row 13
        reason = (
            f"The API says it took {taken} of {frame.contacts} contacts of frame {frame.number}, "
            "which cannot be: ask Octopush about this frame."
        )
        return Decision(
            state=FrameState.IN_DOUBT, answer=answer, end=_stop(reason, StopCause.ACCOUNT)
        )
    dear = _too_dear(frame, outcome, terms.spending)
    if taken == frame.contacts:
        return Decision(state=FrameState.ACCEPTED, answer=answer, end=dear)
    missing = frame.contacts - taken
    answer["message"] = (
        f"{missing} of {frame.contacts} contacts were not taken, it is not known who"
    )
    explained = terms.opt_outs_left_out and missing <= SHORT_SHARE * frame.contacts
    short = None if explained else _too_short(frame, taken)
    return Decision(state=FrameState.ACCEPTED_SHORT, answer=answer, end=short or dear)


def _too_short(frame: FrameRecord, taken: int) -> RunOutcome:
    reason = (
        f"The API took only {taken} of {frame.contacts} contacts of frame {frame.number}: "
        "find out why before you resume."
    )
    return _stop(reason, StopCause.CAMPAIGN)


def _too_dear(frame: FrameRecord, outcome: Accepted, spending: Spending) -> RunOutcome | None:
    excess = spending.excess(frame, outcome)
    if excess is None:
        return None
    reason = f"{excess}: check the text and the price; resume goes on at this price."
    return _stop(reason, StopCause.COST)


def _refused(frame: FrameRecord, outcome: Refused, terms: FrameHistory) -> Decision:
    end = None
    if outcome.scope is RefusalScope.CAMPAIGN:
        reason = f"The API refused frame {frame.number}, and would refuse all: {outcome.reason}"
        end = _stop(reason, StopCause.CAMPAIGN)
    answer = Answer(code=outcome.code, message=outcome.message or outcome.reason)
    if terms.unknown_before:
        # This post was refused, but an earlier one may have been taken all the same.
        return Decision(state=FrameState.IN_DOUBT, answer=answer, end=end)
    split = outcome.scope is RefusalScope.FRAME
    return Decision(state=FrameState.REFUSED, answer=answer, end=end, split=split)


def _not_sent(outcome: NotSent, terms: FrameHistory) -> Decision:
    end = None
    if outcome.stop:
        end = _stop(outcome.reason, StopCause.ACCOUNT)
    elif outcome.retry_after is not None and outcome.retry_after > LONGEST_WAIT:
        minutes = round(outcome.retry_after / 60)
        reason = f"The API asks us to wait {minutes} minutes: resume after that."
        end = RunOutcome(state="paused", reason=reason, cause=StopCause.ACCOUNT)
    # What was not taken now may have been taken before.
    state = FrameState.IN_DOUBT if terms.unknown_before else FrameState.PLANNED
    return Decision(
        state=state,
        answer=Answer(code=outcome.code, message=outcome.reason, repeatable=terms.unknown_before),
        end=end,
        retry_after=outcome.retry_after,
        again=end is None,
        split=outcome.too_large and not terms.unknown_before,
        answered=(outcome.date, outcome.code, outcome.retry_after) != (None, None, None),
    )


def _duplicate(frame: FrameRecord, outcome: Unknown, terms: FrameHistory) -> Decision:
    """Judge the answer that this request id is known already (rows 18 to 20)."""
    answer = Answer(code=outcome.code, message=outcome.reason)
    if terms.unknown_before and terms.protected:
        answer["message"] = (
            "inferred: the API refused a repeat, so an earlier post of this frame had been taken"
        )
        return Decision(state=FrameState.ACCEPTED, answer=answer, inferred=True)
    if terms.unknown_before:
        answer["message"] = f"likely sent: {outcome.reason}"
        return Decision(state=FrameState.IN_DOUBT, answer=answer)
    if terms.posted_before:
        known = "as was proved of this account" if terms.refusals_burn else "it seems"
        reason = (
            f"Frame {frame.number} is in doubt, and nothing more is sent: the API knows its "
            "request id though no earlier post of it was taken, so another copy of this campaign "
            f"is or was sending, or refusals use ids up, {known}. Ask Octopush before you resume."
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
        answer=Answer(code=outcome.code, message=outcome.reason, repeatable=not outcome.stop),
        end=end,
        retry_after=outcome.retry_after,
        again=not outcome.stop,
        once=outcome.once,
    )


def _stop(reason: str, cause: StopCause) -> RunOutcome:
    return RunOutcome(state="stopped", reason=reason, cause=cause)
