"""The figures of a plan that the ledger keeps for reports: counts, prices and findings."""

import re
from collections.abc import Mapping
from decimal import Decimal

from bulksms.finding import Finding
from bulksms.money import format_money
from bulksms.plan.make_plan import Plan
from bulksms.results.masking import mask_numbers

__all__ = ["plan_record"]

# Findings that quote the text or headers; all others may quote a cell, which is left out.
_QUOTE_NO_CELL = re.compile(
    r"text_\w+|columns_used|equal_columns|known_export|foreign_placeholder|several_sheets"
    r"|stop_sheet|separator_tie|title_lines|list_name_suffix|dear_characters|link_\w+"
)
_QUOTED = re.compile(
    r"""(?<!\w)'[^']*'(?!\w)|"[^"]*"|[\u2018\u201c][^\u2019\u201d]*[\u2019\u201d]"""
)
_HIDDEN = "\u2018…\u2019"


def plan_record(plan: Plan) -> dict[str, object]:
    """Return the figures of a plan as plain values; amounts are decimal strings."""
    price = plan.price
    return {
        "estimate": None if price is None else format_money(price.amount),
        "price_source": None if price is None else price.source,
        "price_origin": None if price is None else price.origin.value,
        "prices": {} if price is None else _amounts(price.prices),
        "segments": None if plan.stats is None else plan.stats.segments_total,
        "repaired": plan.screened.repaired,
        "rows_by_file": [
            [sheet.source.path, sheet.source.sheet, len(sheet.rows)] for sheet, _ in plan.sheets
        ],
        "findings": [_without_people(finding) for finding in plan.findings],
    }


def _amounts(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {code: str(amount) for code, amount in amounts.items()}


def _without_people(finding: Finding) -> dict[str, object]:
    """Return a finding without what it may quote of a person: a cell, a number."""
    message = finding.message
    if not _QUOTE_NO_CELL.fullmatch(finding.code):
        message = _QUOTED.sub(_HIDDEN, message)
    return {
        "code": finding.code,
        "level": finding.level.value,
        "message": mask_numbers(message),
        "count": finding.count,
    }
