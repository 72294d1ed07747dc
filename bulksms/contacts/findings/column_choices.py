"""What was chosen where there was more than one: columns, numbers of a cell, names in one.

It must not decide about a row; where nothing tells which is better, people are asked.
"""

from collections import Counter

import numpy as np

from bulksms.contacts.columns.lookup import name_of, place
from bulksms.contacts.findings.wording import counted
from bulksms.contacts.model import Reason
from bulksms.contacts.rows.row_table import Marks, RowTable, Trait
from bulksms.finding import Finding, Level

__all__ = ["column_choice_findings"]


def column_choice_findings(verdicts: RowTable) -> list[Finding | None]:
    """Tell what was chosen for the rows of all sheets."""
    texted = verdicts.texted
    return [
        _columns_used(verdicts, texted),
        _equal_columns(verdicts, texted),
        _split_cells(verdicts, texted),
        _several_mobiles(verdicts, texted),
        _whole_names(verdicts, texted),
    ]


def _count(marks: Marks) -> int:
    return int(np.count_nonzero(marks))


def _columns_used(verdicts: RowTable, texted: Marks) -> Finding | None:
    if all(len(mapping.phone_numbers) == 1 for _, mapping in verdicts.pairs):
        return None
    counts: Counter[str] = Counter()
    for _, sheet, mapping, where in verdicts.sheets():
        orders = verdicts.judged.orders[where][texted[where]]
        present, firsts, people = np.unique(orders, return_index=True, return_counts=True)
        for at in np.argsort(firsts).tolist():  # of equals, the one that is met first
            counts[sheet.header[mapping.phone_numbers[present[at]]]] += int(people[at])
    used = counts.most_common()
    if not used:
        return None
    told = ", ".join(f"{header!r} in {count}" for header, count in used)
    message = f"Rows whose number was taken from each column: {told}."
    return Finding(code="columns_used", level=Level.NOTE, message=message, count=len(used))


def _equal_columns(verdicts: RowTable, texted: Marks) -> Finding | None:
    marks = texted | verdicts.rejected_for(Reason.DUPLICATE)
    rows = np.flatnonzero(marks & (verdicts.judged.rivals != 0))
    if not len(rows):
        return None
    row = int(rows[0])
    at = verdicts.sheet_of(row)
    sheet, mapping = verdicts.pairs[at]
    own = mapping.phone_numbers[int(verdicts.judged.orders[row])]
    pair = sorted((own, int(verdicts.judged.rivals[row]) - 1))
    named = " and ".join(f"{at + 1} {sheet.header[at].strip()!r}" for at in pair)
    told = " ".join(f"--map phone_number={name_of(sheet, at)!r}" for at in pair)
    number = sheet.rows.row_numbers[row - verdicts.starts[at]]
    return Finding(
        code="equal_columns",
        level=Level.ERROR,
        message=f"Columns {named} of {place(sheet)} could each be the number and differ in "
        f"{counted(len(rows), 'row')}, first in row {number}: say which is better with {told}, "
        "best first, or keep only one of them.",
        count=len(rows),
        ask=True,
    )


def _split_cells(verdicts: RowTable, texted: Marks) -> Finding | None:
    count = _count(texted & verdicts.has(Trait.SPLIT_CELL))
    if not count:
        return None
    told = f"A mobile beside other numbers is taken from {counted(count, 'cell')}."
    return Finding(code="split_cells", level=Level.NOTE, message=told, count=count)


def _several_mobiles(verdicts: RowTable, texted: Marks) -> Finding | None:
    several = verdicts.has(Trait.SEVERAL_MOBILES) & (verdicts.judged.rivals == 0)
    count = _count(texted & several)
    if not count:
        return None
    told = f"{count} rows have several mobiles: the one of the best column is texted."
    return Finding(code="several_mobiles", level=Level.NOTE, message=told, count=count)


def _whole_names(verdicts: RowTable, texted: Marks) -> Finding | None:
    count = _count(texted & verdicts.has(Trait.WHOLE_NAME))
    if not count:
        return None
    told = f"{count} names could not be split safely and stay whole as the first name."
    return Finding(code="names_whole", level=Level.NOTE, message=told, count=count)
