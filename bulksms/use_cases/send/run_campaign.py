"""Posts what a campaign in the ledger has left to post, and writes the results meanwhile."""

from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from functools import partial

from bulksms.clock import Clock
from bulksms.errors import RuleError, SettingsError
from bulksms.ledger import (
    AuditAction,
    CampaignRecord,
    Ledger,
    OrderKind,
    OrderRecord,
    ProofRecord,
)
from bulksms.octopush import Credentials
from bulksms.results.result_files import ResultFiles
from bulksms.sender import ClockCheck, expiry_after, explain_expired, is_send_time_past
from bulksms.sender.send_frames import send_frames
from bulksms.use_cases.context import (
    MAX_UNDELIVERED,
    RunContext,
    RunOptions,
    RunResult,
    require_credentials,
)
from bulksms.use_cases.orders.campaign_orders import close_stopped, obey_orders
from bulksms.use_cases.orders.retry_refused import retry_refused
from bulksms.use_cases.personal_data.purge_campaigns import apply_retention
from bulksms.use_cases.prepare.corrected_campaign import drop_replaced_frames
from bulksms.use_cases.reporting.reports import (
    delimiter_of,
    recorded_outputs,
    results_path,
    summarise_campaign,
    write_results,
)
from bulksms.use_cases.send.live_results import LiveResults
from bulksms.use_cases.send.post_seeds import SeedPoster
from bulksms.use_cases.send.sender_hooks import gate_of, rows_of
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from

__all__ = ["run_campaign", "run_locked"]

WAITING = "Another campaign of this account is being sent; waiting for it."
EXPIRED = "dropped: its sending time had passed before it was posted"


def run_campaign(name: str, run_options: RunOptions, context: RunContext) -> RunResult:
    """Post every frame that a campaign has left.

    Raises:
        CampaignNotFound: there is none of that name.
        SettingsError: no credentials, or a rehearsal would continue for real.
        RuleError: its sending time has passed, it has expired, or an order keeps it back.
        LedgerError: the ledger cannot be used, or another process is sending.
    """
    credentials = require_credentials(context.settings)
    with ledger_to_send_from(context.settings, context.observer) as ledger:
        record = ledger.campaigns.get(name)
        with ledger.locks.campaign(record.name):
            record_run = partial(
                ledger.audit.record,
                person=context.person,
                campaign=record.name,
                digest=record.digest,
            )
            record_run(AuditAction.RUN)
            result = run_locked(ledger, record, run_options, context, credentials)
            report = result.report
            record_run(AuditAction.END, counts=report.contacts, cost=report.total_cost)
        apply_retention(ledger, context)
        return result


def run_locked(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> RunResult:
    """Post what is left of a campaign whose lock the caller holds."""
    if record.rehearsal != context.settings.rehearsal:
        begun = "as a rehearsal" if record.rehearsal else "with a real key"
        raise SettingsError(
            f"The campaign {record.name} was begun {begun}: continue it with such a key.",
            code="campaign_of_another_kind",
        )
    account = credentials.account_at(context.settings.base_url)
    record = _of_account(ledger, record, account)
    if run_options.max_undelivered is not None:
        ledger.campaigns.set_limit(record.id, MAX_UNDELIVERED, run_options.max_undelivered)
    obey_orders(ledger, record, _resume_order(run_options, context.clock))
    with ledger.locks.account(
        account,
        lambda: context.observer.note(WAITING),
        context.stop,
        lambda: ledger.orders.in_force(record.id) is not None,
    ):
        # When a signal or an order ends the wait, the sender sees it too and posts nothing.
        return _post_frames(ledger, record, run_options, context, credentials)


def _resume_order(run_options: RunOptions, clock: Clock) -> OrderRecord | None:
    if run_options.resumed_by is None:
        return None
    return OrderRecord(kind=OrderKind.RESUME, who=run_options.resumed_by, at=clock.now())


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


def _post_frames(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> RunResult:
    if run_options.retry_refused:
        retry_refused(ledger, record, context.clock.now(), context.observer.note)
    clock_check = _check_clock(ledger, record, context, credentials)
    drop_replaced_frames(ledger, record, context.clock.now())
    _refuse_past_send_time(ledger, record, context.clock)
    record = _approved_late(ledger, record, run_options, context.clock)
    is_left = ledger.frames.any_left(record.id)
    outputs = recorded_outputs(record)
    path = results_path(run_options.results or outputs.results, record.name, context.settings)
    delimiter = delimiter_of(record, run_options.delimiter)
    seeds = SeedPoster(
        ledger=ledger,
        record=record,
        context=context,
        credentials=credentials,
        clock_check=clock_check,
    )
    results_writer = LiveResults(ledger, record, path, delimiter, context, seeds)
    results_writer.write_first()
    try:
        verdict = send_frames(
            ledger,
            lambda: context.connect(credentials),
            record,
            replace(
                seeds.leave_budget(run_options.pacing),
                closed_hours=gate_of(ledger, record, run_options.hours, context.clock),
            ),
            context.clock,
            results_writer,
            context.stop,
            proof=_proof(ledger, context, credentials),
            row_lookup=rows_of(ledger, record),
            clock_check=clock_check,
            learnt_price=_learnt_price(ledger, record),
        )
        seeds.end(verdict.state)
    except BaseException:
        results_writer.refresh()
        raise
    close_stopped(ledger, record)
    files = ResultFiles(
        results=path,
        contact_results=run_options.contact_results or outputs.contact_results,
        report=run_options.report or outputs.report,
        report_options=run_options.report_options if run_options.report else outputs.report_options,
    )
    unwritten = write_results(ledger, record.name, files, delimiter, context)
    report = replace(summarise_campaign(ledger, record.name), nothing_new=not is_left)
    return RunResult(report=report, cause=verdict.cause, results=path, unwritten=unwritten)


def _check_clock(
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


def _learnt_price(ledger: Ledger, record: CampaignRecord) -> Decimal | None:
    """What one SMS of this type cost in the account's last campaign; None when there is none."""
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
    ledger.campaigns.set_state(record.id, "stopped", reason)
    raise RuleError(
        f"The campaign {record.name} was to be sent at {send_at}, which has passed. The API would "
        f"send the {dropped:,} frames left at once, so they were dropped: send the file again "
        "with another --send-at; only people who did not get the text are in it.",
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


def _proof(ledger: Ledger, context: RunContext, credentials: Credentials) -> ProofRecord | None:
    """Return the proof that this account refuses a repeated request id, if it still counts."""
    base_url = context.settings.base_url
    proof = ledger.proofs.get(credentials.account_at(base_url))
    return proof if proof and proof.valid(context.clock.now(), base_url) else None
