"""The results per frame: one line each, also for frames refused, in doubt or never posted."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bulksms.ledger import FrameRecord
from bulksms.output.csv_rows import write_table
from bulksms.output.workbook_rows import Cell

__all__ = ["FRAME_COLUMNS", "frame_lines", "write_frame_results"]

FRAME_COLUMNS = (
    "campaign",
    "frame",
    "first_row",
    "last_row",
    "contacts",
    "state",
    "sms_ticket",
    "number_of_contacts",
    "number_of_sms_needed",
    "total_cost",
    "residual_credit",
    "code",
    "message",
    "attempts",
    "request_id",
    "started_at",
    "finished_at",
)


def write_frame_results(
    path: Path, campaign: str, frames: Iterable[FrameRecord], delimiter: str = ","
) -> None:
    """Write the results of every frame of a campaign."""
    write_table(path, FRAME_COLUMNS, frame_lines(campaign, frames), delimiter)


def frame_lines(campaign: str, frames: Iterable[FrameRecord]) -> Iterator[Sequence[Cell]]:
    """Yield the line of every frame, in the order of `FRAME_COLUMNS`."""
    return (_line(campaign, frame) for frame in frames)


def _line(campaign: str, frame: FrameRecord) -> tuple[Cell, ...]:
    return (
        campaign,
        frame.number,
        frame.first_row,
        frame.last_row,
        frame.contacts,
        frame.state,
        frame.ticket,
        frame.number_of_contacts,
        frame.number_of_sms_needed,
        frame.total_cost,
        frame.residual_credit,
        frame.code,
        frame.message,
        frame.attempts,
        frame.request_id,
        frame.started_at,
        frame.finished_at,
    )
