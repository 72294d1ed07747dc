"""What people must know of the whole input before sending: told from the screened rows."""

from collections.abc import Sequence

import numpy as np

from bulksms.contacts.findings.cell_contents import cell_content_findings
from bulksms.contacts.findings.column_choices import column_choice_findings
from bulksms.contacts.findings.limits import limit_findings
from bulksms.contacts.findings.shared_numbers import shared_numbers
from bulksms.contacts.numbers import load_number_table
from bulksms.contacts.rows.row_table import MappedSheet, Marks, RowTable, Trait
from bulksms.contacts.rows.rules import ScreeningRules
from bulksms.finding import Finding, Level

__all__ = ["collect_findings"]

NOTICED = 5_000  # rows from which it is felt that numbers are looked up one by one
GENERATED_RUN = 250  # consecutive numbers that nobody collects from people


def collect_findings(verdicts: RowTable, rules: ScreeningRules) -> tuple[Finding, ...]:
    """Tell what stands out in the judged rows of all sheets."""
    texted = verdicts.texted
    found = (
        _stale_table(verdicts, rules),
        _known_exports(verdicts.pairs),
        *limit_findings(verdicts, rules),
        *cell_content_findings(verdicts),
        _repaired(verdicts, texted),
        shared_numbers(verdicts),
        _generated(verdicts, texted),
        *column_choice_findings(verdicts),
    )
    return tuple(finding for finding in found if finding is not None)


def _stale_table(verdicts: RowTable, rules: ScreeningRules) -> Finding | None:
    if len(verdicts) < NOTICED or load_number_table(rules.number_table) is not None:
        return None
    told = (
        "The number table was not made from the installed version of phonenumbers: "
        "every number is looked up by itself, which finds the same but takes longer."
    )
    return Finding(code="number_table_stale", level=Level.NOTE, message=told, count=len(verdicts))


def _known_exports(pairs: Sequence[MappedSheet]) -> Finding | None:
    names = {mapping.export: None for _, mapping in pairs if mapping.export}
    if not names:
        return None
    told = f"Recognised as an export of {', '.join(names)}: its own order of phone columns is used."
    return Finding(code="known_export", level=Level.NOTE, message=told, count=len(names))


def _repaired(verdicts: RowTable, texted: Marks) -> Finding | None:
    count = int(np.count_nonzero(texted & verdicts.has(Trait.REPAIRED)))
    if not count:
        return None
    repaired = "1 number was" if count == 1 else f"{count} numbers were"
    told = f"{repaired} repaired (a lost leading zero, or .0 at the end)."
    return Finding(code="repaired", level=Level.NOTE, message=told, count=count)


def _generated(verdicts: RowTable, texted: Marks) -> Finding | None:
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
