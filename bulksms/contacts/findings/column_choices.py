"""Reports what was chosen among several: phone columns, numbers of a cell, names in one.

No row is rejected here; where nothing says which is better, people are asked.
"""

from collections import Counter

import numpy as np

from bulksms.contacts.columns.find_column import column_name, file_label
from bulksms.contacts.model import Reason
from bulksms.contacts.phones.unread_codes import unread_codes
from bulksms.contacts.rows.row_table import Marks, RowTable, Trait
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level

__all__ = ["column_choice_findings"]


def column_choice_findings(row_table: RowTable, region: str) -> list[Finding | None]:
    """Return the findings about what was chosen for the rows."""
    sendable = row_table.sendable
    return [
        _columns_used(row_table, sendable),
        _equal_columns(row_table, sendable),
        _unread_codes(row_table, region),
        _split_cells(row_table, sendable),
        _several_mobiles(row_table, sendable),
        _whole_names(row_table, sendable),
    ]


def _count(marks: Marks) -> int:
    return int(np.count_nonzero(marks))


def _columns_used(row_table: RowTable, sendable: Marks) -> Finding | None:
    if all(len(mapping.phone_numbers) == 1 for _, mapping in row_table.mapped_sheets):
        return None
    counts: Counter[str] = Counter()
    for _, sheet, mapping, rows in row_table.sheets():
        choices = row_table.columns.phone_choices[rows][sendable[rows]]
        present, firsts, people = np.unique(choices, return_index=True, return_counts=True)
        for at in np.argsort(firsts).tolist():  # of equals, the one that appears first
            counts[sheet.header[mapping.phone_numbers[present[at]]]] += int(people[at])
    used = counts.most_common()
    if not used:
        return None
    shown = ", ".join(f"{header!r} in {count:,}" for header, count in used)
    message = f"Rows whose number was taken from each column: {shown}."
    return Finding(code="columns_used", level=Level.NOTE, message=message, count=len(used))


def _equal_columns(row_table: RowTable, sendable: Marks) -> Finding | None:
    marks = sendable | row_table.rejected_for(Reason.DUPLICATE)
    tied = row_table.columns.tied_columns
    rows = np.flatnonzero(marks & (tied != 0))
    if not len(rows):
        return None
    row = int(rows[0])
    at = row_table.sheet_of(row)
    sheet, mapping = row_table.mapped_sheets[at]
    chosen = mapping.phone_numbers[int(row_table.columns.phone_choices[row])]
    pair = sorted((chosen, int(tied[row]) - 1))
    named = " and ".join(f"{column + 1} {sheet.header[column].strip()!r}" for column in pair)
    options = " ".join(f"--map phone_number={column_name(sheet, column)!r}" for column in pair)
    row_number = sheet.rows.row_numbers[row - row_table.starts[at]]
    return Finding(
        code="equal_columns",
        level=Level.ERROR,
        message=f"Columns {named} of {file_label(sheet)} could each be the number and differ in "
        f"{count_of(len(rows), 'row')}, first in row {row_number}: say which is better with "
        f"{options}, best first, or keep only one of them.",
        count=len(rows),
        ask=True,
    )


def _unread_codes(row_table: RowTable, region: str) -> Finding | None:
    """Ask about the first column that may say whose country the numbers are of."""
    for sheet, mapping in row_table.mapped_sheets:
        unread = unread_codes(sheet, mapping, region)
        if unread is not None:
            named = f"Column {unread.at + 1} {sheet.header[unread.at].strip()!r}"
            return Finding(
                code="dial_code_doubtful",
                level=Level.ERROR,
                message=f"{named} of {file_label(sheet)} may be the dial code or the country of "
                f"the numbers, and nothing reads it, in {count_of(unread.rows, 'row')}, first in "
                f"row {unread.row} ({unread.cell!r}): if it is, call it 'Dial code', and have one "
                "such column only.",
                count=unread.rows,
                ask=True,
            )
    return None


def _split_cells(row_table: RowTable, sendable: Marks) -> Finding | None:
    count = _count(sendable & row_table.has_trait(Trait.SPLIT_CELL))
    if not count:
        return None
    message = f"A mobile beside other numbers is taken from {count_of(count, 'cell')}."
    return Finding(code="split_cells", level=Level.NOTE, message=message, count=count)


def _several_mobiles(row_table: RowTable, sendable: Marks) -> Finding | None:
    several = row_table.has_trait(Trait.SEVERAL_MOBILES) & (row_table.columns.tied_columns == 0)
    count = _count(sendable & several)
    if not count:
        return None
    message = (
        f"{count_of(count, 'row has', 'rows have')} several mobiles: the one of the best "
        "column is texted."
    )
    return Finding(code="several_mobiles", level=Level.NOTE, message=message, count=count)


def _whole_names(row_table: RowTable, sendable: Marks) -> Finding | None:
    count = _count(sendable & row_table.has_trait(Trait.WHOLE_NAME))
    if not count:
        return None
    stays = "stays" if count == 1 else "stay"
    message = (
        f"{count_of(count, 'name')} could not be split safely and {stays} whole as the first name."
    )
    return Finding(code="names_whole", level=Level.NOTE, message=message, count=count)
