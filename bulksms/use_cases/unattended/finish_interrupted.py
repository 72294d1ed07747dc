"""Finishes the interrupted runs of a repeated campaign before the next one begins."""

from collections.abc import Sequence
from dataclasses import replace

from bulksms.count_words import count_of
from bulksms.errors import RuleError
from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.plan.make_plan import Plan
from bulksms.results.result_files import ResultFiles
from bulksms.sender import StopCause, explain_begun_ahead, explain_expired, is_send_time_past
from bulksms.use_cases.context import RunContext, RunOptions, RunResult, require_credentials
from bulksms.use_cases.orders.campaign_orders import obey_orders
from bulksms.use_cases.prepare.identity import recorded_parameters
from bulksms.use_cases.send.make_ready import check_clock
from bulksms.use_cases.send.resume_campaign import resume_campaign

__all__ = ["explain_corrected", "finish_interrupted", "interrupted_runs"]

# The names of what people would read otherwise, as the ledger records them.
WORDS = ("text", "texts", "text_by", "sender", "purpose", "type")
TOO_LATE = "dropped: too late to be posted; the next run plans its people again"


def interrupted_runs(ledger: Ledger, series: str, *, rehearsal: bool) -> list[CampaignRecord]:
    """Read the runs of a series that have frames to post, the oldest first.

    A run that only has frames in doubt is finished: a person must look them up. Capitals do not
    matter in the name of a series, as they do not in a file name.
    """
    return [
        record
        for record in ledger.campaigns.all()
        if (record.parameters.get("series") or "").casefold() == series.casefold()
        and record.rehearsal == rehearsal
        and not record.is_test
        and ledger.frames.any_unfinished(record.id)
    ]


def finish_interrupted(
    ledger: Ledger,
    series: str,
    run_options: RunOptions,
    context: RunContext,
    *,
    optouts: Sequence[str],
    plan: Plan | None,
) -> tuple[RunResult, ...]:
    """Post what the interrupted runs have left; what is too late is left to the next run.

    The people of frames that are too late were never posted, so the next list may have them.
    Those of `optouts`, which are files, get nothing any more. A run with other words than tonight's
    `plan` stops: someone may have corrected them. It ends with the first run that cannot be
    finished, which is the last result.

    Raises:
        RuleError: a person must decide about frames first; nothing was posted.
        LedgerError: the ledger cannot be used, or another process is sending.
    """
    results: list[RunResult] = []
    own_files = replace(run_options, files=ResultFiles())
    runs = interrupted_runs(ledger, series, rehearsal=context.settings.rehearsal)
    for record in [record for record in runs if _may_be_finished(ledger, record, plan, context)]:
        context.observer.note(f"The run {record.name} was interrupted: it is finished first.")
        results.append(resume_campaign(record.name, own_files, context, optouts=optouts))
        if results[-1].report.state != "done":
            break
    return tuple(results)


def _may_be_finished(
    ledger: Ledger, record: CampaignRecord, plan: Plan | None, context: RunContext
) -> bool:
    """Whether a run is to be finished; what is too late is dropped.

    Raises:
        RuleError: a person must decide about it first, or the clock is wrong.
        LedgerBusy: another process is sending the campaign.
    """
    _refuse_undecided(ledger, record)
    if _is_too_late(record, context):
        # A clock that is wrong must not give up people whom the next list may lack.
        check_clock(ledger, record, context, require_credentials(context.settings))
        _drop_left(ledger, record, context)
        return False
    corrected = None if plan is None else explain_corrected(record, plan)
    if corrected is not None:
        raise RuleError(f"{corrected} Nothing was sent.")
    return True


def _refuse_undecided(ledger: Ledger, record: CampaignRecord) -> None:
    """Stop after a run that was paused, or ended because of doubt: a person must lift that."""
    with ledger.locks.campaign(record.name):
        obey_orders(ledger, record, None)
    in_doubt = ledger.frames.count_by_state(record.id)[FrameState.IN_DOUBT]
    if in_doubt and record.state == "stopped":
        raise RuleError(
            f"The run {record.name} stopped with {count_of(in_doubt, 'frame')} in doubt: settle "
            f"them (`bulksms doubt list`), then `bulksms resume {record.name}`. Nothing was sent."
        )


def explain_corrected(record: CampaignRecord, plan: Plan) -> str | None:
    """Explain which words of a run the campaign file no longer has; `None` when it has all."""
    if not plan.variants:
        return None
    now, before = recorded_parameters(plan), record.parameters
    changed = [name for name in WORDS if now.get(name) != before.get(name)]
    if not changed:
        return None
    return (
        f"The run {record.name} was interrupted, and the campaign file has another "
        f"{' and '.join(changed)} now: `bulksms stop {record.name}` leaves its people to the "
        f"next list and the new words, `bulksms resume {record.name}` sends the old ones."
    )


def _is_too_late(record: CampaignRecord, context: RunContext) -> bool:
    """Whether the next run must plan the people again: it is late, or its clock was ahead."""
    now = context.clock.now()
    explained = explain_expired(record, now) or explain_begun_ahead(record, now)
    return is_send_time_past(record, now) or explained is not None


def _drop_left(ledger: Ledger, record: CampaignRecord, context: RunContext) -> None:
    """Drop the frames that were never posted, unless an operator ordered one of them.

    Raises:
        RuleError: an operator ordered a frame again, and it has expired.
        LedgerBusy: another process is sending the campaign.
    """
    with ledger.locks.campaign(record.name):
        now = context.clock.now()
        ledger.claims.doubt_in_flight(record.id, now)
        left = list(ledger.frame_queries.each(record.id, [FrameState.PLANNED]))
        if any(frame.doubted for frame in left):
            raise RuleError(
                f"A frame of {record.name} was ordered to be sent again and has expired: "
                f"`bulksms resume {record.name} --approve-late` sends it, "
                f"`bulksms doubt drop {record.name}` gives it up. Nothing was sent."
            )
        ledger.settlements.drop_planned(record.id, now, TOO_LATE)
        people = sum(frame.contacts for frame in left)
        reason = (
            f"It was interrupted, and {count_of(people, 'person was', 'people were')} left "
            "to the next run."
        )
        ledger.campaigns.set_state(record.id, "stopped", reason, StopCause.EXPIRED)
    context.observer.note(f"The run {record.name} is too late to finish. {reason}")
