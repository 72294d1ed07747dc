"""Reports on campaigns and writes their results, from the ledger alone.

Heavy imports wait until more than the results per frame is needed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bulksms.errors import CampaignNotFound, InputError
from bulksms.ledger import (
    CampaignRecord,
    CampaignTotals,
    FrameState,
    Ledger,
    open_ledger,
)
from bulksms.progress_steps import Progress, SilentProgress
from bulksms.results import Report, summarise
from bulksms.results.campaign_facts import CampaignFacts, OutcomeParts
from bulksms.results.campaign_report import RUNNING
from bulksms.results.result_files import ReportOptions, ResultFiles, write_result_files
from bulksms.settings import Settings
from bulksms.use_cases.reporting.read_outcomes import read_outcomes
from bulksms.use_cases.reporting.seed_campaigns import read_seed_campaigns

if TYPE_CHECKING:
    from bulksms.use_cases.context import RunContext

__all__ = [
    "SENDING",
    "NoWorker",
    "all_reports",
    "campaign_inputs",
    "campaign_report",
    "current_report",
    "delimiter_of",
    "newest_reports",
    "recorded_outputs",
    "results_path",
    "rewrite_results",
    "sending_campaign_of_account",
    "summarise_campaign",
    "why_no_worker_posts",
    "write_results",
]

SENDING = "sending"  # the state of a campaign of which a frame was posted


class NoWorker(StrEnum):
    """Which workers a campaign that was handed to them lacks."""

    RUNNING = "running"
    FREE = "free"
    OF_ITS_ACCOUNT = "of_its_account"


WITHOUT_WORKERS = {
    NoWorker.RUNNING: "It waits for workers, and none is running: start `bulksms worker`.",
    NoWorker.OF_ITS_ACCOUNT: "None of the workers that are running posts it, as when they serve "
    "another account: start `bulksms worker` with the login and key that it was begun with.",
}
TIME_TO_BEGIN = timedelta(seconds=15)  # a worker looks every five seconds
_SILENT = SilentProgress()


def results_path(requested: Path | None, campaign: str, settings: Settings) -> Path:
    """Return the path of the results: the requested one, or one in the state folder."""
    return requested or settings.home / "results" / f"{campaign}.csv"


def recorded_outputs(record: CampaignRecord) -> ResultFiles:
    """Return the files that were asked for when the campaign began."""
    recorded = record.parameters.get("outputs", {})
    outputs = {name: Path(path) for name, path in recorded.items()}
    return ResultFiles(
        results=outputs.get("results"),
        contact_results=outputs.get("contact_results"),
        report=outputs.get("report"),
        report_options=ReportOptions(**record.parameters.get("report_options", {})),
    )


def campaign_inputs(name: str, settings: Settings) -> list[str]:
    """List the files that a campaign was made of, and its opt-out files; none of an unknown one."""
    with open_ledger(settings.home, settings.ledger) as ledger:
        try:
            parameters = ledger.campaigns.get(name).parameters
        except CampaignNotFound:
            return []
    return [*parameters.get("sources", []), *parameters.get("optouts", [])]


def delimiter_of(record: CampaignRecord, requested: str | None) -> str:
    """Return the separator of CSV results: the requested one, or the one from the beginning."""
    return requested or str(record.parameters.get("delimiter") or ",")


def summarise_campaign(ledger: Ledger, name: str) -> Report:
    """Summarise a campaign by what the ledger has recorded.

    Raises:
        CampaignNotFound: there is no campaign of that name.
    """
    return _report_of(ledger, ledger.campaigns.get(name))


def current_report(
    ledger: Ledger, record: CampaignRecord, totals: CampaignTotals | None = None
) -> Report:
    """Summarise a campaign as it is now: one that is being sent, or waits for workers, is running.

    `totals` are the sums over its frames, where they have just been read.
    """
    if record.state != "done":
        run = ledger.shared_runs.get(record.id)
        is_shared = run is not None and run.is_open
        if is_shared or ledger.locks.is_held(record.name):
            record = replace(record, state=RUNNING)
        if is_shared:
            record = replace(record, reason=_wait_for_workers(ledger, record) or record.reason)
    return _report_of(ledger, record, totals)


def _wait_for_workers(ledger: Ledger, record: CampaignRecord) -> str | None:
    """Explain why workers post nothing of a campaign; None where they do, or may be about to."""
    lack, other = why_no_worker_posts(ledger, record)
    if other is not None:
        return f"It begins when the campaign {other}, which its account is sending, is done."
    return None if lack is None else WITHOUT_WORKERS[lack]


def why_no_worker_posts(
    ledger: Ledger, record: CampaignRecord
) -> tuple[NoWorker | None, str | None]:
    """Find out which workers a campaign lacks, and which other one of its account they post.

    It lacks none where they post it or may be about to, and where they were not asked to.
    """
    run = ledger.shared_runs.get(record.id)
    if run is None or not run.is_open:
        return None, None
    workers = ledger.holders.live()
    if not workers:
        return NoWorker.RUNNING, None
    is_planned = ledger.frames.any_in(record.id, [FrameState.PLANNED])
    if not is_planned or ledger.lanes.machines(record.name):
        return None, None
    other = sending_campaign_of_account(ledger, record)
    if other is not None:
        return NoWorker.FREE, other
    since = max(run.opened_at, workers[0].started_at)
    is_new = ledger.holders.database_time() - since < TIME_TO_BEGIN
    return None if is_new else NoWorker.OF_ITS_ACCOUNT, None


def sending_campaign_of_account(ledger: Ledger, record: CampaignRecord) -> str | None:
    """Name the other campaign that an account is busy with; one is posted at a time."""
    others = (
        each
        for each in reversed(ledger.campaigns.all())
        if each.id != record.id and each.account == record.account and each.state == SENDING
    )
    return next((each.name for each in others if ledger.locks.is_held(each.name)), None)


def campaign_report(name: str, settings: Settings) -> Report:
    """Summarise one campaign of the ledger.

    Raises:
        CampaignNotFound: there is no campaign of that name.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        return current_report(ledger, ledger.campaigns.get(name))


