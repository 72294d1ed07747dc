"""What the rules of this run say about all rows together: caps, refused duplicates, long values.

Each doubt that stops the sending has a code of its own, and its sentence says how to settle it.
"""

from collections.abc import Sequence

import pandas as pd

from bulksms.contacts.countries import FRANCE
from bulksms.contacts.marking import counted, row_place
from bulksms.contacts.model import VALUE_LIMIT, Finding, Level, Reason
from bulksms.contacts.rules import Duplicates, LongValues, ScreeningRules
from bulksms.loader import Sheet

__all__ = ["doubts_of"]


def doubts_of(
    table: pd.DataFrame, sheets: Sequence[Sheet], rules: ScreeningRules
) -> list[Finding | None]:
    """Tell what the rules say of the judged rows of all sheets."""
    return [
        _strangers(table),
        _foreign(table, rules),
        _refused_duplicates(table, sheets, rules),
        _long_values(table, sheets, rules),
    ]


def _strangers(table: pd.DataFrame) -> Finding | None:
    """Stop a trial that would reach anybody who is not a guest."""
    count = int((table["reason"] == Reason.NOT_ON_GUEST_LIST.value).sum())
    if not count:
        return None
    told = f"{count} rows are not on the guest list, and a trial reaches guests only: "
    told += "take them out of the file, add them to the list, or leave --guest-list out."
    return Finding(code="strangers", level=Level.ERROR, message=told, count=count)


def _foreign(table: pd.DataFrame, rules: ScreeningRules) -> Finding | None:
    home = FRANCE if rules.region in FRANCE else frozenset({rules.region})
    countries = table.loc[table["reason"] == "", "country"]
    counts = countries[~countries.isin(home)].value_counts()
    count = int(counts.sum())
    if not count:
        return None
    named = ", ".join(f"{country} {found}" for country, found in counts.items())
    abroad = countries[~countries.isin(home)].to_frame()
    told = f"The number of {counted(abroad, 'contact')} is outside {rules.region} ({named})"
    if rules.max_foreign is None or count <= rules.max_foreign:
        return Finding(code="foreign_numbers", level=Level.NOTE, message=f"{told}.", count=count)
    return Finding(
        code="too_many_foreign",
        level=Level.ERROR,
        message=f"{told}, and --max-foreign allows {rules.max_foreign}: check them, then allow "
        f"{count}, or text only one country with --allow-country {rules.region}.",
        count=count,
    )


def _refused_duplicates(
    table: pd.DataFrame, sheets: Sequence[Sheet], rules: ScreeningRules
) -> Finding | None:
    gone = table[table["reason"] == Reason.DUPLICATE.value]
    if rules.duplicates is not Duplicates.REFUSE or gone.empty:
        return None
    same = (table["reason"] == "") & (table["phone_number"] == gone["phone_number"].iloc[0])
    first, second = (row_place(rows, sheets) for rows in (table[same], gone))
    return Finding(
        code="duplicates_refused",
        level=Level.ERROR,
        message=f"The number of another row is repeated in {counted(gone, 'row')}, first that of "
        f"{first} in {second}: remove one of each pair, or choose which is texted with "
        "--duplicates first, last or most_complete.",
        count=len(gone),
    )


def _long_values(
    table: pd.DataFrame, sheets: Sequence[Sheet], rules: ScreeningRules
) -> Finding | None:
    cut = rules.long_values is LongValues.CUT
    reason = "" if cut else Reason.VALUE_TOO_LONG.value
    rows = table[(table["reason"] == reason) & (table["long"] != "")]
    if rules.long_values is LongValues.REJECT or rows.empty:
        return None
    first = f"first {rows['long'].iloc[0]!r} in {row_place(rows, sheets)}"
    if cut:
        told = f"A value is cut at {VALUE_LIMIT} characters in {counted(rows, 'row')}, {first}."
        return Finding(code="values_cut", level=Level.WARNING, message=told, count=len(rows))
    return Finding(
        code="long_values",
        level=Level.ERROR,
        message=f"A value has more than {VALUE_LIMIT} characters in {counted(rows, 'row')}, "
        f"{first}: shorten it, or choose --long-values reject or cut.",
        count=len(rows),
    )
