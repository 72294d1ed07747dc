"""A plan as JSON, with the keys that `check` promises."""

from typing import Any

from bulksms.finding import Finding
from bulksms.message import Estimate, MessageStats
from bulksms.money import format_money
from bulksms.plan.previews import Preview
from bulksms.plan.view import DeliveryView, PlanView

__all__ = ["plan_as_json", "preview_as_json"]


def plan_as_json(view: PlanView) -> dict[str, Any]:
    """Return a plan as plain values; `rows` is the sum of the next four counts."""
    return {
        **_delivery(view.delivery),
        "files": [_fields(file) for file in view.files],
        "mapping": {"phone_number": list(view.mapping.phone_number), **view.mapping.fields},
        "ignored_columns": list(view.ignored_columns),
        "columns": [_fields(column) | {"samples": list(column.samples)} for column in view.columns],
        **view.counts,
        "repaired": view.repaired,
        "reasons": dict(view.reasons),
        "frames": list(view.frames),
        "message": None if view.stats is None else _message(view.stats),
        "segments": None if view.stats is None else _segments(view.stats, view.segments_by_api),
        "estimate": None if view.estimate is None else _estimate(view.estimate),
        "texts": [_fields(text) for text in view.texts],
        "preview": [preview_as_json(preview) for preview in view.previews],
        "findings": [_finding(finding) for finding in view.findings],
    }


def preview_as_json(preview: Preview) -> dict[str, Any]:
    """Return one finished text as plain values."""
    return {
        "asked": list(preview.requests),
        "row": preview.row,
        "phone_number": preview.phone_number,
        "text": preview.text,
        "encoding": preview.encoding,
        "units": preview.units,
        "segments": preview.segments,
        "cost": None if preview.cost is None else format_money(preview.cost),
        "sentence": preview.sentence,
    }


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a flat dataclass of plain values
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def _delivery(delivery: DeliveryView) -> dict[str, Any]:
    return {
        "mode": delivery.mode.value,
        "sender": delivery.sender,
        "purpose": delivery.purpose.value,
        "type": delivery.type.value,
        "send_at": delivery.send_at and delivery.send_at.isoformat(),
    }


def _message(stats: MessageStats) -> dict[str, Any]:
    return {
        "encoding": stats.encoding.value,
        "segments_total": stats.segments_total,
        "segments_max": stats.segments_max,
        "longest_row": stats.longest_row,
        "characters_outside_gsm7": stats.characters_outside_gsm7,
    }


def _segments(stats: MessageStats, segments_by_api: int | None) -> dict[str, Any]:
    """Explain why the texts cost what they cost, and what would make them cheaper."""
    return {
        "rows_by_segments": {str(count): rows for count, rows in stats.rows_by_segments.items()},
        "usual": stats.usual_segments,
        "rows_over_border": stats.rows_over_usual,
        "rows_ucs2": stats.rows_ucs2,
        "extra": stats.extra_segments,
        "total_plain": stats.segments_plain,
        "total_by_api_table": segments_by_api,
        "characters": [
            {
                "character": each.character,
                "rows": each.rows,
                "first_row": each.first_row,
                "extra": each.extra_segments,
                "plain": each.plain,
                "api": each.api,
            }
            for each in stats.non_gsm_characters
        ],
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "amount": format_money(estimate.amount),
        "currency": estimate.currency,
        "price_source": estimate.origin.value,
        "source": estimate.source,
        "by_country": {
            code: format_money(cost) for code, cost in estimate.cents_by_country.items()
        },
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level.value,
        "message": finding.message,
        "count": finding.count,
    }
