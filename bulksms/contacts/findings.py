"""What people must know of the whole input before sending: told from the screened rows."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from bulksms.contacts.columns.naming import name_of, place
from bulksms.contacts.contents import contents_of
from bulksms.contacts.doubts import doubts_of
from bulksms.contacts.model import SUPPRESSING, Finding, Level, Reason
from bulksms.contacts.numbers import table_at
from bulksms.contacts.rows.rules import ScreeningRules
from bulksms.contacts.rows.verdicts import Marks, Pair, Trait, Verdicts
from bulksms.contacts.shared import shared_numbers
from bulksms.contacts.wording import counted

__all__ = ["findings_of"]

ENOUGH_ROWS = 20
NOTICED = 5_000  # rows from which it is felt that numbers are looked up one by one
GENERATED_RUN = 250  # consecutive numbers that nobody collects from people
# Left out as they should be: no sign that the file is read wrongly.
NOT_FAULTS = (*SUPPRESSING, Reason.NO_CONSENT, Reason.SENT_BEFORE, Reason.NOT_ON_GUEST_LIST)


def findings_of(verdicts: Verdicts, rules: ScreeningRules) -> tuple[Finding, ...]:
    """Tell what stands out in the judged rows of all sheets."""
    texted = verdicts.texted
    found = (
        _stale_table(verdicts, rules),
        _known_exports(verdicts.pairs),
        _many_rejected(verdicts, rules.max_rejected),
        *doubts_of(verdicts, rules),
        *contents_of(verdicts),
        _repaired(verdicts, texted),
        shared_numbers(verdicts),
        _generated(verdicts, texted),
        _columns_used(verdicts, texted),
        _equal_columns(verdicts, texted),
        _split_cells(verdicts, texted),
        _several_mobiles(verdicts, texted),
        _whole_names(verdicts, texted),
    )
    return tuple(finding for finding in found if finding is not None)


def _count(marks: Marks) -> int:
    return int(np.count_nonzero(marks))


def _stale_table(verdicts: Verdicts, rules: ScreeningRules) -> Finding | None:
    if len(verdicts) < NOTICED or table_at(rules.number_table) is not None:
        return None
    told = (
        "The number table was not made from the installed version of phonenumbers: "
        "every number is looked up by itself, which finds the same but takes longer."
    )
    return Finding(code="number_table_stale", level=Level.NOTE, message=told, count=len(verdicts))


def _known_exports(pairs: Sequence[Pair]) -> Finding | None:
    names = {mapping.export: None for _, mapping in pairs if mapping.export}
    if not names:
        return None
    told = f"Recognised as an export of {', '.join(names)}: its own order of phone columns is used."
    return Finding(code="known_export", level=Level.NOTE, message=told, count=len(names))


def _many_rejected(verdicts: Verdicts, max_rejected: float) -> Finding | None:
    """Say that the cause is the file and not the rows, above a share of rejected ones."""
    faults = {one: n for one, n in verdicts.counted().items() if one not in NOT_FAULTS}
    count, rows = sum(faults.values()), len(verdicts)
    if rows < ENOUGH_ROWS or count <= max_rejected * rows:
        return None
    worst = next(iter(faults)).value
    return Finding(
        code="many_rejected",
        level=Level.ERROR,
        message=f"{count} of {rows} rows are rejected, most often {worst.replace('_', ' ')}: "
        "check the phone column and the country, or allow it with --max-rejected "
        f"{math.ceil(100 * count / rows)}.",
        count=count,
    )


def _repaired(verdicts: Verdicts, texted: Marks) -> Finding | None:
    count = _count(texted & verdicts.has(Trait.REPAIRED))
    if not count:
        return None
    repaired = "1 number was" if count == 1 else f"{count} numbers were"
    told = f"{repaired} repaired (a lost leading zero, or .0 at the end)."
    return Finding(code="repaired", level=Level.NOTE, message=told, count=count)


def _generated(verdicts: Verdicts, texted: Marks) -> Finding | None:
    digits = np.sort(verdicts.judged.numbers[texted])
    # The numbers are different: so many of them in a row end so far from where they begin.
    far = GENERATED_RUN - 1
    if not (digits[far:] - digits[: max(len(digits) - far, 0)] == far).any():
        return None
    breaks = np.flatnonzero(np.diff(digits) != 1)
    edges = np.concatenate([[-1], breaks, [len(digits) - 1]])
    longest = int(np.diff(edges).max())
    told = f"{longest} numbers follow each other without a gap: is the list generated?"
    return Finding(code="generated_numbers", level=Level.WARNING, message=told, count=longest)


def _columns_used(verdicts: Verdicts, texted: Marks) -> Finding | None:
    if all(len(mapping.phone_numbers) == 1 for _, mapping in verdicts.pairs):
        return None
    counts: Counter[str] = Counter()
    for _, sheet, mapping, where in verdicts.sheets():
        orders = verdicts.judged.orders[where][texted[where]]
        present, firsts, people = np.unique(orders, return_index=True, return_counts=True)
        for at in np.argsort(firsts).tolist():  # of equals, the one that is met first
            counts[sheet.header[mapping.phone_numbers[present[at]]]] += int(people[at])
    used = counts.most_common()
    if not used:
        return None
    told = ", ".join(f"{header!r} in {count}" for header, count in used)
    message = f"Rows whose number was taken from each column: {told}."
    return Finding(code="columns_used", level=Level.NOTE, message=message, count=len(used))


def _equal_columns(verdicts: Verdicts, texted: Marks) -> Finding | None:
    marks = texted | verdicts.because_of(Reason.DUPLICATE)
    rows = np.flatnonzero(marks & (verdicts.judged.rivals != 0))
    if not len(rows):
        return None
    row = int(rows[0])
    at = verdicts.sheet_of(row)
    sheet, mapping = verdicts.pairs[at]
    own = mapping.phone_numbers[int(verdicts.judged.orders[row])]
    pair = sorted((own, int(verdicts.judged.rivals[row]) - 1))
    named = " and ".join(f"{at + 1} {sheet.header[at].strip()!r}" for at in pair)
    told = " ".join(f"--map phone_number={name_of(sheet, at)!r}" for at in pair)
    number = sheet.rows.numbers[row - verdicts.starts[at]]
    return Finding(
        code="equal_columns",
        level=Level.ERROR,
        message=f"Columns {named} of {place(sheet)} could each be the number and differ in "
        f"{counted(len(rows), 'row')}, first in row {number}: say which is better with {told}, "
        "best first, or keep only one of them.",
        count=len(rows),
        ask=True,
    )


def _split_cells(verdicts: Verdicts, texted: Marks) -> Finding | None:
    count = _count(texted & verdicts.has(Trait.SPLIT_CELL))
    if not count:
        return None
    told = f"A mobile beside other numbers is taken from {counted(count, 'cell')}."
    return Finding(code="split_cells", level=Level.NOTE, message=told, count=count)


def _several_mobiles(verdicts: Verdicts, texted: Marks) -> Finding | None:
    several = verdicts.has(Trait.SEVERAL_MOBILES) & (verdicts.judged.rivals == 0)
    count = _count(texted & several)
    if not count:
        return None
    told = f"{count} rows have several mobiles: the one of the best column is texted."
    return Finding(code="several_mobiles", level=Level.NOTE, message=told, count=count)


def _whole_names(verdicts: Verdicts, texted: Marks) -> Finding | None:
    count = _count(texted & verdicts.has(Trait.WHOLE_NAME))
    if not count:
        return None
    told = f"{count} names could not be split safely and stay whole as the first name."
    return Finding(code="names_whole", level=Level.NOTE, message=told, count=count)