def all_reports(settings: Settings) -> list[Report]:
    """Summarise every campaign in the ledger, the newest last."""
    with open_ledger(settings.home, settings.ledger) as ledger:
        return [current_report(ledger, record) for record in ledger.campaigns.all()]


def newest_reports(settings: Settings, limit: int | None) -> tuple[list[Report], int]:
    """Summarise the newest campaigns, the newest first, and count all of them."""
    with open_ledger(settings.home, settings.ledger) as ledger:
        newest_first = ledger.campaigns.all()[::-1]
        return [current_report(ledger, each) for each in newest_first[:limit]], len(newest_first)


def write_results(
    ledger: Ledger, name: str, files: ResultFiles, delimiter: str, context: "RunContext"
) -> tuple[str, ...]:
    """Write the results files of a campaign, and return why some could not be written."""
    now = context.clock.now()
    facts = _facts_of(ledger, ledger.campaigns.get(name), now)
    return write_result_files(facts, files, delimiter, now, context.progress)


def rewrite_results(
    name: str,
    files: ResultFiles,
    settings: Settings,
    now: datetime,
    delimiter: str | None = None,
    *,
    progress: Progress = _SILENT,
) -> tuple[Report, Path]:
    """Write the results files of a campaign again and return where those per frame are.

    Raises:
        CampaignNotFound: there is no campaign of that name.
        InputError: a file cannot be written.
    """
    path = results_path(files.results, name, settings)
    with open_ledger(settings.home, settings.ledger) as ledger:
        facts = _facts_of(ledger, ledger.campaigns.get(name), now)
        separator = delimiter_of(facts.record, delimiter)
        requested = replace(files, results=path)
        unwritten = write_result_files(facts, requested, separator, now, progress)
        if unwritten:
            raise InputError(" ".join(unwritten), code="file_unwritable")
        report = facts.report
        if ledger.receipts.any_of(facts.record.id):
            report = _with_deliveries(report, facts.deliveries)
    return report, path


def _with_deliveries(report: Report, deliveries: Mapping[str, int] | None) -> Report:
    """Add what became of the texts, and a warning when many did not arrive."""
    from bulksms.results.deliveries import explain_failures

    warning = None if deliveries is None else explain_failures(deliveries)
    steps = report.next_steps if warning is None else (*report.next_steps, warning)
    return replace(report, deliveries=deliveries, next_steps=steps)


def _facts_of(ledger: Ledger, record: CampaignRecord, now: datetime) -> CampaignFacts:
    frames = list(ledger.frame_queries.each(record.id))
    totals = ledger.frames.totals(record.id)
    parts = OutcomeParts(lambda: read_outcomes(ledger, record, frames, now))
    outcomes = parts if ledger.campaigns.has_source_rows(record.id) else None
    return CampaignFacts(record, frames, totals, _report_of(ledger, record, totals), outcomes)


def _report_of(
    ledger: Ledger, record: CampaignRecord, totals: CampaignTotals | None = None
) -> Report:
    report = summarise(record, totals or ledger.frames.totals(record.id))
    return replace(report, seeds=_texts_to_seeds(ledger, record))


def _texts_to_seeds(ledger: Ledger, record: CampaignRecord) -> dict[str, int] | None:
    """Count the texts to seeds by what became of them; `None` without seeds."""
    if not record.parameters.get("seeds"):
        return None
    counts = Counter[str]()
    for each in read_seed_campaigns(ledger, record):
        counts.update(summarise(each, ledger.frames.totals(each.id)).contacts)
    return {name: count for name, count in counts.items() if count}
