"""Posts what a campaign in the ledger has left to post, and writes the results meanwhile."""

from dataclasses import replace
from functools import partial

from bulksms.ledger import AuditAction, CampaignRecord, Ledger
from bulksms.octopush import Credentials
from bulksms.results.result_files import ResultFiles
from bulksms.sender.send_frames import send_frames
from bulksms.use_cases.context import (
    RunContext,
    RunOptions,
    RunResult,
    require_credentials,
)
from bulksms.use_cases.orders.campaign_orders import close_stopped
from bulksms.use_cases.personal_data.purge_campaigns import apply_retention
from bulksms.use_cases.reporting.reports import (
    delimiter_of,
    recorded_outputs,
    results_path,
    summarise_campaign,
    write_results,
)
from bulksms.use_cases.send.live_results import LiveResults
from bulksms.use_cases.send.make_ready import (
    find_proof,
    learnt_price,
    make_ready,
    pacing_of,
    take_up,
)
from bulksms.use_cases.send.post_seeds import SeedPoster
from bulksms.use_cases.send.sender_hooks import rows_of
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from

__all__ = ["run_campaign", "run_locked"]

WAITING = "Another campaign of this account is being sent; waiting for it."


def run_campaign(name: str, run_options: RunOptions, context: RunContext) -> RunResult:
    """Post every frame that a campaign has left.

    Raises:
        CampaignNotFound: there is no campaign of that name.
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
    record = take_up(ledger, record, run_options, context, credentials)
    account = credentials.account_at(context.settings.base_url)
    with ledger.locks.account(
        account,
        lambda: context.observer.note(WAITING),
        context.stop,
        lambda: ledger.orders.in_force(record.id) is not None,
    ):
        # When a signal or an order ends the wait, the sender sees it too and posts nothing.
        return _post_frames(ledger, record, run_options, context, credentials)


def _post_frames(
    ledger: Ledger,
    record: CampaignRecord,
    run_options: RunOptions,
    context: RunContext,
    credentials: Credentials,
) -> RunResult:
    record, clock_check = make_ready(ledger, record, run_options, context, credentials)
    ledger.shared_runs.close(record.id)  # this process posts it, so workers need not
    is_left = ledger.frames.any_left(record.id)
    asked, begun_with = run_options.files, recorded_outputs(record)
    path = results_path(asked.results or begun_with.results, record.name, context.settings)
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
            pacing_of(run_options, seeds, context.clock),
            context.clock,
            results_writer,
            context.stop,
            proof=find_proof(ledger, context, credentials),
            row_lookup=rows_of(ledger, record),
            clock_check=clock_check,
            learnt_price=learnt_price(ledger, record),
        )
        seeds.end(verdict.state)
    except BaseException:
        results_writer.refresh()
        raise
    close_stopped(ledger, record)
    files = ResultFiles(
        results=path,
        contact_results=asked.contact_results or begun_with.contact_results,
        report=asked.report or begun_with.report,
        report_options=(asked if asked.report else begun_with).report_options,
    )
    unwritten = write_results(ledger, record.name, files, delimiter, context)
    report = replace(summarise_campaign(ledger, record.name), nothing_new=not is_left)
    return RunResult(report=report, cause=verdict.cause, results=path, unwritten=unwritten)
