"""Checks all rows together against the rules of this run: limits, duplicates, long values.

Each finding that stops the sending has a code of its own, and its sentence says what to do.
"""

import math

import numpy as np

from bulksms.contacts.columns.find_column import visible_label
from bulksms.contacts.model import SUPPRESSING, VALUE_LIMIT, Reason
from bulksms.contacts.phones.countries import FRANCE
from bulksms.contacts.rows.row_table import RowTable
from bulksms.contacts.rows.rules import Duplicates, LongValues, ScreeningRules
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level

__all__ = ["threshold_findings"]

ENOUGH_ROWS = 20  # of fewer, a share says nothing
# Left out as they should be: no sign that the file is read wrongly.
NOT_FAULTS = (
    *SUPPRESSING,
    Reason.NO_CONSENT,
    Reason.SENT_BEFORE,
    Reason.TEXTED_LATELY,
    Reason.CONSENT_EXPIRED,
    Reason.DEAD_NUMBER,
    Reason.NOT_ON_GUEST_LIST,
)


def threshold_findings(row_table: RowTable, rules: ScreeningRules) -> list[Finding | None]:
    """Return the findings about the rules of this run."""
    return [
        _many_rejected(row_table, rules.max_rejected),
        _strangers(row_table),
        _undated_consent(row_table, rules),
        _foreign(row_table, rules),
        _refused_duplicates(row_table, rules),
        _long_values(row_table, rules),
    ]


def _many_rejected(row_table: RowTable, max_rejected: float) -> Finding | None:
    """Report that the file is at fault and not the rows, above a share of rejected ones."""
    faults = {
        reason: count
        for reason, count in row_table.reason_counts().items()
        if reason not in NOT_FAULTS
    }
    count, rows = sum(faults.values()), len(row_table)
    says_nothing = rows < ENOUGH_ROWS and max_rejected > 0
    if says_nothing or count <= max_rejected * rows:
        return None
    most_frequent = next(iter(faults)).value
    return Finding(
        code="many_rejected",
        level=Level.ERROR,
        message=f"{count:,} of {rows:,} rows are rejected, most often "
        f"{most_frequent.replace('_', ' ')}: check the phone column and the country, or allow it "
        f"with --max-rejected {math.ceil(100 * count / rows)}.",
        count=count,
    )


def _strangers(row_table: RowTable) -> Finding | None:
    """Stop a trial that would reach anyone who is not a guest."""
    count = row_table.reason_counts().get(Reason.NOT_ON_GUEST_LIST, 0)
    if not count:
        return None
    message = (
        f"{count_of(count, 'row is', 'rows are')} not on the guest list, and a trial reaches "
        "guests only: take them out of the file, add them to the list, or leave --guest-list out."
    )
    return Finding(code="strangers", level=Level.ERROR, message=message, count=count)


def _undated_consent(row_table: RowTable, rules: ScreeningRules) -> Finding | None:
    """Stop where consent has an age limit and no column says when it was given."""
    if rules.consent_limit is None:
        return None
    undated = [sheet for _, sheet, mapping, _ in row_table.sheets() if not mapping.consent_dates]
    if not undated:
        return None
    message = (
        f"No column of {visible_label(undated[0])} says when consent was given, and "
        "--consent-max-age needs it: name the column with --map consent_date=HEADER, or leave the "
        "option out."
    )
    return Finding(
        code="consent_date_missing", level=Level.ERROR, message=message, count=len(undated)
    )


def _foreign(row_table: RowTable, rules: ScreeningRules) -> Finding | None:
    home = FRANCE if rules.region in FRANCE else frozenset({rules.region})
    codes, countries = row_table.columns.countries[row_table.sendable], row_table.countries.values
    counts = np.bincount(codes, minlength=len(countries)).tolist()
    abroad = {
        code: count for code, count in enumerate(counts) if count and countries[code] not in home
    }
    count = sum(abroad.values())
    if not count:
        return None
    ordered = sorted(abroad, key=lambda code: (-abroad[code], int(np.argmax(codes == code))))
    named = ", ".join(f"{countries[code]} {abroad[code]}" for code in ordered)
    message = f"The number of {count_of(count, 'contact')} is outside {rules.region} ({named})"
    if rules.max_foreign is None or count <= rules.max_foreign:
        return Finding(code="foreign_numbers", level=Level.NOTE, message=f"{message}.", count=count)
    return Finding(
        code="too_many_foreign",
        level=Level.ERROR,
        message=f"{message}, and --max-foreign allows {rules.max_foreign}: check them, then allow "
        f"{count}, or text only one country with --allow-country {rules.region}.",
        count=count,
    )


def _refused_duplicates(row_table: RowTable, rules: ScreeningRules) -> Finding | None:
    if rules.duplicates is not Duplicates.REFUSE:
        return None
    rows = np.flatnonzero(row_table.rejected_for(Reason.DUPLICATE))
    if not len(rows):
        return None
    kept, repeated = (
        row_table.row_label(int(row)) for row in (row_table.kept_rows[rows[0]], rows[0])
    )
    return Finding(
        code="duplicates_refused",
        level=Level.ERROR,
        message=f"The number of another row is repeated in {count_of(len(rows), 'row')}, first "
        f"that of {kept} in {repeated}: remove one of each pair, or choose which is texted with "
        "--duplicates first, last or most_complete.",
        count=len(rows),
    )


def _long_values(row_table: RowTable, rules: ScreeningRules) -> Finding | None:
    if rules.long_values is LongValues.REJECT:
        return None
    long_headers = row_table.columns.long_headers
    rejected = row_table.rejected_for(Reason.VALUE_TOO_LONG)
    candidates = row_table.sendable if rules.cuts else rejected
    rows = np.flatnonzero(candidates & (long_headers != 0))
    if not len(rows):
        return None
    header = row_table.headers.values[long_headers[rows[0]]]
    first = f"first {header!r} in {row_table.row_label(int(rows[0]))}"
    affected = count_of(len(rows), "row")
    if rules.cuts:
        message = f"A value is cut at {VALUE_LIMIT} characters in {affected}, {first}."
        return Finding(code="values_cut", level=Level.WARNING, message=message, count=len(rows))
    return Finding(
        code="long_values",
        level=Level.ERROR,
        message=f"A value has more than {VALUE_LIMIT} characters in {affected}, {first}: shorten "
        "it, or choose --long-values reject or cut.",
        count=len(rows),
    )
