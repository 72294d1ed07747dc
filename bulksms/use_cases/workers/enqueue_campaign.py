"""Asks the workers of a shared ledger to post a campaign."""

import shlex
from functools import partial

from bulksms.errors import UsageError
from bulksms.ledger import AuditAction, CampaignRecord, Ledger, is_server_url
from bulksms.results.campaign_report import quoted
from bulksms.results.result_files import ReportOptions
from bulksms.sender import StopCause
from bulksms.sender.limits_json import limits_to_json
from bulksms.sender.run_limits import RunLimits
from bulksms.sender.spending import Spending
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunOptions, RunResult, require_credentials
from bulksms.use_cases.reporting.reports import current_report, recorded_outputs
from bulksms.use_cases.send.make_ready import make_ready, require_mode, take_up
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from
from bulksms.use_cases.workers.run_options_json import run_options_to_json

__all__ = ["enqueue_campaign", "require_shared_ledger"]


def require_shared_ledger(settings: Settings) -> None:
    """Refuse a ledger that only this machine can open.

    Raises:
        UsageError: it is a file.
    """
    if not is_server_url(settings.ledger):
        raise UsageError(
            "Workers need a ledger that all of them can open: set BULKSMS_LEDGER to the address "
            "of a PostgreSQL database, postgresql://USER@HOST/NAME."
        )


def enqueue_campaign(name: str, run_options: RunOptions, context: RunContext) -> RunResult:
    """Ask the workers to post what a campaign has left; returns at once.

    A campaign that they post already is left to them.

    Raises:
        UsageError: the ledger is a file of this machine.
        CampaignNotFound: there is no campaign of that name.
        SettingsError: no credentials, or it was begun in another mode or under another account.
        RuleError: its sending time has passed, it has expired, or an order keeps it back.
        LedgerError: the ledger cannot be used, or another process is sending.
    """
    require_shared_ledger(context.settings)
    credentials = require_credentials(context.settings)
    with ledger_to_send_from(context.settings, context.observer) as ledger:
        record = ledger.campaigns.get(name)
        if _is_being_posted(ledger, record):
            require_mode(record, context)
            return _result(ledger, record)
        with ledger.locks.campaign(record.name):
            record = take_up(ledger, record, run_options, context, credentials)
            record, _ = make_ready(ledger, record, run_options, context, credentials)
            ledger.claims.doubt_in_flight(record.id, context.clock.now())
            record_run = partial(
                ledger.audit.record,
                person=context.person,
                campaign=record.name,
                digest=record.digest,
            )
            if ledger.frames.any_left(record.id):
                record_run(AuditAction.RUN)
                _open(ledger, record, run_options)
                _name_files(record, context)
        return _result(ledger, record)


def _is_being_posted(ledger: Ledger, record: CampaignRecord) -> bool:
    """Whether workers post a campaign now, and no order is about to end that."""
    run = ledger.shared_runs.get(record.id)
    is_open = run is not None and run.is_open
    return (
        is_open
        and bool(ledger.lanes.machines(record.name))
        and ledger.orders.in_force(record.id) is None
    )


def _open(ledger: Ledger, record: CampaignRecord, run_options: RunOptions) -> None:
    """Ask the workers; a price above the plan that was seen before is accepted."""
    spending = Spending.of(list(ledger.frame_queries.each(record.id)))
    limits = limits_to_json(RunLimits(spending=spending))
    ledger.campaigns.set_state(record.id, "planned")
    ledger.shared_runs.open(record.id, run_options_to_json(run_options), limits)


def _name_files(record: CampaignRecord, context: RunContext) -> None:
    """Tell how the files that a campaign was begun with are written, since no worker does."""
    files = recorded_outputs(record)
    named = {name.replace("_", "-"): path for name, path in files.by_option.items()}
    asked = [f"--{name} {shlex.quote(str(path))}" for name, path in named.items()]
    if not asked:
        return
    if files.report_options.language != ReportOptions().language:
        asked.append(f"--report-language {files.report_options.language}")
    if files.report_options.with_people:
        asked.append("--report-people")
    context.observer.note(
        "Workers do not write the files that this campaign was begun with: write them at the end "
        f"with `bulksms report {quoted(record.name)} {' '.join(asked)}`."
    )


def _result(ledger: Ledger, record: CampaignRecord) -> RunResult:
    report = current_report(ledger, ledger.campaigns.get(record.name))
    return RunResult(report=report, cause=StopCause.SHARED, results=None)
