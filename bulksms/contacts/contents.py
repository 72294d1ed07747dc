"""Cells that are not what their column is for: e-mails, numbers, capitals, words for nothing.

It must not decide about a row; what it tells is for people to judge.
"""

from collections.abc import Sequence

import pandas as pd

from bulksms.contacts.marking import counted, row_place
from bulksms.contacts.model import FIELDS, Finding, Level, Reason
from bulksms.contacts.values import OF_TEXT
from bulksms.loader import Sheet

__all__ = ["contents_of"]

SHARE = 0.2  # of the filled cells; below it, some cells are wrong and not the column
SLIP = 1  # one cell alone is no column
EMAIL = r"\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*"
NUMBER = r"\+?\(?\d(?:[\s().\-/]*\d){7,}"
FIRST = tuple("+(0123456789")
INITIALS = 2  # letters at most: "JP" is no name in capitals
NOTHING = (
    "null", "none", "nil", "nan", "n/a", "#n/a", "undefined", "unknown", "inconnu", "inconnue",
    "unbekannt", "desconocido", "desconocida", "sconosciuto", "desconhecido", "?", "??", "???",
    "-", "--", "---", ".", "x", "xx", "xxx",
)  # fmt: skip


def contents_of(table: pd.DataFrame, sheets: Sequence[Sheet]) -> list[Finding | None]:
    """Tell what the judged rows of all sheets hold in the wrong place."""
    values = [name for name in table.columns if name in FIELDS or name.startswith(OF_TEXT)]
    texted = table.loc[table["reason"] == "", ["source", "row", "unclear", *values]]
    return [
        _digits_lost(table, sheets),
        _unclear_consent(texted, sheets),
        _emails(table, sheets),
        _numbers(texted, sheets),
        _swapped(texted, sheets),
        _capitals(texted),
        _nothing(texted, sheets),
    ]


def _digits_lost(table: pd.DataFrame, sheets: Sequence[Sheet]) -> Finding | None:
    rows = table[table["reason"] == Reason.DIGITS_LOST.value]
    if rows.empty:
        return None
    return Finding(
        code="digits_lost",
        level=Level.WARNING,
        message="The spreadsheet program has destroyed the number in "
        f"{counted(rows, 'row')}, the first {rows['cell'].iloc[0]!r} in "
        f"{row_place(rows, sheets)}: format the column as text where the list comes from, "
        "and export it again.",
        count=len(rows),
    )


def _unclear_consent(texted: pd.DataFrame, sheets: Sequence[Sheet]) -> Finding | None:
    rows = texted[texted["unclear"] != ""]
    if rows.empty:
        return None
    header = rows["unclear"].iloc[0]
    return Finding(
        code="unclear_consent",
        level=Level.ERROR,
        message=f"The column {header!r} does not say yes in {counted(rows, 'row')}, first in "
        f"{row_place(rows, sheets)}, and may not speak of texts: if it does, call it "
        "'SMS consent', and these people are left out.",
        count=len(rows),
        ask=True,
    )


def _emails(table: pd.DataFrame, sheets: Sequence[Sheet]) -> Finding | None:
    # An e-mail is never a number, so that only these cells are worth a closer look.
    wrong = table[table["reason"] == Reason.NOT_A_NUMBER.value]
    wrong = wrong[wrong["cell"].str.fullmatch(EMAIL)]
    filled = int((table["reason"] != Reason.MISSING_NUMBER.value).sum())
    if not _many(len(wrong), filled):
        return None
    return Finding(
        code="emails_as_numbers",
        level=Level.ERROR,
        message=f"{len(wrong)} of {filled} cells that should be numbers are e-mail addresses, "
        f"first in {row_place(wrong, sheets)}, column {wrong['column'].iloc[0]!r}: say which "
        "column is the number with --map phone_number=HEADER.",
        count=len(wrong),
        ask=True,
    )


def _numbers(texted: pd.DataFrame, sheets: Sequence[Sheet]) -> Finding | None:
    for name in _names(texted):
        likely = texted[texted[name].str.slice(0, 1).isin(FIRST)]  # ten times as fast
        wrong = likely[likely[name].str.fullmatch(NUMBER)]
        filled = int((texted[name] != "").sum())
        if _many(len(wrong), filled):
            return Finding(
                code="numbers_as_names",
                level=Level.ERROR,
                message=f"{len(wrong)} of {filled} values of {name} look like phone numbers, "
                f"first in {row_place(wrong, sheets)}: say which column it is with "
                f"--map {name}=HEADER.",
                count=len(wrong),
                ask=True,
            )
    return None


def _swapped(texted: pd.DataFrame, sheets: Sequence[Sheet]) -> Finding | None:
    """Find last names under the first: in many lists only last names are written in capitals."""
    if len(_names(texted)) < len(FIELDS[:2]):
        return None
    both = (texted["first_name"] != "") & (texted["last_name"] != "")
    swapped = texted[both & _in_capitals(texted["first_name"]) & ~texted["last_name"].str.isupper()]
    if not _many(len(swapped), int(both.sum())):
        return None
    return Finding(
        code="names_swapped",
        level=Level.WARNING,
        message=f"{len(swapped)} first names are in capitals beside a last name that is not, "
        f"first in {row_place(swapped, sheets)}: if the two are swapped, say which is which with "
        "--map first_name=HEADER --map last_name=HEADER.",
        count=len(swapped),
    )


def _capitals(texted: pd.DataFrame) -> Finding | None:
    if "first_name" not in texted.columns:
        return None
    names = texted["first_name"]
    count, filled = int(_in_capitals(names).sum()), int((names != "").sum())
    if not _many(count, filled):
        return None
    told = f"{count} of {filled} first names are in capitals, and the text shows them like that."
    return Finding(code="names_in_capitals", level=Level.NOTE, message=told, count=count)


def _nothing(texted: pd.DataFrame, sheets: Sequence[Sheet]) -> Finding | None:
    """Find words that stand for an empty cell; they are kept, for None may be a name."""
    values = [name for name in texted.columns if name in FIELDS or name.startswith(OF_TEXT)]
    hollow = {name: texted[name].str.lower().isin(NOTHING) for name in values}
    if not hollow:
        return None
    rows = texted[pd.DataFrame(hollow).any(axis="columns")]
    if rows.empty:
        return None
    word = next(rows[name].iloc[0] for name in values if hollow[name][rows.index[0]])
    return Finding(
        code="words_for_nothing",
        level=Level.WARNING,
        message=f"A value looks like an empty cell in {counted(rows, 'row')}, the first of them "
        f"{word!r} in {row_place(rows, sheets)}, and the text would show it: empty these cells.",
        count=len(rows),
    )


def _names(table: pd.DataFrame) -> list[str]:
    return [name for name in FIELDS[:2] if name in table.columns]


def _in_capitals(names: pd.Series) -> pd.Series:
    return names.str.isupper() & (names.str.len() > INITIALS)


def _many(count: int, of: int) -> bool:
    return count > SLIP and count > SHARE * of
