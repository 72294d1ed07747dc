"""Reports which sheets are texted, and asks about sheets and parts named like a stop list."""

from collections.abc import Iterator

import numpy as np

from bulksms.contacts.cells.spelling import looks_like_a_number
from bulksms.contacts.columns.consent_headers import expression, matches, says_no
from bulksms.contacts.columns.find_column import file_label
from bulksms.contacts.columns.headers import words
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.contacts.model import Reason
from bulksms.contacts.rows.rejection_codes import SENDABLE
from bulksms.contacts.rows.row_table import RowTable
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level
from bulksms.loader import Sheet

__all__ = ["is_named_like_stop_list", "sheet_findings"]

# A title in the middle of a list is a row without a number.
WITHOUT_NUMBER = (Reason.MISSING_NUMBER, Reason.NOT_A_NUMBER, Reason.RAGGED_ROW)
LOOKED_AT = 100  # rows of a sheet that may be such titles, or may list such numbers
SAME_DIGITS, FEWEST_DIGITS = 8, 9  # of two spellings of a number, and of a number


def is_named_like_stop_list(title: str) -> bool:
    """Return whether a title says that these people are not to be texted."""
    said = expression("titles", "other_things").sub(" ", " ".join(words(title)))
    return (
        matches("titles", "holding", said.replace(" ", ""))
        or matches("titles", "words", said)
        or says_no(said)
    )


def sheet_findings(row_table: RowTable) -> Iterator[Finding]:
    """Ask about sheets and parts named like a stop list; say when a file gives several sheets."""
    files: dict[str, list[str]] = {}
    for _, sheet, mapping, rows in row_table.sheets():
        path, title = sheet.source.shown, sheet.source.sheet
        if title is not None:
            files.setdefault(path, []).append(title)
            if is_named_like_stop_list(title):
                yield _ask(
                    f'Sheet "{title}" of {path} is named like a list of people who must not be '
                    f"texted, and its {count_of(len(sheet.rows), 'row is', 'rows are')} read as "
                    "contacts: choose the sheet of the contacts with --sheet.",
                    len(sheet.rows),
                )
        for hidden in filter(is_named_like_stop_list, sheet.hidden_sheets):
            yield _ask(
                f'The hidden sheet "{hidden}" of {path} is named like a list of people who must '
                "not be texted, and is not read: save it as a file of its own and give that with "
                "--optouts, or choose the sheet of the contacts with --sheet.",
                1,
            )
        yield from _stop_headings(row_table, sheet, rows)
        yield from _stop_columns(row_table, sheet, mapping, rows)
    for path, titles in files.items():
        if len(titles) > 1:
            listed = ", ".join(f'"{title}"' for title in titles)
            message = (
                f"{len(titles):,} sheets of {path} are read: {listed}; --sheet reads only one."
            )
            yield Finding(
                code="several_sheets", message=message, level=Level.WARNING, count=len(titles)
            )


def _ask(message: str, count: int) -> Finding:
    return Finding(code="stop_sheet", message=message, level=Level.ERROR, count=count, ask=True)


def _stop_headings(row_table: RowTable, sheet: Sheet, rows: slice) -> Iterator[Finding]:
    """Ask about the rows below one that holds nothing but words such as "Désinscrits"."""
    headings = row_table.rejected_for(*WITHOUT_NUMBER)[rows]
    headings &= row_table.columns.unclear_columns[rows] != 0
    sendable = row_table.columns.rejections[rows] == SENDABLE
    for at in np.flatnonzero(headings)[:LOOKED_AT].tolist():
        below = int(np.count_nonzero(sendable[at:]))
        cells = sheet.rows.row(at, range(sheet.rows.width))
        texts = [cells.column(column)[0].as_py().strip() for column in range(sheet.rows.width)]
        filled = [text for text in texts if text]
        if below and len(filled) == 1:
            yield _ask(
                f"Row {sheet.rows.row_numbers[at]} of {file_label(sheet)} ({filled[0]!r}) reads "
                "like the title of a list of people who must not be texted, and "
                f"{count_of(below, 'row below it is', 'rows below it are')} read as contacts: put "
                "these people into a file of their own and give that with --optouts.",
                below,
            )
            return


def _stop_columns(
    row_table: RowTable, sheet: Sheet, mapping: ColumnMapping, rows: slice
) -> Iterator[Finding]:
    """Ask about an opt-out column that lists numbers of other people beside the table."""
    refused = np.flatnonzero(row_table.rejected_for(Reason.NO_CONSENT)[rows])
    for at in refused[:LOOKED_AT].tolist():
        row = rows.start + at
        column = row_table.rejection_of(row).at
        if column not in mapping.do_not_contact:
            continue
        cell = sheet.rows.row(at, [column]).column(column)[0].as_py().strip()
        digits = "".join(filter(str.isdecimal, cell))
        own = str(row_table.columns.phone_numbers[row])
        if _is_a_number(cell, digits) and digits[-SAME_DIGITS:] != own[-SAME_DIGITS:]:
            yield _ask(
                f"Column {column + 1} {sheet.header[column].strip()!r} of {file_label(sheet)} "
                f"holds numbers of other people, first in row {sheet.rows.row_numbers[at]} "
                f"({cell!r}): if they opted out, put them into a file of their own and give that "
                "with --optouts.",
                1,
            )
            return


def _is_a_number(cell: str, digits: str) -> bool:
    """Return whether a cell is a phone number and not a date or a moment: it begins like one."""
    return len(digits) >= FEWEST_DIGITS and cell[0] in "0+(" and looks_like_a_number(cell)
