"""What the rules of this run say about all rows together: caps, repeated numbers, long values.

Each doubt that stops the sending has a code of its own, and its sentence says how to settle it.
"""

import math

import numpy as np

from bulksms.contacts.findings.wording import counted, row_place
from bulksms.contacts.model import SUPPRESSING, VALUE_LIMIT, Reason
from bulksms.contacts.phones.countries import FRANCE
from bulksms.contacts.rows.row_table import RowTable
from bulksms.contacts.rows.rules import Duplicates, LongValues, ScreeningRules
from bulksms.finding import Finding, Level

__all__ = ["limit_findings"]

ENOUGH_ROWS = 20  # of fewer, a share tells nothing
# Left out as they should be: no sign that the file is read wrongly.
NOT_FAULTS = (*SUPPRESSING, Reason.NO_CONSENT, Reason.SENT_BEFORE, Reason.NOT_ON_GUEST_LIST)


def limit_findings(verdicts: RowTable, rules: ScreeningRules) -> list[Finding | None]:
    """Tell what the rules say of the judged rows of all sheets."""
    return [
        _many_rejected(verdicts, rules.max_rejected),
        _strangers(verdicts),
        _foreign(verdicts, rules),
        _refused_duplicates(verdicts, rules),
        _long_values(verdicts, rules),
    ]


def _many_rejected(verdicts: RowTable, max_rejected: float) -> Finding | None:
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


def _strangers(verdicts: RowTable) -> Finding | None:
    """Stop a trial that would reach anybody who is not a guest."""
    count = verdicts.counted().get(Reason.NOT_ON_GUEST_LIST, 0)
    if not count:
        return None
    told = f"{count} rows are not on the guest list, and a trial reaches guests only: "
    told += "take them out of the file, add them to the list, or leave --guest-list out."
    return Finding(code="strangers", level=Level.ERROR, message=told, count=count)


def _foreign(verdicts: RowTable, rules: ScreeningRules) -> Finding | None:
    home = FRANCE if rules.region in FRANCE else frozenset({rules.region})
    found = verdicts.judged.countries[verdicts.texted]
    counts = np.bincount(found, minlength=len(verdicts.countries.things)).tolist()
    abroad = {
        country: people
        for country, people in zip(verdicts.countries.things, counts, strict=True)
        if people and country not in home
    }
    count = sum(abroad.values())
    if not count:
        return None
    codes = {country: code for code, country in enumerate(verdicts.countries.things)}
    ordered = sorted(abroad, key=lambda one: (-abroad[one], int(np.argmax(found == codes[one]))))
    named = ", ".join(f"{country} {abroad[country]}" for country in ordered)
    told = f"The number of {counted(count, 'contact')} is outside {rules.region} ({named})"
    if rules.max_foreign is None or count <= rules.max_foreign:
        return Finding(code="foreign_numbers", level=Level.NOTE, message=f"{told}.", count=count)
    return Finding(
        code="too_many_foreign",
        level=Level.ERROR,
        message=f"{told}, and --max-foreign allows {rules.max_foreign}: check them, then allow "
        f"{count}, or text only one country with --allow-country {rules.region}.",
        count=count,
    )


def _refused_duplicates(verdicts: RowTable, rules: ScreeningRules) -> Finding | None:
    if rules.duplicates is not Duplicates.REFUSE:
        return None
    gone = np.flatnonzero(verdicts.rejected_for(Reason.DUPLICATE))
    if not len(gone):
        return None
    first, second = (row_place(verdicts, int(one)) for one in (verdicts.instead[gone[0]], gone[0]))
    return Finding(
        code="duplicates_refused",
        level=Level.ERROR,
        message=f"The number of another row is repeated in {counted(len(gone), 'row')}, first "
        f"that of {first} in {second}: remove one of each pair, or choose which is texted with "
        "--duplicates first, last or most_complete.",
        count=len(gone),
    )


def _long_values(verdicts: RowTable, rules: ScreeningRules) -> Finding | None:
    if rules.long_values is LongValues.REJECT:
        return None
    judged = verdicts.texted if rules.cuts else verdicts.rejected_for(Reason.VALUE_TOO_LONG)
    rows = np.flatnonzero(judged & (verdicts.judged.long != 0))
    if not len(rows):
        return None
    header = verdicts.headers.things[verdicts.judged.long[rows[0]]]
    first = f"first {header!r} in {row_place(verdicts, int(rows[0]))}"
    found = counted(len(rows), "row")
    if rules.cuts:
        told = f"A value is cut at {VALUE_LIMIT} characters in {found}, {first}."
        return Finding(code="values_cut", level=Level.WARNING, message=told, count=len(rows))
    return Finding(
        code="long_values",
        level=Level.ERROR,
        message=f"A value has more than {VALUE_LIMIT} characters in {found}, {first}: shorten it, "
        "or choose --long-values reject or cut.",
        count=len(rows),
    )
