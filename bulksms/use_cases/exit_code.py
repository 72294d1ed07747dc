"""The exit codes that the contract promises, and which error or result means which."""

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

from bulksms import errors

if TYPE_CHECKING:
    from bulksms.use_cases.context import RunResult

__all__ = ["ExitCode", "exit_code_of_error", "exit_code_of_result", "most_serious"]

# If several codes apply, the first of these is reported; a bug comes first.
SEVERITY = (6, 5, 4, 1, 3, 2, 74, 75, 143, 130, 0)


class ExitCode(IntEnum):
    """How a run ended, for cron and scripts."""

    OK = 0
    SOME_REFUSED = 1
    USAGE = 2
    INPUT = 3
    ACCOUNT = 4
    IN_DOUBT = 5
    LEDGER = 6
    BUG = 70
    OUTPUT = 74
    BUSY = 75
    INTERRUPTED = 130
    TERMINATED = 143


# The first class that fits decides.
CODES: tuple[tuple[type[errors.BulkSmsError], ExitCode], ...] = (
    (errors.LedgerBusy, ExitCode.BUSY),
    (errors.SourceChanged, ExitCode.INPUT),
    (errors.CampaignNotFound, ExitCode.USAGE),
    (errors.FrameNotFound, ExitCode.USAGE),
    (errors.LedgerError, ExitCode.LEDGER),
    (errors.InputError, ExitCode.INPUT),
    (errors.SettingsError, ExitCode.ACCOUNT),
    (errors.ApiError, ExitCode.ACCOUNT),
    (errors.OutputError, ExitCode.OUTPUT),
    (errors.BulkSmsError, ExitCode.USAGE),
)
# Normal ends, by the value of their cause; the sender loads with the first run.
UNFINISHED_CODES = {"late": ExitCode.INPUT, "order": ExitCode.INTERRUPTED}


def exit_code_of_error(error: errors.BulkSmsError) -> ExitCode:
    """Return the code of the class of an error."""
    return next(code for kind, code in CODES if isinstance(error, kind))


def exit_code_of_result(result: "RunResult") -> ExitCode:
    """Return the code of a finished run, by the states of its frames."""
    from bulksms.sender import StopCause

    if result.cause is StopCause.SHARED:
        return ExitCode.OK
    frames = result.report.frames
    stopped = result.report.state == "stopped" and frames["planned"]
    if stopped and result.cause in (
        StopCause.ACCOUNT,
        StopCause.CAMPAIGN,
        StopCause.SHORT,
        StopCause.CLOCK,
    ):
        return ExitCode.ACCOUNT
    if frames["in_doubt"] or frames["intent"]:
        return ExitCode.IN_DOUBT
    if frames["planned"] or result.cause in UNFINISHED_CODES:
        return UNFINISHED_CODES.get(result.cause, ExitCode.ACCOUNT)
    if frames["refused"]:
        return ExitCode.SOME_REFUSED
    return ExitCode.OUTPUT if result.unwritten else ExitCode.OK


def most_serious(codes: Iterable[int]) -> int:
    """Return the most serious of several codes; 0 if there are none."""
    return min(codes, key=lambda code: SEVERITY.index(code) if code in SEVERITY else -1, default=0)
