"""Rows that the text itself leaves out: a value or a text too long, or nothing to say.

It must not know templates; every fault is a table of rejections under the contacts' index.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bulksms.contacts import REJECTION_COLUMNS, VALUE_LIMIT, Reason
from bulksms.message.template import is_blank

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TEXT_LIMIT", "bad_texts", "first_of_each", "long_values", "missing_value"]

TEXT_LIMIT = 1224  # characters, eight segments of 153; octopush-api.md 6.1


def long_values(
    contacts: "pd.DataFrame", cells: Iterable[tuple[str, "pd.Series[str]"]]
) -> "list[pd.DataFrame]":
    """Reject values the API may cut or refuse; whether it does is not documented."""
    found = []
    for name, values in cells:
        lengths = values.str.len()
        rows = contacts[lengths > VALUE_LIMIT]
        sentence = (
            f"The value of {name} has "
            + lengths[rows.index].astype("str")
            + f" characters and the API takes {VALUE_LIMIT}: shorten it."
        )
        cell = values[rows.index]
        found.append(_rejected(rows, Reason.VALUE_TOO_LONG, name, cell, sentence))
    return found


def bad_texts(table: "pd.DataFrame", texts: "pd.Series[str]") -> "list[pd.DataFrame]":
    """Reject rows whose text is longer than the API takes, or says nothing."""
    lengths = texts.str.len()
    long, blank = table[lengths > TEXT_LIMIT], table[is_blank(texts)]
    sentence = (
        "The text of this row has "
        + lengths[long.index].astype("str")
        + f" characters and the API takes {TEXT_LIMIT}: shorten the text or its values."
    )
    hollow = "Nothing is left of the text in this row: fill its cells, or give a fallback."
    return [
        _rejected(long, Reason.TEXT_TOO_LONG, "", "", sentence),
        _rejected(blank, Reason.TEXT_EMPTY, "", "", hollow),
    ]


def missing_value(table: "pd.DataFrame", gap: "pd.Series[bool]", name: str) -> "pd.DataFrame":
    """Reject the rows that have nothing to put into the text."""
    sentence = f"The cell of {name} is empty and the text needs it: fill it, or give a fallback."
    return _rejected(table[gap], Reason.MISSING_VALUE, name, "", sentence)


def _rejected(
    rows: "pd.DataFrame",
    reason: Reason,
    column: str,
    cell: "pd.Series[str] | str",
    sentence: "pd.Series[str] | str",
) -> "pd.DataFrame":
    told = {"reason": reason.value, "column": column, "cell": cell, "sentence": sentence}
    return rows[["source", "row"]].assign(**told)[list(REJECTION_COLUMNS)]


def first_of_each(faults: "list[pd.DataFrame]") -> "pd.DataFrame":
    """Keep one reason a row, in the order of the file; the index stays that of the contacts."""
    import pandas as pd

    if not faults:
        return pd.DataFrame({name: [] for name in REJECTION_COLUMNS})
    told = pd.concat(faults)
    return told[~told.index.duplicated()].sort_index()
