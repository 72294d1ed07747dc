"""Screens sheets: parse, suppress, remove duplicates, in that order.

Every row ends as a contact or a rejection. Texts, prices and frames are unknown here.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import is_in_sorted, sorted_unique
from bulksms.columnar.parallel import map_in_order
from bulksms.contacts.findings.collect import collect_findings
from bulksms.contacts.model import Reason
from bulksms.contacts.opt_outs.lists import OptOutList
from bulksms.contacts.phones.parse import NumberRules
from bulksms.contacts.phones.parse_columns import ColumnParser
from bulksms.contacts.rows.rejection_codes import ROW_REF, SENDABLE
from bulksms.contacts.rows.row_table import (
    MappedSheet,
    RowColumns,
    RowsNotScreenedError,
    RowTable,
)
from bulksms.contacts.rows.rules import Duplicates, ScreeningRules
from bulksms.contacts.rows.screen_rows import RowScreener
from bulksms.contacts.screening.result import ScreeningResult
from bulksms.progress_steps import Progress, SilentProgress

__all__ = ["screen"]

OPTED_OUT = "The number is on the opt-out list: leave it out."
SENT_BEFORE = "The number already got this text: use --again to send it once more."
NOT_A_GUEST = "The number is not on the guest list: in a trial only guests are texted."
SAME_NUMBER = f"The same number is in row {ROW_REF}, which is texted instead."
REFUSED_ELSEWHERE = "Another row with this number says that it must not be texted."
_SILENT = SilentProgress()
ROWS_AT_ONCE = 1 << 20  # looked up together, so that ten million rows need no more memory

Rows = NDArray[np.int64]


def screen(
    mapped_sheets: Sequence[MappedSheet],
    rules: ScreeningRules,
    opt_outs: OptOutList,
    progress: Progress = _SILENT,
) -> ScreeningResult:
    """Sort every row of the sheets into contacts and rejections.

    Raises:
        RowsNotScreenedError: a row was forgotten, which is an error of this program.
    """
    row_table = RowTable(mapped_sheets=mapped_sheets)
    with progress.step("screening", len(row_table)) as reached:
        for start, columns in _screened_blocks(row_table, rules):
            row_table.write(start, columns)
            reached(start + len(columns.rejections))
    row_table.require_screened()
    with progress.step("leaving out opt-outs and duplicates"):
        return _decide(row_table, rules, opt_outs)


def _decide(row_table: RowTable, rules: ScreeningRules, opt_outs: OptOutList) -> ScreeningResult:
    """Leave out opt-outs, refusals and duplicates, now that every row is read."""
    refused, sent = _refused(row_table), OptOutList.from_digits(rules.sent_before)
    opted_out = _suppress(row_table, opt_outs, Reason.OPTED_OUT, OPTED_OUT)
    _suppress(row_table, refused, Reason.NO_CONSENT, REFUSED_ELSEWHERE)
    _suppress(row_table, sent, Reason.SENT_BEFORE, SENT_BEFORE)
    _reject_strangers(row_table, rules.guests)
    only_opted_out = opted_out[~(refused | sent).has(row_table.columns.phone_numbers[opted_out])]
    repeated, _ = _find_duplicates(row_table, only_opted_out, rules.duplicates)
    only_opted_out = only_opted_out[~is_in_sorted(only_opted_out, repeated)]
    duplicates, kept = _find_duplicates(
        row_table, np.flatnonzero(row_table.sendable), rules.duplicates
    )
    row_table.kept_rows[duplicates] = kept
    row_table.reject(duplicates, Reason.DUPLICATE, SAME_NUMBER, refers=True)
    result = ScreeningResult(
        row_table=row_table,
        opted_out_rows=only_opted_out,
        cut=rules.cuts,
        findings=collect_findings(row_table, rules),
    )
    if result.rows != len(row_table):
        raise RowsNotScreenedError(f"{result.rows} of {len(row_table)} rows have a result")
    return result


def _screened_blocks(
    row_table: RowTable, rules: ScreeningRules
) -> Iterator[tuple[int, RowColumns]]:
    """Screen every row by itself; give the first row of each block and what is known of it."""
    number_rules = NumberRules(
        allow_landlines=rules.allow_landlines, rehearsal=rules.rehearsal, table=rules.number_table
    )
    parser = ColumnParser(number_rules)
    for at, mapped_sheet in enumerate(row_table.mapped_sheets):
        screener = RowScreener(mapped_sheet, rules, row_table, parser)
        blocks = mapped_sheet[0].rows.blocks(screener.columns)
        for start, columns in map_in_order(screener.screen_block, blocks):
            yield row_table.starts[at] + start, columns


def _refused(row_table: RowTable) -> OptOutList:
    """List the numbers of rows that say no: one no outweighs any yes of the same person."""
    numbers = row_table.columns.phone_numbers[row_table.rejected_for(Reason.NO_CONSENT)]
    return OptOutList.from_digits(numbers[numbers > 0])


def _suppress(row_table: RowTable, numbers: OptOutList, reason: Reason, wording: str) -> Rows:
    """Leave out the numbers of a list, and give their rows."""
    if not len(numbers):
        return np.empty(0, dtype=np.int64)
    rows = _sendable_rows(row_table, numbers, listed=True)
    row_table.reject(rows, reason, wording)
    return rows


def _reject_strangers(row_table: RowTable, guests: OptOutList | None) -> None:
    if guests is not None:
        rows = _sendable_rows(row_table, guests, listed=False)
        row_table.reject(rows, Reason.NOT_ON_GUEST_LIST, NOT_A_GUEST)


def _sendable_rows(row_table: RowTable, numbers: OptOutList, *, listed: bool) -> Rows:
    """Find the sendable rows that are on a list, or that are not."""
    parts = [np.empty(0, dtype=np.int64)]
    for start in range(0, len(row_table), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        wanted = numbers.has(row_table.columns.phone_numbers[rows]) == listed
        wanted &= row_table.columns.rejections[rows] == SENDABLE
        parts.append(np.flatnonzero(wanted) + start)
    return np.concatenate(parts)


def _find_duplicates(row_table: RowTable, rows: Rows, rule: Duplicates) -> tuple[Rows, Rows]:
    """Find the rows whose number another row is texted for, and for each of them that row.

    Args:
        row_table: what is known of all rows.
        rows: those that could be texted, in file order.
        rule: which row is kept; `refuse` keeps the first, so that the rows still add up.
    """
    rows = rows[_repeated(row_table.columns.phone_numbers, rows)]
    numbers = row_table.columns.phone_numbers[rows]
    if rule is Duplicates.MOST_COMPLETE:
        filled = row_table.columns.filled_fields[rows].astype(np.int64)
        order = np.lexsort((-filled, numbers))
    else:
        order = np.argsort(numbers, kind="stable")
    first = np.ones(len(order), dtype=bool)
    first[1:] = numbers[order][1:] != numbers[order][:-1]
    groups = np.cumsum(first) - 1
    keeps = np.roll(first, -1) if rule is Duplicates.LAST else first
    kept = rows[order[keeps]][groups]
    dropped = ~keeps
    file_order = np.argsort(rows[order[dropped]])
    return rows[order[dropped]][file_order], kept[dropped][file_order]


def _repeated(numbers: NDArray[np.int64], rows: Rows) -> NDArray[np.bool_]:
    """Mark the rows whose number is in another row too; usually few."""
    ordered = np.sort(numbers[rows])
    several = sorted_unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    parts = (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))
    marks = [is_in_sorted(numbers[part], several) for part in parts]
    return np.concatenate([np.empty(0, dtype=bool), *marks])
