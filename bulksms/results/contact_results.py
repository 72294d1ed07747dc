"""The results per contact: one line per row of the source, from the ledger alone.

A workbook has, besides that sheet, one for each outcome and each follow-up list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path

import pandas as pd
import pyarrow as pa

from bulksms.ledger import FrameRecord
from bulksms.output.csv_columns import arrow_texts, write_blocks
from bulksms.output.workbook_rows import Cell, SheetContent, is_workbook, write_sheets
from bulksms.pages.labels import labels_of
from bulksms.pages.languages import SOURCE_LANGUAGE, Language, language_of
from bulksms.results.campaign_facts import OutcomeParts
from bulksms.results.campaign_report import Report
from bulksms.results.contact_outcomes import ContactOutcomes
from bulksms.results.follow_up import FollowUp, follow_up_header, follow_up_table
from bulksms.results.frame_results import FRAME_COLUMNS, frame_lines
from bulksms.results.left_out_reasons import left_out_reason
from bulksms.results.row_words import translate_rows

__all__ = ["write_contact_results"]

_RESULT_COLUMNS = ("row", "number", "column", "class", "frame", "ticket", "reason", "delivery")
_LEFT_OUT = ("rejected", "suppressed")


def write_contact_results(
    path: Path,
    outcomes: OutcomeParts,
    report: Report,
    frames: Sequence[FrameRecord],
    delimiter: str = ",",
    language: str = SOURCE_LANGUAGE,
) -> None:
    """Write the results per contact, as a workbook when `path` ends in .xlsx, else as CSV.

    A workbook is for people and speaks their language; a CSV is for programs.

    Raises:
        InputError: the file cannot be written, or a sheet cannot hold all rows.
    """
    if is_workbook(path):
        write_sheets(path, _sheets(outcomes, report, frames, language_of(language)))
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
    outcomes: OutcomeParts, report: Report, frames: Sequence[FrameRecord], language: Language
) -> Iterator[SheetContent]:
    """Yield the sheets; the first is what the CSV holds."""
    pgettext, header = language.pgettext, _header(outcomes)

    def parts() -> Iterator[ContactOutcomes]:
        return map(translate_rows, outcomes, repeat(language))

    yield SheetContent(title=pgettext("sheet", "All rows"), header=header, rows=_lines(parts()))
    yield SheetContent(
        title=pgettext("sheet", "Summary"),
        header=[pgettext("sheet", "Figure"), pgettext("sheet", "Value")],
        rows=_summary(report, language),
    )
    sent = (part.of_class("sent", "simulated") for part in parts())
    yield SheetContent(title=pgettext("sheet", "Sent"), header=header, rows=_lines(sent))
    yield _left_out_sheet(outcomes.header, parts(), language)
    for follow_up, title in _follow_up_titles(language).items():
        tables = map(follow_up_table, parts(), repeat(follow_up))
        yield SheetContent(
            title=title,
            header=follow_up_header(outcomes.header, follow_up),
            rows=chain.from_iterable(map(_cells, tables)),
        )
    yield SheetContent(
        title=pgettext("sheet", "Requests"),
        header=FRAME_COLUMNS,
        rows=frame_lines(report.campaign, frames),
    )


def _lines(parts: Iterable[ContactOutcomes]) -> Iterator[Sequence[Cell]]:
    """Yield the rows with real row and frame numbers."""
    return chain.from_iterable(map(_lines_of_part, parts))


def _lines_of_part(outcomes: ContactOutcomes) -> Iterator[Sequence[Cell]]:
    results = outcomes.rows[list(_RESULT_COLUMNS)]
    frame = results["frame"].astype("object").where(results["frame"] > 0, None)
    return _cells(pd.concat([outcomes.original(), results.assign(frame=frame)], axis="columns"))


def _follow_up_titles(language: Language) -> Mapping[FollowUp, str]:
    pgettext = language.pgettext
    return {
        FollowUp.FAILED: pgettext("sheet", "Failed"),
        FollowUp.IN_DOUBT: pgettext("sheet", "In doubt"),
        FollowUp.NOT_ATTEMPTED: pgettext("sheet", "Not attempted"),
        FollowUp.TO_CORRECT: pgettext("sheet", "To correct"),
        FollowUp.DEAD_NUMBERS: pgettext("sheet", "Dead numbers"),
    }


def _left_out_sheet(
    header: Sequence[str], parts: Iterable[ContactOutcomes], language: Language
) -> SheetContent:
    """Return the rows left out, with the reason and what to do."""
    why, what_to_do = (language.pgettext("sheet", "Why"), language.pgettext("sheet", "What to do"))
    left_out = (part.of_class(*_LEFT_OUT) for part in parts)
    return SheetContent(
        title=language.pgettext("sheet", "Left out"),
        header=[*header, "bulksms_row", "bulksms_code", why, "bulksms_reason", what_to_do],
        rows=chain.from_iterable(map(_left_out_lines, left_out, repeat(language.code))),
    )


def _left_out_lines(left_out: ContactOutcomes, language: str) -> Iterator[Sequence[Cell]]:
    rows = left_out.rows
    reasons = {code: left_out_reason(code, language) for code in rows["code"].unique()}
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


def _summary(report: Report, language: Language) -> Iterator[Sequence[Cell]]:
    """Yield the figures of the report, with real amounts and times.

    The next steps are sentences of the program; the page and the report say them in French.
    """
    pgettext, outcomes = language.pgettext, labels_of(language.code).outcomes
    yield pgettext("sheet", "Campaign"), report.campaign
    yield pgettext("sheet", "State"), report.state
    yield pgettext("sheet", "Mode"), labels_of(language.code).modes[report.mode]
    yield pgettext("sheet", "Sender"), report.sender
    yield pgettext("sheet", "Scheduled for"), report.send_at
    yield pgettext("sheet", "First request"), report.started_at
    yield pgettext("sheet", "Last answer"), report.finished_at
    is_source = language.code == SOURCE_LANGUAGE
    for name, people in report.contacts.items():
        label = name.replace("_", " ") if is_source else outcomes.get(name, name)
        yield pgettext("sheet", "People: %(outcome)s") % {"outcome": label}, people
    yield pgettext("sheet", "Cost in EUR"), report.total_cost
    yield pgettext("sheet", "Planned cost in EUR"), report.planned_cost
    yield pgettext("sheet", "Credit left in EUR"), report.residual_credit
    yield pgettext("sheet", "Segments"), report.sms_needed
    if is_source:
        yield from (("Next step", step) for step in report.next_steps)


def _cells(table: pd.DataFrame) -> Iterator[Sequence[Cell]]:
    columns = [table.iloc[:, at].tolist() for at in range(table.shape[1])]
    return zip(*columns, strict=True)
