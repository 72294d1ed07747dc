"""Parse, suppress, dedupe, in that order: sheets become contacts and rejections.

Every row ends in exactly one of the two tables. It must not know texts, prices or frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bulksms.contacts.candidates import DAMAGED, choose
from bulksms.contacts.consent import refused_by
from bulksms.contacts.findings import findings_of
from bulksms.contacts.mapping import ColumnMapping
from bulksms.contacts.model import FIELDS, VALUE_LIMIT, Reason
from bulksms.contacts.names import cleaned, split_names
from bulksms.contacts.opt_outs import OptOutList
from bulksms.contacts.phones import NumberRules
from bulksms.contacts.screened import CONTACT_COLUMNS, Screened, rejection_table
from bulksms.loader import Sheet

__all__ = ["ScreeningRules", "screen"]

OF_TEXT = "\0"  # keeps a text's own words ("cell", "reason") apart from the columns used here
TOLD = ["reason", "column", "cell", "sentence"]
RAGGED = "The row has more cells than the header has columns: mend the separators or quotes."
OPTED_OUT = "The number is on the opt-out list: leave it out."
SENT_BEFORE = "The number was sent this text before: ask for it again if that is meant."
OPTED_OUT_BEFORE = "The rejects file says that this number opted out: leave it out."
REFUSED_ELSEWHERE = "Another row with this number says that it is not to be texted."
REJECTS_CODE = "bulksms_code"  # the column of our own rejects file, which may be loaded again
TOO_LONG = f" is longer than {VALUE_LIMIT} characters: shorten it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRules:
    """What may be texted in this run; no allowed countries means every country.

    Attributes:
        max_rejected: the share of rejected rows that stops the run when it is passed.
        sent_before: numbers that had this text, in E.164 or as digits from the ledger.
    """

    region: str = "FR"
    allow_landlines: bool = False
    allowed_countries: frozenset[str] = frozenset()
    rehearsal: bool = False
    max_rejected: float = 0.2
    sent_before: frozenset[str] | NDArray[np.int64] = field(default_factory=frozenset)

    def sent(self) -> OptOutList:
        """The numbers that had this text, as a list to look up."""
        if isinstance(self.sent_before, frozenset):
            return OptOutList.from_numbers(self.sent_before)
        return OptOutList.from_digits(self.sent_before)


def screen(
    sheets: Sequence[tuple[Sheet, ColumnMapping]], rules: ScreeningRules, opt_outs: OptOutList
) -> Screened:
    """Sort every row of the sheets into contacts and rejections."""
    texts = _text_columns([mapping for _, mapping in sheets])
    parts = [_judge(at, *pair, rules=rules) for at, pair in enumerate(sheets)]
    table = pd.concat(parts, ignore_index=True)
    table[texts] = table.reindex(columns=texts).fillna("").astype("str")
    table = _suppress(table, opt_outs, Reason.OPTED_OUT, OPTED_OUT)
    table = _suppress(table, _refused(table), Reason.NO_CONSENT, REFUSED_ELSEWHERE)
    table = _suppress(table, rules.sent(), Reason.SENT_BEFORE, SENT_BEFORE)
    table = _dedupe(table, [sheet for sheet, _ in sheets])
    kept = table["reason"] == ""
    contacts = table.loc[kept, [*CONTACT_COLUMNS, *texts]].reset_index(drop=True)
    answer = Screened(
        contacts=contacts.rename(columns=lambda name: name.removeprefix(OF_TEXT)),
        rejections=rejection_table([table[~kept]]),
        repaired=int(table.loc[kept, "repaired"].sum()),
        findings=findings_of(table, sheets, rules.max_rejected),
    )
    assert answer.rows == sum(len(sheet.rows) for sheet, _ in sheets), "rows must add up"
    return answer


def _text_columns(mappings: Sequence[ColumnMapping]) -> list[str]:
    named = {name for mapping in mappings for name in mapping.fields}
    if any(mapping.full_name is not None for mapping in mappings):
        named |= {"first_name", "last_name"}
    extras = [OF_TEXT + name for mapping in mappings for name in mapping.extras]
    return [*(name for name in FIELDS if name in named), *dict.fromkeys(extras)]


def _judge(
    source: int, sheet: Sheet, mapping: ColumnMapping, rules: ScreeningRules
) -> pd.DataFrame:
    numbers = NumberRules(allow_landlines=rules.allow_landlines, rehearsal=rules.rehearsal)
    found = choose(sheet, mapping, rules.region, numbers, rules.allowed_countries)
    header = np.array([*sheet.header, ""], dtype=object)
    found["column"] = pd.Series(header[found["column"]], dtype="str").set_axis(found.index)
    found = found.assign(
        source=source, row=np.asarray(sheet.rows.index), source_column=found["column"]
    )
    fields = _fields(sheet, mapping)
    for name in fields.columns:
        found[name] = fields[name].to_numpy()
    found = _refuse_long(found, sheet, mapping)
    found = _refuse_consent(found, sheet, mapping)
    found = _refuse_damaged(found, sheet, mapping)
    found = _keep_opted_out(found, sheet)
    ragged = pd.Series(sheet.rows.index.isin(sheet.ragged), index=found.index)
    return _mark(found, ragged, Reason.RAGGED_ROW, RAGGED, column="", cell="")


def _fields(sheet: Sheet, mapping: ColumnMapping) -> pd.DataFrame:
    wanted = mapping.fields | {OF_TEXT + name: at for name, at in mapping.extras.items()}
    texts = {name: cleaned(sheet.rows.iloc[:, at]) for name, at in wanted.items()}
    table = pd.DataFrame(texts, index=sheet.rows.index)
    if mapping.full_name is not None:
        split = split_names(cleaned(sheet.rows.iloc[:, mapping.full_name]))
        table = table.assign(first_name=split["first_name"], last_name=split["last_name"])
    return table.reset_index(drop=True)


def _mark(
    table: pd.DataFrame,
    where: pd.Series,
    reason: Reason,
    sentence: str | pd.Series,
    *,
    column: str | pd.Series | None = None,
    cell: str | pd.Series | None = None,
) -> pd.DataFrame:
    told = {"reason": reason.value, "sentence": sentence, "column": column, "cell": cell}
    changed = {
        name: table[name].mask(where, value).astype("str")
        for name, value in told.items()
        if value is not None
    }
    return table.assign(**changed)


def _refuse_long(table: pd.DataFrame, sheet: Sheet, mapping: ColumnMapping) -> pd.DataFrame:
    for name in FIELDS:
        if name not in table.columns:
            continue
        position = mapping.fields.get(name, mapping.full_name)
        header = "" if position is None else sheet.header[position]
        long = (table["reason"] == "") & (table[name].str.len() > VALUE_LIMIT)
        told = f"The value of {header!r}{TOO_LONG}"
        table = _mark(table, long, Reason.VALUE_TOO_LONG, told, column=header, cell=table[name])
    return table


def _refuse_consent(table: pd.DataFrame, sheet: Sheet, mapping: ColumnMapping) -> pd.DataFrame:
    headers = refused_by(sheet, mapping).set_axis(table.index)
    cells = pd.Series("", index=table.index, dtype="str")
    for position in (*mapping.do_not_contact, *mapping.consent):
        column = sheet.rows.iloc[:, position].set_axis(table.index)
        cells = cells.mask(headers == sheet.header[position], column)
    told = "The column '" + headers + "' says that this person is not to be texted."
    return _mark(table, headers != "", Reason.NO_CONSENT, told, column=headers, cell=cells)


def _refuse_damaged(table: pd.DataFrame, sheet: Sheet, mapping: ColumnMapping) -> pd.DataFrame:
    if sheet.damaged.empty:
        return table
    whole = () if mapping.full_name is None else (mapping.full_name,)
    consent = (*mapping.consent, *mapping.do_not_contact)
    used = (*mapping.fields.values(), *mapping.extras.values(), *whole, *consent)
    for position in used:
        where = sheet.damaged.iloc[:, position].set_axis(table.index).astype("bool")
        cells = sheet.rows.iloc[:, position].set_axis(table.index)
        header = sheet.header[position]
        reason = Reason.FORMULA_OR_ERROR_CELL
        table = _mark(table, where, reason, DAMAGED, column=header, cell=cells)
    return table


def _keep_opted_out(table: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """Leave out who opted out when the rejects file was written: the list may not be at hand."""
    if REJECTS_CODE not in sheet.header:
        return table
    codes = sheet.rows.iloc[:, sheet.header.index(REJECTS_CODE)].set_axis(table.index)
    where = (table["reason"] == "") & (codes.str.strip() == Reason.OPTED_OUT.value)
    return _mark(table, where, Reason.OPTED_OUT, OPTED_OUT_BEFORE)


def _refused(table: pd.DataFrame) -> OptOutList:
    """List the numbers of rows that say no: one no outweighs any yes of the same person."""
    told = table.loc[table["reason"] == Reason.NO_CONSENT.value, "phone_number"]
    return OptOutList.from_numbers(told[told != ""].dropna().tolist())


def _suppress(
    table: pd.DataFrame, numbers: OptOutList, reason: Reason, sentence: str
) -> pd.DataFrame:
    kept = table["reason"] == ""
    where = pd.Series(data=False, index=table.index)
    where[kept] = numbers.contains(table.loc[kept, "phone_number"])
    return _mark(table, where, reason, sentence)


def _dedupe(table: pd.DataFrame, sheets: Sequence[Sheet]) -> pd.DataFrame:
    kept = table["reason"] == ""
    where = kept & table["phone_number"].where(kept).duplicated()
    first = table[kept & ~where].set_index("phone_number")
    numbers = table["phone_number"].where(where)
    told = "The same number stands in row " + numbers.map(first["row"]).astype("Int64").astype(str)
    if len(sheets) > 1:
        places = pd.Series([_place(sheet) for sheet in sheets], dtype="str")
        told = told + " of " + numbers.map(first["source"]).map(places)
    told = told + ", which is the one texted."
    return _mark(table, where & told.notna(), Reason.DUPLICATE, told)


def _place(sheet: Sheet) -> str:
    return sheet.source.path + (f" ({sheet.source.sheet})" if sheet.source.sheet else "")
