"""Parse, suppress, dedupe, in that order: sheets become contacts and rejections.

Every row ends in exactly one of the two tables. It must not know texts, prices or frames.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bulksms.contacts.candidates import DAMAGED, choose
from bulksms.contacts.consent import doubted_by, refused_by
from bulksms.contacts.duplicates import dedupe
from bulksms.contacts.findings import findings_of
from bulksms.contacts.mapping import ColumnMapping
from bulksms.contacts.marking import mark
from bulksms.contacts.model import FIELDS, Reason
from bulksms.contacts.opt_outs import OptOutList
from bulksms.contacts.phones import NumberRules
from bulksms.contacts.rules import ScreeningRules
from bulksms.contacts.screened import CONTACT_COLUMNS, Screened, rejection_table
from bulksms.contacts.values import OF_TEXT, add_values
from bulksms.loader import Sheet

__all__ = ["screen"]

RAGGED = "The row has more cells than the header has columns: mend the separators or quotes."
OPTED_OUT = "The number is on the opt-out list: leave it out."
SENT_BEFORE = "The number was sent this text before: ask for it again if that is meant."
NO_GUEST = "The number is not on the guest list: in a trial only guests are texted."
OPTED_OUT_BEFORE = "The rejects file says that this number opted out: leave it out."
REFUSED_ELSEWHERE = "Another row with this number says that it is not to be texted."
REJECTS_CODE = "bulksms_code"  # the column of our own rejects file, which may be loaded again


def screen(
    sheets: Sequence[tuple[Sheet, ColumnMapping]], rules: ScreeningRules, opt_outs: OptOutList
) -> Screened:
    """Sort every row of the sheets into contacts and rejections."""
    texts = _text_columns([mapping for _, mapping in sheets])
    parts = [_judge(at, *pair, rules=rules) for at, pair in enumerate(sheets)]
    table = _joined(parts, texts)
    judged = table["reason"] == ""
    table = _suppress(table, opt_outs, Reason.OPTED_OUT, OPTED_OUT)
    said_no = judged & (table["reason"] != "")
    table = _suppress(table, _refused(table), Reason.NO_CONSENT, REFUSED_ELSEWHERE)
    table = _suppress(table, rules.sent(), Reason.SENT_BEFORE, SENT_BEFORE)
    table = _only_guests(table, rules.guests)
    left_out = _only_opted_out(table, said_no, rules)
    left_out, table = (
        dedupe(rows, [sheet for sheet, _ in sheets], rules.duplicates, texts)
        for rows in (left_out, table)
    )
    kept = table["reason"] == ""
    answer = Screened(
        contacts=_people(table, texts),
        left_out=_people(left_out, texts),
        rejections=rejection_table([table[~kept]]),
        repaired=int(table.loc[kept, "repaired"].sum()),
        findings=findings_of(table, sheets, rules),
    )
    assert answer.rows == sum(len(sheet.rows) for sheet, _ in sheets), "rows must add up"
    return answer


def _joined(parts: list[pd.DataFrame], texts: list[str]) -> pd.DataFrame:
    """Put the rows of all sheets below each other; a sheet may lack a text that another has."""
    if len(parts) == 1:
        return parts.pop().reset_index(drop=True)
    table = pd.concat(parts, ignore_index=True)
    parts.clear()
    table[texts] = table.reindex(columns=texts).fillna("").astype("str")
    return table


def _people(table: pd.DataFrame, texts: list[str]) -> pd.DataFrame:
    kept = table["reason"] == ""
    people = table.loc[kept, [*CONTACT_COLUMNS, *texts]].reset_index(drop=True)
    return people.rename(columns=lambda name: name.removeprefix(OF_TEXT))


def _only_opted_out(table: pd.DataFrame, said_no: pd.Series, rules: ScreeningRules) -> pd.DataFrame:
    """Give the rows that nothing but the opt-out list keeps from being texted."""
    opted_out = table[said_no]
    others = _refused(table) | rules.sent()
    return opted_out[~others.contains(opted_out["phone_number"])].assign(reason="")


def _text_columns(mappings: Sequence[ColumnMapping]) -> list[str]:
    named = {name for mapping in mappings for name in mapping.fields}
    if any(mapping.full_name is not None for mapping in mappings):
        named |= {"first_name", "last_name"}
    extras = [OF_TEXT + name for mapping in mappings for name in mapping.extras]
    return [*(name for name in FIELDS if name in named), *dict.fromkeys(extras)]


def _judge(
    source: int, sheet: Sheet, mapping: ColumnMapping, rules: ScreeningRules
) -> pd.DataFrame:
    numbers = NumberRules(
        allow_landlines=rules.allow_landlines,
        rehearsal=rules.rehearsal,
        table=rules.number_table,
    )
    found = choose(sheet, mapping, rules.region, numbers, rules.allowed_countries)
    header = np.array([*sheet.header, ""], dtype=object)
    found["position"] = found["column"]
    found["column"] = pd.Series(header[found["column"]], dtype="str").set_axis(found.index)
    found = found.assign(
        source=source, row=sheet.rows.numbers.astype(np.int64), source_column=found["column"]
    )
    found = add_values(found, sheet, mapping, rules.long_values)
    found = _refuse_consent(found, sheet, mapping)
    found["unclear"] = doubted_by(sheet, mapping).set_axis(found.index)
    found = _refuse_damaged(found, sheet, mapping)
    found = _keep_opted_out(found, sheet)
    ragged = pd.Series(np.isin(sheet.rows.numbers, sheet.ragged), index=found.index)
    return mark(found, ragged, Reason.RAGGED_ROW, RAGGED, column="", cell="")


def _refuse_consent(table: pd.DataFrame, sheet: Sheet, mapping: ColumnMapping) -> pd.DataFrame:
    if not (mapping.do_not_contact or mapping.consent):
        return table
    headers = refused_by(sheet, mapping).set_axis(table.index)
    cells = pd.Series("", index=table.index, dtype="str")
    for position in (*mapping.do_not_contact, *mapping.consent):
        column = sheet.rows.series(position).set_axis(table.index)
        cells = cells.mask(headers == sheet.header[position], column)
    told = "The column '" + headers + "' says that this person is not to be texted."
    return mark(table, headers != "", Reason.NO_CONSENT, told, column=headers, cell=cells)


def _refuse_damaged(table: pd.DataFrame, sheet: Sheet, mapping: ColumnMapping) -> pd.DataFrame:
    if not len(sheet.damaged):
        return table
    whole = () if mapping.full_name is None else (mapping.full_name,)
    consent = (*mapping.consent, *mapping.do_not_contact)
    used = (*mapping.fields.values(), *mapping.extras.values(), *whole, *consent)
    for position in used:
        where = pd.Series(data=False, index=table.index)
        where.iloc[sheet.damaged[sheet.damaged[:, 1] == position, 0]] = True
        cells = sheet.rows.series(position).set_axis(table.index)
        header = sheet.header[position]
        reason = Reason.FORMULA_OR_ERROR_CELL
        table = mark(table, where, reason, DAMAGED, column=header, cell=cells)
    return table


def _keep_opted_out(table: pd.DataFrame, sheet: Sheet) -> pd.DataFrame:
    """Leave out who opted out when the rejects file was written: the list may not be at hand."""
    if REJECTS_CODE not in sheet.header:
        return table
    codes = sheet.rows.series(sheet.header.index(REJECTS_CODE)).set_axis(table.index)
    where = (table["reason"] == "") & (codes.str.strip() == Reason.OPTED_OUT.value)
    return mark(table, where, Reason.OPTED_OUT, OPTED_OUT_BEFORE)


def _refused(table: pd.DataFrame) -> OptOutList:
    """List the numbers of rows that say no: one no outweighs any yes of the same person."""
    told = table.loc[table["reason"] == Reason.NO_CONSENT.value, "phone_number"]
    return OptOutList.from_numbers(told[told != ""].dropna().tolist())


def _only_guests(table: pd.DataFrame, guests: OptOutList | None) -> pd.DataFrame:
    if guests is None:
        return table
    kept = table["reason"] == ""
    where = pd.Series(data=False, index=table.index)
    where[kept] = ~guests.contains(table.loc[kept, "phone_number"])
    return mark(table, where, Reason.NOT_ON_GUEST_LIST, NO_GUEST)


def _suppress(
    table: pd.DataFrame, numbers: OptOutList, reason: Reason, sentence: str
) -> pd.DataFrame:
    if not len(numbers):
        return table
    kept = table["reason"] == ""
    where = pd.Series(data=False, index=table.index)
    where[kept] = numbers.contains(table.loc[kept, "phone_number"])
    return mark(table, where, reason, sentence)
