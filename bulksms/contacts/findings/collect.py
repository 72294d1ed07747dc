"""Collects what to know of the whole input before sending."""

from collections.abc import Sequence

import numpy as np

from bulksms.contacts.findings.cell_contents import cell_content_findings
from bulksms.contacts.findings.column_choices import column_choice_findings
from bulksms.contacts.findings.shared_numbers import shared_number_finding
from bulksms.contacts.findings.sheet_titles import sheet_findings
from bulksms.contacts.findings.thresholds import threshold_findings
from bulksms.contacts.numbers import load_number_table
from bulksms.contacts.rows.row_table import MappedSheet, Marks, RowTable, Trait
from bulksms.contacts.rows.rules import ScreeningRules
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level

__all__ = ["collect_findings"]

NOTICED = 5_000  # rows from which looking numbers up one by one is noticeably slow
GENERATED_RUN = 250  # consecutive numbers that no real list has


def collect_findings(row_table: RowTable, rules: ScreeningRules) -> tuple[Finding, ...]:
    """Return the findings about the screened rows of all sheets."""
    sendable = row_table.sendable
    findings = (
        _stale_table(row_table, rules),
        _known_exports(row_table.mapped_sheets),
        *threshold_findings(row_table, rules),
        *cell_content_findings(row_table),
        _repaired(row_table, sendable),
        shared_number_finding(row_table),
        _generated(row_table, sendable),
        *column_choice_findings(row_table, rules.region),
        *sheet_findings(row_table),
    )
    return tuple(finding for finding in findings if finding is not None)


def _stale_table(row_table: RowTable, rules: ScreeningRules) -> Finding | None:
    if len(row_table) < NOTICED or load_number_table(rules.number_table) is not None:
        return None
    message = (
        "The number table was not made from the installed version of phonenumbers: "
        "every number is looked up by itself, which finds the same but takes longer."
    )
    return Finding(
        code="number_table_stale", level=Level.NOTE, message=message, count=len(row_table)
    )


def _known_exports(mapped_sheets: Sequence[MappedSheet]) -> Finding | None:
    names = {mapping.export: None for _, mapping in mapped_sheets if mapping.export}
    if not names:
        return None
    message = (
        f"Recognised as an export of {', '.join(names)}: its own order of phone columns is used."
    )
    return Finding(code="known_export", level=Level.NOTE, message=message, count=len(names))


def _repaired(row_table: RowTable, sendable: Marks) -> Finding | None:
    count = int(np.count_nonzero(sendable & row_table.has_trait(Trait.REPAIRED)))
    if not count:
        return None
    message = (
        f"{count_of(count, 'number was', 'numbers were')} repaired (a lost leading zero, "
        "or .0 at the end)."
    )
    return Finding(code="repaired", level=Level.NOTE, message=message, count=count)


def _generated(row_table: RowTable, sendable: Marks) -> Finding | None:
    numbers = np.sort(row_table.columns.phone_numbers[sendable])
    # The numbers are different: so many of them in a row end so far from where they begin.
    distance = GENERATED_RUN - 1
    if not (numbers[distance:] - numbers[: max(len(numbers) - distance, 0)] == distance).any():
        return None
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    edges = np.concatenate([[-1], breaks, [len(numbers) - 1]])
    longest = int(np.diff(edges).max())
    message = f"{longest:,} numbers follow each other without a gap: is the list generated?"
    return Finding(code="generated_numbers", level=Level.WARNING, message=message, count=longest)
