"""Cells that are not what their column is for: e-mails, numbers, capitals, words for nothing.

It must not decide about a row; what it tells is for people to judge.
"""

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.findings.wording import counted, row_place
from bulksms.contacts.model import FIELDS, Reason
from bulksms.contacts.rows.field_values import null_like_word
from bulksms.contacts.rows.row_table import Marks, RowTable, Trait
from bulksms.finding import Finding, Level

__all__ = ["cell_content_findings"]

SHARE = 0.2  # of the filled cells; below it, some cells are wrong and not the column
SLIP = 1  # one cell alone is no column


def cell_content_findings(verdicts: RowTable) -> list[Finding | None]:
    """Tell what the judged rows of all sheets hold in the wrong place."""
    texted = verdicts.texted
    return [
        _digits_lost(verdicts),
        _unclear_consent(verdicts, texted),
        _emails(verdicts),
        _numbers(verdicts, texted),
        _swapped(verdicts, texted),
        _capitals(verdicts, texted),
        _nothing(verdicts, texted),
    ]


def _rows(marks: Marks) -> NDArray[np.int64]:
    return np.flatnonzero(marks)


def _cell(verdicts: RowTable, row: int) -> str:
    """Give the cell of a row that its telling is about."""
    at = verdicts.sheet_of(row)
    telling = verdicts.tellings.things[verdicts.judged.told[row]]
    assert telling is not None
    return verdicts.pairs[at][0].rows.cell(row - verdicts.starts[at], telling.at)


def _digits_lost(verdicts: RowTable) -> Finding | None:
    rows = _rows(verdicts.rejected_for(Reason.DIGITS_LOST))
    if not len(rows):
        return None
    first = int(rows[0])
    return Finding(
        code="digits_lost",
        level=Level.WARNING,
        message="The spreadsheet program has destroyed the number in "
        f"{counted(len(rows), 'row')}, the first {_cell(verdicts, first)!r} in "
        f"{row_place(verdicts, first)}: format the column as text where the list comes from, "
        "and export it again.",
        count=len(rows),
    )


def _unclear_consent(verdicts: RowTable, texted: Marks) -> Finding | None:
    rows = _rows(texted & (verdicts.judged.unclear != 0))
    if not len(rows):
        return None
    first = int(rows[0])
    sheet, _ = verdicts.pairs[verdicts.sheet_of(first)]
    header = sheet.header[int(verdicts.judged.unclear[first]) - 1]
    return Finding(
        code="unclear_consent",
        level=Level.ERROR,
        message=f"The column {header!r} does not say yes in {counted(len(rows), 'row')}, first in "
        f"{row_place(verdicts, first)}, and may not speak of texts: if it does, call it "
        "'SMS consent', and these people are left out.",
        count=len(rows),
        ask=True,
    )


def _emails(verdicts: RowTable) -> Finding | None:
    # An e-mail is never a number, so that only these cells are worth a closer look.
    wrong = _rows(verdicts.rejected_for(Reason.NOT_A_NUMBER) & verdicts.has(Trait.EMAIL))
    filled = len(verdicts) - verdicts.counted().get(Reason.MISSING_NUMBER, 0)
    if not _many(len(wrong), filled):
        return None
    telling = verdicts.tellings.things[verdicts.judged.told[wrong[0]]]
    assert telling is not None
    return Finding(
        code="emails_as_numbers",
        level=Level.ERROR,
        message=f"{len(wrong)} of {filled} cells that should be numbers are e-mail addresses, "
        f"first in {row_place(verdicts, int(wrong[0]))}, column {telling.column!r}: say which "
        "column is the number with --map phone_number=HEADER.",
        count=len(wrong),
        ask=True,
    )


def _numbers(verdicts: RowTable, texted: Marks) -> Finding | None:
    traits = (
        (Trait.FIRST_A_NUMBER, Trait.FIRST_FILLED),
        (Trait.LAST_A_NUMBER, Trait.LAST_FILLED),
    )
    for name, (a_number, is_filled) in zip(FIELDS[:2], traits, strict=True):
        wrong = _rows(texted & verdicts.has(a_number))
        filled = int(np.count_nonzero(texted & verdicts.has(is_filled)))
        if _many(len(wrong), filled):
            return Finding(
                code="numbers_as_names",
                level=Level.ERROR,
                message=f"{len(wrong)} of {filled} values of {name} look like phone numbers, "
                f"first in {row_place(verdicts, int(wrong[0]))}: say which column it is with "
                f"--map {name}=HEADER.",
                count=len(wrong),
                ask=True,
            )
    return None


def _swapped(verdicts: RowTable, texted: Marks) -> Finding | None:
    """Find last names under the first: in many lists only last names are written in capitals."""
    both = texted & verdicts.has(Trait.FIRST_FILLED) & verdicts.has(Trait.LAST_FILLED)
    capitals = verdicts.has(Trait.FIRST_IN_CAPITALS) & ~verdicts.has(Trait.LAST_IN_CAPITALS)
    swapped = _rows(both & capitals)
    if not _many(len(swapped), int(np.count_nonzero(both))):
        return None
    return Finding(
        code="names_swapped",
        level=Level.WARNING,
        message=f"{len(swapped)} first names are in capitals beside a last name that is not, "
        f"first in {row_place(verdicts, int(swapped[0]))}: if the two are swapped, say which is "
        "which with --map first_name=HEADER --map last_name=HEADER.",
        count=len(swapped),
    )


def _capitals(verdicts: RowTable, texted: Marks) -> Finding | None:
    count = int(np.count_nonzero(texted & verdicts.has(Trait.FIRST_IN_CAPITALS)))
    filled = int(np.count_nonzero(texted & verdicts.has(Trait.FIRST_FILLED)))
    if not _many(count, filled):
        return None
    told = f"{count} of {filled} first names are in capitals, and the text shows them like that."
    return Finding(code="names_in_capitals", level=Level.NOTE, message=told, count=count)


def _nothing(verdicts: RowTable, texted: Marks) -> Finding | None:
    """Find words that stand for an empty cell; they are kept, for None may be a name."""
    rows = _rows(texted & verdicts.has(Trait.NULL_LIKE))
    if not len(rows):
        return None
    first = int(rows[0])
    at = verdicts.sheet_of(first)
    word = null_like_word(*verdicts.pairs[at], first - verdicts.starts[at])
    return Finding(
        code="words_for_nothing",
        level=Level.WARNING,
        message=f"A value looks like an empty cell in {counted(len(rows), 'row')}, the first of "
        f"them {word!r} in {row_place(verdicts, first)}, and the text would show it: empty these "
        "cells.",
        count=len(rows),
    )


def _many(count: int, of: int) -> bool:
    return count > SLIP and count > SHARE * of
