"""The run of one file for a saved campaign, and what its outcome means for the file."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bulksms.errors import (
    ApiError,
    CampaignNotFound,
    InputError,
    LedgerBusy,
    LedgerError,
    ListStillWritten,
    OutputError,
    SourceChanged,
)
from bulksms.sender import StopCause
from bulksms.use_cases.unattended.open_lists import GivenLists
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended.unattended_run import UnattendedRun
from bulksms.watch.delivery import FileOutcome

__all__ = ["RunLists", "run_list"]

# Seconds until a file is tried again whose campaign runs elsewhere or whose opt-outs are still
# written, whose set-up has an error, or that may not be sent at this hour.
WHEN_BUSY, WHEN_WRONG, WHEN_CLOSED = 5.0, 60.0, 300.0
# Errors that end the run of a file; others are of the moment, the set-up, or the ledger.
OF_THE_FILE = (InputError, ApiError, OutputError, SourceChanged, CampaignNotFound)
# The answer comes with its exit code.
RunLists = Callable[[SavedCampaign, GivenLists], tuple[UnattendedRun, int]]


def run_list(
    run_lists: RunLists, campaign: SavedCampaign, file: Path, rejects: Path, rows: int | None
) -> FileOutcome:
    """Run one file of a campaign, with the rejects beside it.

    Raises:
        LedgerError: the ledger cannot be used; the file stays where it is.
    """
    outputs = replace(campaign.outputs, rejects_out=rejects)
    lists = GivenLists(files=(file,), names={file: file.name}, rows=rows)
    run, code = run_lists(replace(campaign, outputs=outputs), lists)
    error = run.error
    if isinstance(error, LedgerError) and not isinstance(error, (LedgerBusy, *OF_THE_FILE)):
        raise error
    return FileOutcome(
        code=code, report=run.as_json(), reason=_reason(run, code), again_after=_again_after(run)
    )


def _again_after(run: UnattendedRun) -> float | None:
    """Describe when a run is tried again that failed because of the moment or the set-up."""
    if isinstance(run.error, (LedgerBusy, ListStillWritten)):
        return WHEN_BUSY
    if run.error is not None:
        return None if isinstance(run.error, OF_THE_FILE) else WHEN_WRONG
    if run.result is None:
        return None
    if run.result.cause is StopCause.HOURS:
        return WHEN_CLOSED
    return WHEN_BUSY if run.result.report.state == "interrupted" else None


def _reason(run: UnattendedRun, code: int) -> str | None:
    """Explain in one sentence why a run did not end well."""
    if run.reason is not None or code == 0 or run.result is None:
        return run.reason
    if run.result.unwritten:
        return " ".join(run.result.unwritten)
    report = run.result.report
    counts = {state: count for state, count in report.frames.items() if count}
    listed = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    return f"The requests of {report.campaign} ended as {listed}: `bulksms status` shows them."
