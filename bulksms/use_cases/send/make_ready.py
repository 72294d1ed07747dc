"""Makes a campaign in the ledger ready to be posted, here or by workers."""

from contextlib import closing
from dataclasses import replace
from decimal import Decimal

from bulksms.clock import Clock
from bulksms.count_words import count_of
from bulksms.errors import RuleError, SettingsError
from bulksms.ledger import CampaignRecord, Ledger, ProofRecord
from bulksms.octopush import Credentials
from bulksms.sender import (
    ClockCheck,
    Pacing,
    StopCause,
    expiry_after,
    explain_begun_ahead,
    explain_expired,
    is_send_time_past,
)
from bulksms.use_cases.context import MAX_UNDELIVERED, RunContext, RunOptions
from bulksms.use_cases.opt_outs.apply_opt_outs import leave_out_refusals
from bulksms.use_cases.orders.campaign_orders import obey_orders
from bulksms.use_cases.orders.retry_refused import retry_refused
from bulksms.use_cases.prepare.corrected_campaign import drop_replaced_frames
from bulksms.use_cases.send.post_seeds import SeedPoster
from bulksms.use_cases.send.sender_hooks import gate_of

__all__ = [
    "check_clock",
    "find_proof",
    "learnt_price",
    "make_ready",
    "pacing_of",
    "require_mode",
    "take_up",
]

EXPIRED = "dropped: its sending time had passed before it was posted"


def take_up(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> CampaignRecord:
    """Check that a campaign may be continued with these credentials and orders.

    The caller holds the lock of the campaign.

    Raises:
        SettingsError: it was begun in another mode, or under another account.
        RuleError: an order keeps it back.
    """
    require_mode(record, context)
    account = credentials.account_at(context.settings.base_url)
    record = _of_account(ledger, record, account)
    if run_options.max_undelivered is not None:
        ledger.campaigns.set_limit(record.id, MAX_UNDELIVERED, run_options.max_undelivered)
    obey_orders(ledger, record, run_options.resume_order)
    return record


def require_mode(record: CampaignRecord, context: RunContext) -> None:
    """Refuse a rehearsal with a real key, and the reverse.

    Raises:
        SettingsError: the campaign was begun in the other mode.
    """
    if record.rehearsal != context.settings.rehearsal:
        begun = "as a rehearsal" if record.rehearsal else "with a real key"
        raise SettingsError(
            f"The campaign {record.name} was begun {begun}: continue it with such a key.",
            code="campaign_of_another_kind",
        )


def make_ready(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> tuple[CampaignRecord, ClockCheck]:
    """Plan the frames that may be posted now, drop the others, and return the campaign.

    The caller holds the lock of the campaign.

    Raises:
        RuleError: the clock is or was wrong, the sending time has passed, or the campaign has
            expired.
    """
    if run_options.retry_refused:
        retry_refused(ledger, record, context.clock.now(), context.observer.note)
    clock_check = check_clock(ledger, record, context, credentials)
    _refuse_begun_ahead(ledger, record, context.clock)
    drop_replaced_frames(ledger, record, context.clock.now())
    leave_out_refusals(ledger, record, context.clock.now())
    _refuse_past_send_time(ledger, record, context.clock)
    return _approved_late(ledger, record, run_options, context.clock), clock_check


def _of_account(ledger: Ledger, record: CampaignRecord, account: str) -> CampaignRecord:
    """Refuse a campaign that was begun under another account; an old one gets this account.

    Raises:
        SettingsError: its account or address is another one.
    """
    if record.account is None:
        ledger.campaigns.set_account(record.id, account)
        return replace(record, account=account)
    if record.account != account:
        raise SettingsError(
            f"The campaign {record.name} was begun under another login or API address: use "
            "those again, or send the file as a new campaign. Nothing was sent.",
            code="campaign_of_another_account",
        )
    return record


def check_clock(
    ledger: Ledger, record: CampaignRecord, context: RunContext, credentials: Credentials
) -> ClockCheck:
    """Compare the clock with the API's before anything is judged by it.

    Raises:
        RuleError: it is wrong, and there is something left to post.
    """
    clock_check = ClockCheck(context.clock, ledger.history.newest_change())
    if ledger.frames.any_left(record.id):
        with closing(context.connect(credentials)) as connection:
            clock_check.ask(connection)
        error = clock_check.explain_error()
        if error is not None:
            raise RuleError(error, code="clock_wrong")
    return clock_check


def _refuse_begun_ahead(ledger: Ledger, record: CampaignRecord, clock: Clock) -> None:
    """Refuse a campaign whose people were compared with the ledger by a clock that was ahead.

    Raises:
        RuleError: it was, and there is something left to post.
    """
    why = explain_begun_ahead(record, clock.now())
    if why is not None and ledger.frames.any_left(record.id):
        raise RuleError(why, code="campaign_begun_ahead", name=record.name)


def learnt_price(ledger: Ledger, record: CampaignRecord) -> Decimal | None:
    """Return the cost of one SMS of this type in the account's last campaign; None without one."""
    if record.account is None:
        return None
    learnt = ledger.history.learnt_price(record.account, str(record.parameters.get("type")))
    return None if learnt is None else learnt.cost / learnt.sms


def _refuse_past_send_time(ledger: Ledger, record: CampaignRecord, clock: Clock) -> None:
    """Drop what is left of a campaign whose sending time has passed: the API would send at once.

    The dropped frames were never posted, so their people may be in another campaign.
    """
    if not is_send_time_past(record, clock.now()):
        return
    dropped = ledger.settlements.drop_planned(record.id, clock.now(), EXPIRED)
    if not dropped:
        return
    send_at = record.parameters["send_at"]
    reason = f"The sending time {send_at} has passed; the frames left were dropped."
    ledger.campaigns.set_state(record.id, "stopped", reason, StopCause.EXPIRED)
    raise RuleError(
        f"The campaign {record.name} was to be sent at {send_at}, which has passed. The API would "
        f"send the rest at once, so {count_of(dropped, 'frame was', 'frames were')} dropped: "
        "send the file again with another --send-at; only people who did not get the text are "
        "in it.",
        code="send_time_missed",
    )


def _approved_late(
    ledger: Ledger, record: CampaignRecord, run_options: RunOptions, clock: Clock
) -> CampaignRecord:
    """Refuse to continue an expired campaign without a new approval; a finished one is reported."""
    why = explain_expired(record, clock.now())
    if why is None or not ledger.frames.any_left(record.id):
        return record
    if not run_options.approve_late:
        raise RuleError(why, code="campaign_expired")
    until = expiry_after(clock.now(), run_options.expires_after)
    ledger.campaigns.extend(record.id, until)
    return replace(record, expires_at=until)


def find_proof(ledger: Ledger, context: RunContext, credentials: Credentials) -> ProofRecord | None:
    """Return the proof that this account refuses a repeated request id, if it still counts."""
    base_url = context.settings.base_url
    proof = ledger.proofs.get(credentials.account_at(base_url))
    return proof if proof and proof.valid(context.clock.now(), base_url) else None


def pacing_of(run_options: RunOptions, seeds: SeedPoster, clock: Clock) -> Pacing:
    """Return how frames are posted: in the hours of their people, with money left for the seeds."""
    return replace(
        seeds.leave_budget(run_options.pacing),
        closed_hours=gate_of(seeds.ledger, seeds.record, run_options.hours, clock),
    )
