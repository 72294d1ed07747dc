"""A plan as JSON, the shape that `cli.md` promises for `check`; people see the same figures."""

from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from bulksms.contacts import ColumnMapping
from bulksms.loader import Sheet
from bulksms.message import Estimate, MessageStats
from bulksms.money import format_money
from bulksms.plan.make_plan import Plan
from bulksms.plan.previews import Preview

__all__ = ["plan_as_json", "preview_as_json"]

SAMPLES = 3  # values shown for each column, so that people see what is in it


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """Tell a plan in plain values; rows = sendable + rejected + duplicates + opted_out."""
    mapping, ignored = _tell_mapping(plan.sheets, _carried(plan))
    return {
        "files": [_tell_file(sheet) for sheet, _ in plan.sheets],
        "mapping": mapping,
        "ignored_columns": ignored,
        "columns": [
            {"file": number, **column}
            for number, pair in enumerate(plan.sheets)
            for column in _tell_columns(*pair, _chooser(plan))
        ],
        **plan.counts,
        "repaired": plan.screened.repaired,
        "reasons": plan.reasons,
        "frames": list(plan.frames),
        "message": _tell_message(plan.stats),
        "segments": _tell_segments(plan),
        "estimate": _tell_price(plan.price),
        "texts": _tell_texts(plan),
        "preview": [preview_as_json(one) for one in plan.previews],
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


def _carried(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Join what the fields carry in the several texts."""
    joint: dict[str, tuple[str, ...]] = {}
    for part in plan.variants:
        for name, columns in part.columns_by_field.items():
            joint[name] = tuple(dict.fromkeys((*joint.get(name, ()), *columns)))
    return joint


def _tell_texts(plan: Plan) -> list[dict[str, Any]]:
    """Tell each text as the API gets it, for which value it is, and how much goes out of it."""
    return [
        {
            "value": part.value,
            "text": part.parameters.text,
            "contacts": len(part.contacts),
            "segments": int(part.counted["segments"].sum()),
        }
        for part in plan.variants
    ]


def preview_as_json(one: Preview) -> dict[str, Any]:
    """Tell one text as its reader will see it."""
    told = asdict(one)
    del told["part"], told["place"]
    cost = None if one.cost is None else format_money(one.cost)
    return told | {"asked": list(one.asked), "cost": cost}


def _chooser(plan: Plan) -> str | None:
    """Find the column that only chooses among several texts."""
    by_column = plan.request.text_options.texts_by_column
    said = {
        name for part in plan.variants for names in part.columns_by_field.values() for name in names
    }
    return by_column.column if by_column and by_column.column not in said else None


def _tell_columns(
    sheet: Sheet, mapping: ColumnMapping, chooser: str | None
) -> list[dict[str, Any]]:
    """List every header exactly once, with what it is used for and its first few values."""
    uses = _uses(mapping)
    if chooser in mapping.extras:
        uses[mapping.extras[chooser]] = "chooses the text"
    return [
        {
            "header": name,
            "use": uses.get(at),
            "samples": list(_samples(sheet, at)),
        }
        for at, name in enumerate(sheet.header)
    ]


def _samples(sheet: Sheet, at: int) -> list[str]:
    """Give the first few values of a column that are not empty."""
    cells = (cell.as_py() for block in sheet.rows.blocks([at]) for cell in block.column(at))
    return list(islice(filter(None, cells), SAMPLES))


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
    sheets: tuple[tuple[Sheet, ColumnMapping], ...], columns_by_field: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, Any], list[str]]:
    """Name the header of every field, and the headers nothing uses.

    `carried` says which columns of the text travel in which field.
    """
    phones: list[str] = []
    fields: dict[str, str] = {}
    ignored: list[str] = []
    for sheet, mapping in sheets:
        phones += [sheet.header[at] for at in mapping.phone_numbers]
        places = mapping.fields | mapping.extras
        fields |= {name: sheet.header[at] for name, at in mapping.fields.items()}
        whole = mapping.full_name  # holds both names where they have no columns of their own
        for field, names in columns_by_field.items():
            headers = (sheet.header[places.get(name, whole or 0)] for name in names)
            fields[field] = " + ".join(dict.fromkeys(headers))
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


def _tell_segments(plan: Plan) -> dict[str, Any] | None:
    """Tell why the texts cost what they cost, and what would make them cheaper."""
    stats, parameters = plan.stats, plan.parameters
    if stats is None or parameters is None:
        return None
    by_api = stats.segments_by_api if parameters.auto_optimize_text else None
    return {
        "rows_by_segments": {str(needed): rows for needed, rows in stats.rows_by_segments.items()},
        "usual": stats.usual_segments,
        "rows_over_border": stats.rows_over_usual,
        "rows_ucs2": stats.rows_ucs2,
        "extra": stats.extra_segments,
        "total_plain": stats.segments_plain,
        "total_by_api_table": by_api,
        "characters": [
            {
                "character": one.character,
                "rows": one.rows,
                "first_row": one.first_row,
                "extra": one.extra_segments,
                "plain": one.plain,
                "api": one.api,
            }
            for one in stats.non_gsm_characters
        ],
    }


def _tell_price(price: Estimate | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {
        "amount": format_money(price.amount),
        "currency": price.currency,
        "by_country": {code: format_money(part) for code, part in price.by_country.items()},
    }
