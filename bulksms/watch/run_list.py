"""The run of one file for a saved campaign, and what its outcome means for the file."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bulksms.errors import (
    ApiError,
    CampaignNotFound,
    InputError,
    LedgerBusy,
    LedgerError,
    OutputError,
    SourceChanged,
)
from bulksms.sender import StopCause
from bulksms.use_cases.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended_run import UnattendedRun
from bulksms.watch.file_outcome import FileOutcome

__all__ = ["ListRunner", "RunList"]

# Errors that end the run of a file; others are of the moment, the set-up, or the ledger.
OF_THE_FILE = (InputError, ApiError, OutputError, SourceChanged, CampaignNotFound)
# A campaign, its lists, how many rows were announced; the answer with its exit code.
RunList = Callable[[SavedCampaign, tuple[Path, ...], int | None], tuple[UnattendedRun, int]]


@dataclass(frozen=True, slots=True)
class ListRunner:
    """Runs files of one campaign, with the rejects beside each file."""

    campaign: SavedCampaign
    run: RunList

    def __call__(self, file: Path, rejects: Path, rows: int | None) -> FileOutcome:
        """Run one file.

        Raises:
            LedgerError: the ledger cannot be used; the file stays where it is.
        """
        outputs = replace(self.campaign.outputs, rejects_out=rejects)
        run, code = self.run(replace(self.campaign, outputs=outputs), (file,), rows)
        error = run.error
        if isinstance(error, LedgerError) and not isinstance(error, (LedgerBusy, *OF_THE_FILE)):
            raise error
        reason = _reason(run, code)
        return FileOutcome(
            code=code,
            report=_renamed(run.as_json(), file),
            reason=None if reason is None else _renamed(reason, file),
            is_final=_is_final(run),
        )


def _renamed(value: Any, file: Path) -> Any:  # noqa: ANN401 - any JSON value
    """Call a file by its name: its path of now means nothing when it has been moved."""
    if isinstance(value, str):
        return value.replace(str(file), file.name)
    if isinstance(value, dict):
        return {name: _renamed(each, file) for name, each in value.items()}
    return [_renamed(each, file) for each in value] if isinstance(value, list) else value


def _is_final(run: UnattendedRun) -> bool:
    """Whether the outcome is the file's, and not one of the moment or of the set-up."""
    if run.error is not None:
        return isinstance(run.error, OF_THE_FILE)
    if run.result is None:
        return True
    return run.result.report.state != "interrupted" and run.result.cause is not StopCause.HOURS


def _reason(run: UnattendedRun, code: int) -> str | None:
    """Say in one sentence why a run did not end well."""
    if run.reason is not None or code == 0 or run.result is None:
        return run.reason
    if run.result.unwritten:
        return " ".join(run.result.unwritten)
    report = run.result.report
    counts = {state: count for state, count in report.frames.items() if count}
    listed = ", ".join(f"{count} {state}" for state, count in counts.items())
    return f"The requests of {report.campaign} ended as {listed}: `bulksms status` shows them."
