"""Rejects the rows whose text cannot be sent: too long, blank, or with a missing value.

Every result is a table of `REJECTION_COLUMNS` under the index of the contacts.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bulksms.contacts import REJECTION_COLUMNS, VALUE_LIMIT, Reason
from bulksms.message.template import is_blank

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "TEXT_LIMIT",
    "first_per_contact",
    "reject_long_values",
    "reject_missing_value",
    "reject_texts",
]

TEXT_LIMIT = 1224  # characters, eight segments of 153; octopush-api.md 6.1


def reject_long_values(
    contacts: "pd.DataFrame", cells: Iterable[tuple[str, "pd.Series[str]"]]
) -> "list[pd.DataFrame]":
    """Reject values longer than the API's limit; whether it cuts or refuses is not documented."""
    rejections = []
    for name, values in cells:
        lengths = values.str.len()
        rows = contacts[lengths > VALUE_LIMIT]
        if rows.empty:
            continue
        sentence = (
            f"The value of {name} has "
            + lengths[rows.index].astype("str")
            + f" characters, and the API accepts {VALUE_LIMIT}: shorten it."
        )
        cell = values[rows.index]
        rejections.append(_rejections(rows, Reason.VALUE_TOO_LONG, name, cell, sentence))
    return rejections


def reject_texts(table: "pd.DataFrame", texts: "pd.Series[str]") -> "list[pd.DataFrame]":
    """Reject texts that are blank, or longer than the API's limit."""
    lengths = texts.str.len()
    long, blank = table[lengths > TEXT_LIMIT], table[is_blank(texts)]
    if long.empty and blank.empty:
        return []
    too_long = (
        "The text of this row has "
        + lengths[long.index].astype("str")
        + f" characters, and the API accepts {TEXT_LIMIT}: shorten the text or its values."
    )
    empty = "The text of this row is empty: fill in its cells, or add a fallback."
    return [
        _rejections(long, Reason.TEXT_TOO_LONG, "", "", too_long),
        _rejections(blank, Reason.TEXT_EMPTY, "", "", empty),
    ]


def reject_missing_value(
    table: "pd.DataFrame", missing: "pd.Series[bool]", name: str
) -> "pd.DataFrame":
    """Reject the rows whose cell is empty where the text needs it."""
    sentence = f"The cell of {name} is empty, and the text needs it: fill it in, or add a fallback."
    return _rejections(table[missing], Reason.MISSING_VALUE, name, "", sentence)


def first_per_contact(rejections: "list[pd.DataFrame]") -> "pd.DataFrame":
    """Keep the first reason of each contact, in file order."""
    import pandas as pd

    if not rejections:
        return pd.DataFrame({name: [] for name in REJECTION_COLUMNS})
    table = pd.concat(rejections)
    return table[~table.index.duplicated()].sort_index()


def _rejections(
    rows: "pd.DataFrame",
    reason: Reason,
    column: str,
    cell: "pd.Series[str] | str",
    sentence: "pd.Series[str] | str",
) -> "pd.DataFrame":
    columns = {"reason": reason.value, "column": column, "cell": cell, "sentence": sentence}
    return rows[["source", "row"]].assign(**columns)[list(REJECTION_COLUMNS)]
