"""Remembers the shape of a run's list, to compare the next list with it."""

from datetime import datetime

from bulksms.ledger import Ledger, ScheduledRunRecord
from bulksms.use_cases.unattended.unattended_rules import ListShape

__all__ = ["last_shape", "remember_shape"]


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
