"""Of several rows with one number, the one that is texted; the others name it.

It must not know why a row was left out before: it sees only rows that could be texted.
"""

from collections.abc import Sequence

import pandas as pd

from bulksms.contacts.marking import mark, place
from bulksms.contacts.model import Reason
from bulksms.contacts.opt_outs import as_digits
from bulksms.contacts.rules import Duplicates
from bulksms.loader import Sheet

__all__ = ["dedupe"]


def dedupe(
    table: pd.DataFrame, sheets: Sequence[Sheet], rule: Duplicates, texts: Sequence[str]
) -> pd.DataFrame:
    """Leave one row for each number.

    Args:
        table: every row of all sheets, in file order.
        sheets: what `table["source"]` counts.
        rule: which row stays; `refuse` keeps the first, so that the rows still add up.
        texts: the columns that make a row more or less complete.
    """
    texted = table.loc[table["reason"] == "", "phone_number"]
    numbers = pd.Series(as_digits(texted), index=texted.index)
    shared = numbers[numbers.duplicated(keep=False)]
    if shared.empty:
        return table
    kept = _kept(table.loc[shared.index, list(texts)], shared, rule)
    gone = shared.drop(kept)
    standing = table.loc[kept, ["row", "source"]].set_axis(shared[kept].to_numpy())
    told = "The same number stands in row " + gone.map(standing["row"]).astype("str")
    if len(sheets) > 1:
        places = pd.Series([place(sheet) for sheet in sheets], dtype="str")
        told = told + " of " + gone.map(standing["source"]).map(places)
    sentence = (told + ", which is the one texted.").reindex(table.index)
    where = pd.Series(table.index.isin(gone.index), index=table.index)
    return mark(table, where, Reason.DUPLICATE, sentence)


def _kept(fields: pd.DataFrame, numbers: pd.Series, rule: Duplicates) -> pd.Index:
    """Name the row that stays for each number, by its index."""
    if rule is Duplicates.LAST:
        return numbers[~numbers.duplicated(keep="last")].index
    if rule is Duplicates.MOST_COMPLETE:
        filled = (fields != "").sum(axis="columns")
        numbers = numbers.loc[filled.sort_values(ascending=False, kind="stable").index]
    return numbers[~numbers.duplicated()].index
