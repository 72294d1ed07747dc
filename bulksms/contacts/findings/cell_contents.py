"""Finds cells that are not what their column is for: e-mails, numbers, capitals, nulls.

No row is rejected here; people judge what is found.
"""

import numpy as np
from numpy.typing import NDArray

from bulksms.contacts.columns.consent_headers import ConsentRole
from bulksms.contacts.model import FIELDS, Reason
from bulksms.contacts.phones.display import FICTITIOUS
from bulksms.contacts.rows.field_values import null_like_word
from bulksms.contacts.rows.row_table import Marks, RowTable, Trait
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level

__all__ = ["cell_content_findings"]

SHARE = 0.2  # of the filled cells; below it, some cells are wrong and not the column
SHOWN = 40  # characters of a cell that are quoted
ASKS_FOR_YES = (ConsentRole.CONSENT, ConsentRole.SMS_STATUS)
SLIP = 1  # one cell alone is not a column


def cell_content_findings(row_table: RowTable) -> list[Finding | None]:
    """Return the findings about what cells hold."""
    sendable = row_table.sendable
    return [
        _digits_lost(row_table),
        _fictitious(row_table),
        _unclear_consent(row_table, sendable),
        _emails(row_table),
        _numbers(row_table, sendable),
        _swapped_names(row_table, sendable),
        _capitals(row_table, sendable),
        _null_like(row_table, sendable),
        _titles(row_table, sendable),
    ]


def _rows(marks: Marks) -> NDArray[np.int64]:
    return np.flatnonzero(marks)


def _rejected_cell(row_table: RowTable, row: int) -> str:
    """Return the cell that a row is rejected for."""
    at = row_table.sheet_of(row)
    sheet, _ = row_table.mapped_sheets[at]
    return sheet.rows.cell(row - row_table.starts[at], row_table.rejection_of(row).at)


def _digits_lost(row_table: RowTable) -> Finding | None:
    rows = _rows(row_table.rejected_for(Reason.DIGITS_LOST))
    if not len(rows):
        return None
    first = int(rows[0])
    return Finding(
        code="digits_lost",
        level=Level.WARNING,
        message="The spreadsheet program has destroyed the number in "
        f"{count_of(len(rows), 'row')}, the first {_rejected_cell(row_table, first)!r} in "
        f"{row_table.row_label(first)}: format the column as text where the list comes from, "
        "and export it again.",
        count=len(rows),
    )


def _fictitious(row_table: RowTable) -> Finding | None:
    codes = row_table.templates.codes_of_wording(FICTITIOUS)
    rows = _rows(np.isin(row_table.columns.rejections, codes))
    if not len(rows):
        return None
    first = int(rows[0])
    return Finding(
        code="fictitious_numbers",
        level=Level.WARNING,
        message=f"The number is reserved for fiction in {count_of(len(rows), 'row')}, the first "
        f"{_rejected_cell(row_table, first)!r} in {row_table.row_label(first)}: try such a list "
        "with bulksms rehearse, or give real numbers.",
        count=len(rows),
    )


def _unclear_consent(row_table: RowTable, sendable: Marks) -> Finding | None:
    unclear = row_table.columns.unclear_columns
    rows = _rows(sendable & (unclear != 0))
    if not len(rows):
        return None
    first = int(rows[0])
    at = row_table.sheet_of(first)
    (sheet, mapping), column = row_table.mapped_sheets[at], int(unclear[first]) - 1
    header = sheet.header[column].strip() or f"column {column + 1}"
    cell = sheet.rows.cell(first - row_table.starts[at], column)
    shown = f"{cell[:SHOWN]!r}" if cell.strip() else "empty"
    affected = f"in {count_of(len(rows), 'row')}, first in {row_table.row_label(first)} ({shown})"
    if mapping.consent_roles.get(column) in ASKS_FOR_YES:
        message = (
            f"The column {header!r} does not say yes {affected}, and it is not clear whether it "
            "is about SMS: if it is, call it 'SMS consent', and these people are left out."
        )
    else:
        message = (
            f"A cell may say that this person wants no texts {affected}, column {header!r}: take "
            "these people out, or call the column 'SMS opt-out' to leave out all that it marks."
        )
    return Finding(
        code="unclear_consent",
        level=Level.ERROR,
        message=message,
        count=len(rows),
        ask=True,
    )


