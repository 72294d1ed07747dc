"""The shape of a list: its rows and columns, remembered to compare the next list with them."""

from dataclasses import dataclass
from datetime import datetime

from bulksms.contacts.columns.mapping import OWN_CODE, OWN_PREFIX
from bulksms.ledger import Ledger, ScheduledRunRecord
from bulksms.plan.make_plan import Plan

__all__ = ["NO_COLUMN", "ListShape", "is_of_rejects", "last_shape", "remember_shape", "shape_of"]

NO_COLUMN = "no column"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListShape:
    """The facts compared from run to run: the rows, the headers, and the column of each field."""

    rows: int
    headers: tuple[str, ...]
    mapping: tuple[tuple[str, str], ...]


def is_of_rejects(plan: Plan) -> bool:
    """Whether all lists are rejects of earlier ones, corrected: such lists are short."""
    return all(OWN_CODE in sheet.header for sheet, _ in plan.sheets)


def shape_of(plan: Plan) -> ListShape:
    """Describe the files of a plan, without the columns that the program added to rejects."""
    headers: dict[str, None] = {}
    mapping: dict[str, set[str]] = {name: set() for _, own in plan.sheets for name in own.fields}
    mapping["phone_number"] = set()
    for sheet, columns in plan.sheets:
        has_own = OWN_CODE in sheet.header
        own = [name for name in sheet.header if has_own and name.startswith(OWN_PREFIX)]
        headers |= dict.fromkeys(name for name in sheet.header if name not in own)
        numbers = " + ".join(sheet.header[at] for at in columns.phone_numbers)
        fields = {name: sheet.header[at] for name, at in columns.fields.items()}
        for name, read in mapping.items():
            read.add(numbers if name == "phone_number" else fields.get(name, NO_COLUMN))
    return ListShape(
        rows=sum(len(sheet.rows) for sheet, _ in plan.sheets),
        headers=tuple(headers),
        mapping=tuple((name, " or ".join(sorted(read))) for name, read in sorted(mapping.items())),
    )


def last_shape(ledger: Ledger, series: str, *, rehearsal: bool) -> ListShape | None:
    """Return the shape of the last list of a series that no rule stopped."""
    record = ledger.scheduled_runs.latest(_key(series, rehearsal=rehearsal))
    if record is None:
        return None
    mapping = tuple(sorted(record.mapping.items()))
    return ListShape(rows=record.rows, headers=record.headers, mapping=mapping)


def remember_shape(
    ledger: Ledger,
    series: str,
    shape: ListShape,
    campaign: str | None,
    now: datetime,
    *,
    rehearsal: bool,
) -> None:
    """Record the shape of a list, and its campaign; `None` if the list had no one new."""
    ledger.scheduled_runs.add(
        ScheduledRunRecord(
            series=_key(series, rehearsal=rehearsal),
            at=now,
            rows=shape.rows,
            headers=shape.headers,
            mapping=dict(shape.mapping),
            campaign=campaign,
        )
    )


def _key(series: str, *, rehearsal: bool) -> str:
    """Return the key of a series; that of a rehearsal cannot be the name of a campaign."""
    return f"{series}/rehearsal" if rehearsal else series
