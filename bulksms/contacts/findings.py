"""What people must know of the whole input before sending: told from the screened rows."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bulksms.contacts.candidates import NONE
from bulksms.contacts.columns import name_of
from bulksms.contacts.contents import contents_of
from bulksms.contacts.doubts import doubts_of
from bulksms.contacts.mapping import ColumnMapping
from bulksms.contacts.marking import counted, place
from bulksms.contacts.model import SUPPRESSING, Finding, Level, Reason
from bulksms.contacts.numbers import table_at
from bulksms.contacts.opt_outs import as_digits
from bulksms.contacts.rules import ScreeningRules
from bulksms.loader import Sheet

__all__ = ["findings_of"]

ENOUGH_ROWS = 20
NOTICED = 5_000  # rows from which it is felt that numbers are looked up one by one
GENERATED_RUN = 250  # consecutive numbers that nobody collects from people
# Left out as they should be: no sign that the file is read wrongly.
NOT_FAULTS = (*SUPPRESSING, Reason.NO_CONSENT, Reason.SENT_BEFORE, Reason.NOT_ON_GUEST_LIST)


def findings_of(
    table: pd.DataFrame, sheets: Sequence[tuple[Sheet, ColumnMapping]], rules: ScreeningRules
) -> tuple[Finding, ...]:
    """Tell what stands out in the judged rows of all sheets."""
    files = [sheet for sheet, _ in sheets]
    found = (
        _stale_table(table, rules),
        _known_exports(sheets),
        _many_rejected(table, rules.max_rejected),
        *doubts_of(table, files, rules),
        *contents_of(table, files),
        _repaired(table),
        _shared(table),
        _generated(table),
        _columns_used(table, sheets),
        _equal_columns(table, files),
        _split_cells(table),
        _several_mobiles(table),
        _whole_names(table, sheets),
    )
    return tuple(finding for finding in found if finding is not None)


def _stale_table(table: pd.DataFrame, rules: ScreeningRules) -> Finding | None:
    if len(table) < NOTICED or table_at(rules.number_table) is not None:
        return None
    told = (
        "The number table was not made from the installed version of phonenumbers: "
        "every number is looked up by itself, which finds the same but takes longer."
    )
    return Finding(code="number_table_stale", level=Level.NOTE, message=told, count=len(table))


def _known_exports(sheets: Sequence[tuple[Sheet, ColumnMapping]]) -> Finding | None:
    names = {mapping.export: None for _, mapping in sheets if mapping.export}
    if not names:
        return None
    told = f"Recognised as an export of {', '.join(names)}: its own order of phone columns is used."
    return Finding(code="known_export", level=Level.NOTE, message=told, count=len(names))


def _many_rejected(table: pd.DataFrame, max_rejected: float) -> Finding | None:
    """Say that the cause is the file and not the rows, above a share of rejected ones."""
    faults = (table["reason"] != "") & ~table["reason"].isin(NOT_FAULTS)
    count, rows = int(faults.sum()), len(table)
    if rows < ENOUGH_ROWS or count <= max_rejected * rows:
        return None
    worst = str(table.loc[faults, "reason"].value_counts().index[0])
    return Finding(
        code="many_rejected",
        level=Level.ERROR,
        message=f"{count} of {rows} rows are rejected, most often {worst.replace('_', ' ')}: "
        "check the phone column and the country, or allow it with --max-rejected "
        f"{math.ceil(100 * count / rows)}.",
        count=count,
    )


def _repaired(table: pd.DataFrame) -> Finding | None:
    count = int(((table["reason"] == "") & table["repaired"]).sum())
    if not count:
        return None
    repaired = "1 number was" if count == 1 else f"{count} numbers were"
    told = f"{repaired} repaired (a lost leading zero, or .0 at the end)."
    return Finding(code="repaired", level=Level.NOTE, message=told, count=count)


def _shared(table: pd.DataFrame) -> Finding | None:
    if not {"first_name", "last_name"} & set(table.columns):
        return None
    names = [name for name in ("first_name", "last_name") if name in table.columns]
    texted = table["reason"].isin(["", Reason.DUPLICATE.value])
    valid = table.loc[texted, ["phone_number", *names]]
    numbers = pd.Series(as_digits(valid["phone_number"]), index=valid.index)
    valid = valid[numbers.duplicated(keep=False)]
    joined = _joined(valid, names)
    named = pd.DataFrame({"number": valid["phone_number"], "name": joined})
    named = named[named["name"] != ""]
    spellings = named.drop_duplicates()["number"].value_counts()
    count = int((spellings > 1).sum())
    if not count:
        return None
    shared = "1 number is" if count == 1 else f"{count} numbers are"
    told = f"{shared} shared by people of different names: one row of each is texted."
    return Finding(code="shared_number", level=Level.WARNING, message=told, count=count)


def _joined(table: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    joined = table[names[0]]
    for name in names[1:]:
        joined = joined + " " + table[name]
    return joined.str.casefold().str.replace(r"[\W_]+", " ", regex=True).str.strip()


def _generated(table: pd.DataFrame) -> Finding | None:
    texts = table.loc[table["reason"] == "", "phone_number"]
    digits = np.sort(as_digits(texts))
    breaks = np.flatnonzero(np.diff(digits) != 1)
    edges = np.concatenate([[-1], breaks, [len(digits) - 1]])
    longest = int(np.diff(edges).max()) if len(digits) else 0
    if longest < GENERATED_RUN:
        return None
    told = f"{longest} numbers follow each other without a gap: is the list generated?"
    return Finding(code="generated_numbers", level=Level.WARNING, message=told, count=longest)


def _columns_used(
    table: pd.DataFrame, sheets: Sequence[tuple[Sheet, ColumnMapping]]
) -> Finding | None:
    if all(len(mapping.phone_numbers) == 1 for _, mapping in sheets):
        return None
    counts = table.loc[table["reason"] == "", "source_column"].value_counts()
    if counts.empty:
        return None
    told = ", ".join(f"{header!r} in {count}" for header, count in counts.items())
    message = f"Rows whose number was taken from each column: {told}."
    return Finding(code="columns_used", level=Level.NOTE, message=message, count=len(counts))


def _equal_columns(table: pd.DataFrame, sheets: Sequence[Sheet]) -> Finding | None:
    texted = table["reason"].isin(["", Reason.DUPLICATE.value])
    rows = table[texted & (table["rival"] != NONE)]
    if rows.empty:
        return None
    first = rows.iloc[0]
    sheet = sheets[first["source"]]
    pair = sorted((first["position"], first["rival"]))
    named = " and ".join(f"{at + 1} {sheet.header[at].strip()!r}" for at in pair)
    told = " ".join(f"--map phone_number={name_of(sheet, at)!r}" for at in pair)
    return Finding(
        code="equal_columns",
        level=Level.ERROR,
        message=f"Columns {named} of {place(sheet)} could each be the number and differ in "
        f"{counted(rows, 'row')}, first in row {first['row']}: say which is better with {told}, "
        "best first, or keep only one of them.",
        count=len(rows),
        ask=True,
    )


def _split_cells(table: pd.DataFrame) -> Finding | None:
    rows = table[(table["reason"] == "") & table["split"]]
    if rows.empty:
        return None
    told = f"A mobile beside other numbers is taken from {counted(rows, 'cell')}."
    return Finding(code="split_cells", level=Level.NOTE, message=told, count=len(rows))


def _several_mobiles(table: pd.DataFrame) -> Finding | None:
    several = (table["mobiles"] > 1) & (table["rival"] == NONE)
    count = int(((table["reason"] == "") & several).sum())
    if not count:
        return None
    told = f"{count} rows have several mobiles: the one of the best column is texted."
    return Finding(code="several_mobiles", level=Level.NOTE, message=told, count=count)


def _whole_names(
    table: pd.DataFrame, sheets: Sequence[tuple[Sheet, ColumnMapping]]
) -> Finding | None:
    split = [at for at, (_, mapping) in enumerate(sheets) if mapping.full_name is not None]
    if not split:
        return None
    rows = table[table["source"].isin(split) & (table["reason"] == "")]
    spaced = rows["first_name"].str.contains(" ", regex=False) & (rows["last_name"] == "")
    count = int(spaced.sum())
    if not count:
        return None
    told = f"{count} names could not be split safely and stay whole as the first name."
    return Finding(code="names_whole", level=Level.NOTE, message=told, count=count)
