"""The results per contact: one line per row of the source, from the ledger alone.

A workbook has, besides that sheet, one for each outcome and each follow-up list.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from pathlib import Path

import pandas as pd
import pyarrow as pa

from bulksms.ledger import FrameRecord
from bulksms.output.csv_columns import arrow_texts, write_blocks
from bulksms.output.workbook_rows import Cell, SheetContent, is_workbook, write_sheets
from bulksms.results.campaign_report import Report
from bulksms.results.contact_outcomes import ContactOutcomes
from bulksms.results.follow_up import FollowUp, follow_up_header, follow_up_table
from bulksms.results.frame_results import FRAME_COLUMNS, frame_lines
from bulksms.results.left_out_reasons import left_out_reason
from bulksms.results.outcome_parts import OutcomeParts

__all__ = ["write_contact_results"]

_RESULT_COLUMNS = ("row", "number", "column", "class", "frame", "ticket", "reason", "delivery")
_LEFT_OUT = ("rejected", "suppressed")
_FOLLOW_UP_TITLES = {
    FollowUp.FAILED: "Failed",
    FollowUp.IN_DOUBT: "In doubt",
    FollowUp.NOT_ATTEMPTED: "Not attempted",
    FollowUp.TO_CORRECT: "To correct",
    FollowUp.DEAD_NUMBERS: "Dead numbers",
}


def write_contact_results(
    path: Path,
    outcomes: OutcomeParts,
    report: Report,
    frames: Sequence[FrameRecord],
    delimiter: str = ",",
) -> None:
    """Write the results per contact, as a workbook when `path` ends in .xlsx, else as CSV.

    Raises:
        InputError: the file cannot be written, or a sheet cannot hold all rows.
    """
    if is_workbook(path):
        write_sheets(path, _sheets(outcomes, report, frames))
        return
    write_blocks(path, _header(outcomes), outcomes, _all_rows, delimiter)


def _header(outcomes: OutcomeParts) -> list[str]:
    return [*outcomes.header, *(f"bulksms_{name}" for name in _RESULT_COLUMNS)]


def _all_rows(outcomes: ContactOutcomes) -> list[pa.StringArray]:
    results = outcomes.rows[list(_RESULT_COLUMNS)].astype("str")
    framed = outcomes.rows["frame"] > 0
    results["frame"] = results["frame"].where(framed, "")
    return arrow_texts(pd.concat([outcomes.original(), results], axis="columns"))


def _sheets(
    outcomes: OutcomeParts, report: Report, frames: Sequence[FrameRecord]
) -> Iterator[SheetContent]:
    """Yield the sheets; the first is what the CSV holds."""
    header = _header(outcomes)
    sent = (part.of_class("sent", "simulated") for part in outcomes)
    yield SheetContent(title="All rows", header=header, rows=_lines(outcomes))
    yield SheetContent(title="Summary", header=["Figure", "Value"], rows=_summary(report))
    yield SheetContent(title="Sent", header=header, rows=_lines(sent))
    yield _left_out_sheet(outcomes)
    for follow_up, title in _FOLLOW_UP_TITLES.items():
        tables = map(follow_up_table, outcomes, repeat(follow_up))
        yield SheetContent(
            title=title,
            header=follow_up_header(outcomes.header, follow_up),
            rows=chain.from_iterable(map(_cells, tables)),
        )
    yield SheetContent(
        title="Requests", header=FRAME_COLUMNS, rows=frame_lines(report.campaign, frames)
    )


def _lines(parts: Iterable[ContactOutcomes]) -> Iterator[Sequence[Cell]]:
    """Yield the rows with real row and frame numbers."""
    return chain.from_iterable(map(_lines_of_part, parts))


def _lines_of_part(outcomes: ContactOutcomes) -> Iterator[Sequence[Cell]]:
    results = outcomes.rows[list(_RESULT_COLUMNS)]
    frame = results["frame"].astype("object").where(results["frame"] > 0, None)
    return _cells(pd.concat([outcomes.original(), results.assign(frame=frame)], axis="columns"))


def _left_out_sheet(outcomes: OutcomeParts) -> SheetContent:
    """Return the rows left out, with the reason and what to do."""
    added = ["bulksms_row", "bulksms_code", "Why", "bulksms_reason", "What to do"]
    left_out = (part.of_class(*_LEFT_OUT) for part in outcomes)
    return SheetContent(
        title="Left out",
        header=[*outcomes.header, *added],
        rows=chain.from_iterable(map(_left_out_lines, left_out)),
    )


def _left_out_lines(left_out: ContactOutcomes) -> Iterator[Sequence[Cell]]:
    rows = left_out.rows
    reasons = {code: left_out_reason(code) for code in rows["code"].unique()}
    table = pd.concat(
        [
            left_out.original(),
            rows["row"],
            rows["code"],
            rows["code"].map({code: each.heading for code, each in reasons.items()}),
            rows["reason"],
            rows["code"].map({code: each.advice for code, each in reasons.items()}),
        ],
        axis="columns",
    )
    return _cells(table)


def _summary(report: Report) -> Iterator[Sequence[Cell]]:
    """Yield the figures of the report, with real amounts and times."""
    yield "Campaign", report.campaign
    yield "State", report.state
    yield "Mode", report.mode.upper()
    yield "Sender", report.sender
    yield "Scheduled for", report.send_at
    yield "First request", report.started_at
    yield "Last answer", report.finished_at
    for name, people in report.contacts.items():
        yield f"People: {name.replace('_', ' ')}", people
    yield "Cost in EUR", report.total_cost
    yield "Planned cost in EUR", report.planned_cost
    yield "Credit left in EUR", report.residual_credit
    yield "Segments", report.sms_needed
    yield from (("Next step", step) for step in report.next_steps)


def _cells(table: pd.DataFrame) -> Iterator[Sequence[Cell]]:
    columns = [table.iloc[:, at].tolist() for at in range(table.shape[1])]
    return zip(*columns, strict=True)
