"""A plan as JSON, the shape that `cli.md` promises for `check`; people see the same figures."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from bulksms.contacts import ColumnMapping
from bulksms.loader import Sheet
from bulksms.message import Estimate, MessageStats
from bulksms.results import as_money
from bulksms.use_cases.planning import Plan

__all__ = ["plan_as_json"]

SAMPLES = 3  # values shown for each column, so that people see what is in it


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Tell a plan in plain values; rows = sendable + rejected + duplicates + opted_out."""
    mapping, ignored = _tell_mapping(plan.sheets, plan.carried)
    return {
        "files": [_tell_file(sheet) for sheet, _ in plan.sheets],
        "mapping": mapping,
        "ignored_columns": ignored,
        "columns": [column for pair in plan.sheets for column in _tell_columns(*pair)],
        **plan.counts,
        "repaired": plan.screened.repaired,
        "reasons": plan.reasons,
        "frames": list(plan.frames),
        "message": _tell_message(plan.stats),
        "estimate": _tell_price(plan.price),
        "findings": [
            {
                "code": finding.code,
                "level": finding.level.value,
                "message": finding.message,
                "count": finding.count,
            }
            for finding in plan.findings
        ],
    }


def _tell_columns(sheet: Sheet, mapping: ColumnMapping) -> list[dict[str, Any]]:
    """List every header exactly once, with what it is used for and its first few values."""
    uses = _uses(mapping)
    return [
        {
            "header": name,
            "use": uses.get(at),
            "samples": list(islice(filter(None, sheet.rows.iloc[:, at]), SAMPLES)),
        }
        for at, name in enumerate(sheet.header)
    ]


def _uses(mapping: ColumnMapping) -> dict[int, str]:
    """Say what each used column is for; a field's own name wins over its use in the text."""
    uses = {at: f"{{{name}}}" for name, at in mapping.extras.items()}
    uses |= dict.fromkeys(mapping.consent, "consent")
    uses |= dict.fromkeys(mapping.do_not_contact, "do not contact")
    uses |= {mapping.country: "country"} if mapping.country is not None else {}
    uses |= {mapping.full_name: "full name"} if mapping.full_name is not None else {}
    uses |= dict.fromkeys(mapping.labels.values(), "kind of number")
    uses |= {at: name for name, at in mapping.fields.items()}
    return uses | dict.fromkeys(mapping.phone_numbers, "phone_number")


def _tell_file(sheet: Sheet) -> dict[str, Any]:
    source = sheet.source
    return {
        "path": source.path if source.path == "-" else str(Path(source.path)),
        "format": source.format,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "sheet": source.sheet,
        "rows": len(sheet.rows),
        "hidden_rows": sheet.hidden_rows,
    }


def _tell_mapping(
    sheets: tuple[tuple[Sheet, ColumnMapping], ...], carried: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Name the header of every field, and the headers nothing uses.

    `carried` says which column of the text travels in which param.
    """
    phones: list[str] = []
    fields: dict[str, str] = {}
    ignored: list[str] = []
    for sheet, mapping in sheets:
        phones += [sheet.header[at] for at in mapping.phone_numbers]
        places = mapping.fields | mapping.extras
        fields |= {name: sheet.header[at] for name, at in mapping.fields.items()}
        fields |= {param: sheet.header[places[name]] for param, name in carried.items()}
        used = _uses(mapping)
        ignored += [name for at, name in enumerate(sheet.header) if at not in used]
    return {"phone_number": list(dict.fromkeys(phones)), **fields}, list(dict.fromkeys(ignored))


def _tell_message(stats: MessageStats | None) -> dict[str, Any] | None:
    if stats is None:
        return None
    return {
        "encoding": str(stats.encoding),
        "segments_total": stats.segments_total,
        "segments_max": stats.segments_max,
        "longest_row": stats.longest_row,
        "characters_outside_gsm7": dict(stats.characters_outside_gsm7),
    }


def _tell_price(price: Estimate | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {
        "amount": as_money(price.amount),
        "currency": price.currency,
        "by_country": {code: as_money(part) for code, part in price.by_country.items()},
    }
