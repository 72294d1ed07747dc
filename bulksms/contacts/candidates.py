"""Which phone column speaks for each row: the first valid mobile in the ranked order.

All phone columns of a sheet are judged as one long column. It knows no opt-outs and no rules
about people.
"""

import numpy as np
import pandas as pd

from bulksms.contacts.countries import regions_of
from bulksms.contacts.headers import label_rank
from bulksms.contacts.mapping import ColumnMapping
from bulksms.contacts.model import Reason
from bulksms.contacts.normalising import normalise
from bulksms.contacts.phones import NumberRules
from bulksms.loader import Sheet

__all__ = ["DAMAGED", "NONE", "choose"]

DAMAGED = (
    "The cell holds an error or a formula without a value: "
    "open the file in a spreadsheet program, mend it and save."
)
NO_NUMBER = "There is no phone number in this row."
PER_RANK = 1_000  # more columns than any sheet has phones
PER_PREFERENCE = 100 * PER_RANK
SCORING = ("rank", "ahead", "damaged", "score")  # columns that only choosing needs
NEVER = -1
NONE = -1


def choose(
    sheet: Sheet,
    mapping: ColumnMapping,
    region: str,
    rules: NumberRules,
    allowed: frozenset[str],
) -> pd.DataFrame:
    """Choose one number for each row.

    The answer has a line per row of the sheet, in its order: what `phones.normalise` says of
    the chosen cell, its `column`, the `cell` itself, how many `mobiles` the row has, and as
    `rival` a level column that holds another number of the same worth, `NONE` without one.
    """
    long = _long(sheet, mapping)
    judged = normalise(long["cell"], _regions(long, sheet, mapping, region), rules)
    table = pd.concat([long, judged], axis=1)
    table = _mark(table, allowed)
    table = table.assign(score=_score(table))
    chosen, mobiles = _best(table, len(sheet.rows))
    rivals = _rivals(table, chosen, mapping).reindex(chosen.index, fill_value=NONE)
    kept = _fill(chosen.drop(columns=[*SCORING]), mapping)
    return kept.assign(mobiles=mobiles, rival=rivals)


def _best(table: pd.DataFrame, rows: int) -> tuple[pd.DataFrame, pd.Series]:
    """Give the best line of each row, and how many mobiles the row has."""
    valid = (table["reason"] == "") & table["kind"].isin(["mobile", "either"])
    if len(table) == rows and table["at"].is_unique:  # one column of numbers: nothing to choose
        return table.set_index("at"), valid.astype("int64").set_axis(table["at"])
    best = table.sort_values(["at", "score"], kind="stable")
    chosen = best.drop_duplicates("at").set_index("at").reindex(range(rows))
    mobiles = table[valid].groupby("at")["phone_number"].nunique()
    return chosen, mobiles.reindex(chosen.index, fill_value=0)


def _long(sheet: Sheet, mapping: ColumnMapping) -> pd.DataFrame:
    parts = [
        pd.DataFrame(
            {
                "at": np.arange(len(sheet.rows)),
                "column": position,
                "rank": _ranks(sheet, mapping, order, position),
                "ahead": order - mapping.tiers[order],
                "cell": sheet.rows.series(position).array,
                "damaged": _damaged(sheet, position),
            }
        )
        for order, position in enumerate(mapping.phone_numbers)
    ]
    long = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    known = long["rank"] != NEVER
    return long if known.all() else long[known].reset_index(drop=True)


def _regions(
    long: pd.DataFrame, sheet: Sheet, mapping: ColumnMapping, region: str
) -> str | pd.Series:
    if mapping.country is None:
        return region
    regions = regions_of(sheet.rows.series(mapping.country), region)
    return regions.iloc[long["at"]].set_axis(long.index)


def _ranks(sheet: Sheet, mapping: ColumnMapping, order: int, position: int) -> np.ndarray:
    if position not in mapping.labels:
        return np.full(len(sheet.rows), order, dtype=np.int64)
    codes, distinct = pd.factorize(sheet.rows.series(mapping.labels[position]))
    ranks = [label_rank(text) for text in distinct]
    known = [NEVER if rank is None else rank * PER_RANK + order for rank in ranks]
    return np.array(known, dtype=np.int64)[codes]


def _damaged(sheet: Sheet, position: int) -> np.ndarray:
    marks = np.zeros(len(sheet.rows), dtype=bool)
    marks[sheet.damaged[sheet.damaged[:, 1] == position, 0]] = True
    return marks


def _mark(table: pd.DataFrame, allowed: frozenset[str]) -> pd.DataFrame:
    if not allowed and not table["damaged"].any():
        return table
    barred = (table["reason"] == "") & ~table["country"].isin(allowed) & bool(allowed)
    told = (
        "The number is of " + table["country"] + ", and only "
        f"{', '.join(sorted(allowed))} may be texted: remove the row or allow that country."
    )
    reason = table["reason"].mask(barred, Reason.COUNTRY_NOT_ALLOWED.value)
    reason = reason.mask(table["damaged"], Reason.FORMULA_OR_ERROR_CELL.value)
    sentence = table["sentence"].mask(barred, told).mask(table["damaged"], DAMAGED)
    return table.assign(reason=reason.astype("str"), sentence=sentence.astype("str"))


def _score(table: pd.DataFrame) -> pd.Series:
    valid, missing = table["reason"] == "", table["reason"] == Reason.MISSING_NUMBER.value
    preference = np.select(
        [valid & (table["kind"] == "mobile"), valid & (table["kind"] == "either"), valid, ~missing],
        [0, 1, 2, 3],
        default=4,
    )
    return pd.Series(table["rank"] + preference * PER_PREFERENCE)


def _rivals(table: pd.DataFrame, chosen: pd.DataFrame, mapping: ColumnMapping) -> pd.Series:
    """Find the rows in which a column of the chosen one's tier holds another number."""
    if len(set(mapping.tiers)) == len(mapping.tiers):
        return pd.Series([], dtype="int64")
    # Of two level columns the left one is ahead by one, and by that alone.
    level = table["score"] - table["ahead"]
    others = (table["reason"] == "") & (level == table["at"].map(chosen["score"] - chosen["ahead"]))
    others &= table["phone_number"] != table["at"].map(chosen["phone_number"])
    return table[others].drop_duplicates("at").set_index("at")["column"]


def _fill(chosen: pd.DataFrame, mapping: ColumnMapping) -> pd.DataFrame:
    # A row whose only numbers are labelled fax or pager has no candidate at all.
    none = {
        "column": mapping.phone_numbers[0],
        "reason": Reason.MISSING_NUMBER.value,
        "sentence": NO_NUMBER,
        "repaired": False,
        "split": False,
    }
    texts = dict.fromkeys(["cell", "phone_number", "country", "kind"], "")
    filled = chosen.fillna(none | texts)
    return filled.astype({"column": "int64", "repaired": "bool", "split": "bool"})