def _emails(row_table: RowTable) -> Finding | None:
    # An e-mail is never a number, so that only these cells are worth a closer look.
    rows = _rows(row_table.rejected_for(Reason.NOT_A_NUMBER) & row_table.has_trait(Trait.EMAIL))
    filled = len(row_table) - row_table.reason_counts().get(Reason.MISSING_NUMBER, 0)
    if not _many(len(rows), filled):
        return None
    first = int(rows[0])
    return Finding(
        code="emails_as_numbers",
        level=Level.ERROR,
        message=f"{len(rows):,} of {filled:,} cells that should be numbers are e-mail addresses, "
        f"first in {row_table.row_label(first)}, column {row_table.rejection_of(first).column!r}: "
        "say which column is the number with --map phone_number=HEADER.",
        count=len(rows),
        ask=True,
    )


def _numbers(row_table: RowTable, sendable: Marks) -> Finding | None:
    traits = (
        (Trait.FIRST_A_NUMBER, Trait.FIRST_FILLED),
        (Trait.LAST_A_NUMBER, Trait.LAST_FILLED),
    )
    for name, (a_number, is_filled) in zip(FIELDS[:2], traits, strict=True):
        rows = _rows(sendable & row_table.has_trait(a_number))
        filled = int(np.count_nonzero(sendable & row_table.has_trait(is_filled)))
        if _many(len(rows), filled):
            return Finding(
                code="numbers_as_names",
                level=Level.ERROR,
                message=f"{len(rows):,} of {filled:,} values of {name} look like phone numbers, "
                f"first in {row_table.row_label(int(rows[0]))}: say which column it is with "
                f"--map {name}=HEADER.",
                count=len(rows),
                ask=True,
            )
    return None


def _swapped_names(row_table: RowTable, sendable: Marks) -> Finding | None:
    """Find last names under the first: in many lists only last names are in capitals."""
    filled = row_table.has_trait(Trait.FIRST_FILLED) & row_table.has_trait(Trait.LAST_FILLED)
    capitals = row_table.has_trait(Trait.FIRST_IN_CAPITALS)
    capitals &= ~row_table.has_trait(Trait.LAST_IN_CAPITALS)
    rows = _rows(sendable & filled & capitals)
    if not _many(len(rows), int(np.count_nonzero(sendable & filled))):
        return None
    return Finding(
        code="names_swapped",
        level=Level.WARNING,
        message=f"{len(rows):,} first names are in capitals beside a last name that is not, "
        f"first in {row_table.row_label(int(rows[0]))}: if the two are swapped, say which is "
        "which with --map first_name=HEADER --map last_name=HEADER.",
        count=len(rows),
    )


def _capitals(row_table: RowTable, sendable: Marks) -> Finding | None:
    count = int(np.count_nonzero(sendable & row_table.has_trait(Trait.FIRST_IN_CAPITALS)))
    filled = int(np.count_nonzero(sendable & row_table.has_trait(Trait.FIRST_FILLED)))
    if not _many(count, filled):
        return None
    message = (
        f"{count:,} of {filled:,} first names are in capitals, and the text shows them like that."
    )
    return Finding(code="names_in_capitals", level=Level.NOTE, message=message, count=count)


def _null_like(row_table: RowTable, sendable: Marks) -> Finding | None:
    """Find words that stand for an empty cell; they are kept, for None may be a name."""
    rows = _rows(sendable & row_table.has_trait(Trait.NULL_LIKE))
    if not len(rows):
        return None
    first = int(rows[0])
    at = row_table.sheet_of(first)
    word = null_like_word(*row_table.mapped_sheets[at], first - row_table.starts[at])
    return Finding(
        code="words_for_nothing",
        level=Level.WARNING,
        message=f"A value looks like an empty cell in {count_of(len(rows), 'row')}, the first of "
        f"them {word!r} in {row_table.row_label(first)}, and the text would show it: empty these "
        "cells.",
        count=len(rows),
    )


def _titles(row_table: RowTable, sendable: Marks) -> Finding | None:
    """Find titles where the first name should be: no one is called "Monsieur"."""
    rows = _rows(sendable & row_table.has_trait(Trait.TITLED))
    if not len(rows):
        return None
    return Finding(
        code="titles_in_names",
        level=Level.WARNING,
        message=f"A title such as Mr or Madame is beside a name without a first name in "
        f"{count_of(len(rows), 'row')}, first in {row_table.row_label(int(rows[0]))}: check what "
        "{first_name} becomes there, or use the column's own name in the text.",
        count=len(rows),
    )


def _many(count: int, of: int) -> bool:
    return count > SLIP and count > SHARE * of
