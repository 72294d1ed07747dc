"""Parse, suppress, dedupe, in that order: sheets become contacts and rejections.

Every row ends in exactly one of the two. It must not know texts, prices or frames.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import is_in_sorted
from bulksms.columnar.parallel import map_in_order
from bulksms.contacts.findings.collect import collect_findings
from bulksms.contacts.model import Reason
from bulksms.contacts.opt_outs.lists import OptOutList
from bulksms.contacts.phones.parse import NumberRules
from bulksms.contacts.phones.parse_columns import ColumnParser
from bulksms.contacts.rows.rejection_codes import NOTHING
from bulksms.contacts.rows.row_table import Judged, MappedSheet, RowTable
from bulksms.contacts.rows.rules import ScreeningRules
from bulksms.contacts.rows.screen_rows import RowScreener
from bulksms.contacts.screening.duplicates import dedupe, point_to
from bulksms.contacts.screening.result import ScreeningResult

__all__ = ["screen"]

OPTED_OUT = "The number is on the opt-out list: leave it out."
SENT_BEFORE = "The number was sent this text before: ask for it again if that is meant."
NO_GUEST = "The number is not on the guest list: in a trial only guests are texted."
REFUSED_ELSEWHERE = "Another row with this number says that it is not to be texted."
AT_ONCE = 1 << 20  # rows looked up together, so that ten million need no more memory

Rows = NDArray[np.int64]


def screen(
    pairs: Sequence[MappedSheet], rules: ScreeningRules, opt_outs: OptOutList
) -> ScreeningResult:
    """Sort every row of the sheets into contacts and rejections."""
    verdicts = RowTable(pairs=pairs)
    for start, judged in _judged(verdicts, rules):
        verdicts.put(start, judged)
    # A row nobody judged would look like one to be texted.
    assert verdicts.known == len(verdicts), "every row must be judged"
    assert verdicts.judged.numbers[verdicts.texted].all(), "whoever is texted has a number"
    refused, sent = _refused(verdicts), rules.sent()
    said_no = _suppress(verdicts, opt_outs, Reason.OPTED_OUT, OPTED_OUT)
    _suppress(verdicts, refused, Reason.NO_CONSENT, REFUSED_ELSEWHERE)
    _suppress(verdicts, sent, Reason.SENT_BEFORE, SENT_BEFORE)
    _only_guests(verdicts, rules.guests)
    # Whom nothing but the opt-out list keeps from being texted.
    left_out = said_no[~(refused | sent).has(verdicts.judged.numbers[said_no])]
    twice, _ = dedupe(verdicts, left_out, rules.duplicates)
    left_out = left_out[~is_in_sorted(left_out, twice)]
    gone, kept = dedupe(verdicts, np.flatnonzero(verdicts.texted), rules.duplicates)
    point_to(verdicts, gone, kept)
    answer = ScreeningResult(
        verdicts=verdicts,
        opted_out_rows=left_out,
        cut=rules.cuts,
        findings=collect_findings(verdicts, rules),
    )
    assert answer.rows == sum(len(sheet.rows) for sheet, _ in pairs), "rows must add up"
    return answer


def _judged(verdicts: RowTable, rules: ScreeningRules) -> Iterator[tuple[int, Judged]]:
    """Judge every row by itself; give the first row of each block and what is known of them."""
    numbers = NumberRules(
        allow_landlines=rules.allow_landlines, rehearsal=rules.rehearsal, table=rules.number_table
    )
    parser = ColumnParser(numbers)
    for at, (sheet, _) in enumerate(verdicts.pairs):
        one = RowScreener(verdicts.pairs[at], rules, verdicts, parser)
        for start, judged in map_in_order(one.screen_block, sheet.rows.blocks(one.columns)):
            yield verdicts.starts[at] + start, judged


def _refused(verdicts: RowTable) -> OptOutList:
    """List the numbers of rows that say no: one no outweighs any yes of the same person."""
    told = verdicts.judged.numbers[verdicts.rejected_for(Reason.NO_CONSENT)]
    return OptOutList.from_digits(told[told > 0])


def _suppress(verdicts: RowTable, numbers: OptOutList, reason: Reason, words: str) -> Rows:
    """Leave out those on a list, and give their rows."""
    if not len(numbers):
        return np.empty(0, dtype=np.int64)
    rows = _looked_up(verdicts, numbers, there=True)
    verdicts.tell(rows, reason, words)
    return rows


def _only_guests(verdicts: RowTable, guests: OptOutList | None) -> None:
    if guests is not None:
        rows = _looked_up(verdicts, guests, there=False)
        verdicts.tell(rows, Reason.NOT_ON_GUEST_LIST, NO_GUEST)


def _looked_up(verdicts: RowTable, numbers: OptOutList, *, there: bool) -> Rows:
    """Find the rows that may be texted and are on a list, or are not."""
    found = [np.empty(0, dtype=np.int64)]
    for start in range(0, len(verdicts), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        wanted = numbers.has(verdicts.judged.numbers[part]) == there
        found.append(np.flatnonzero(wanted & (verdicts.judged.told[part] == NOTHING)) + start)
    return np.concatenate(found)
