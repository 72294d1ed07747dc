"""The runs of repeated campaigns: what each list looked like, to compare the next one with."""

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import ScheduledRunRecord
from bulksms.ledger.schema.tables import scheduled_run
from bulksms.ledger.storage import Storage

__all__ = ["ScheduledRuns"]


class ScheduledRuns:
    """Runs of campaign files, by the name of their series; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def latest(self, series: str) -> ScheduledRunRecord | None:
        """Read the newest run of a series."""
        statement = (
            sa.select(scheduled_run)
            .where(scheduled_run.c.series == series)
            .order_by(scheduled_run.c.id.desc())
            .limit(1)
        )
        with self._storage.reading() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        if row is None:
            return None
        return ScheduledRunRecord(
            series=row["series"],
            at=row["at"],
            rows=row["rows"],
            headers=tuple(row["headers"]),
            mapping=dict(row["mapping"]),
            campaign=row["campaign"],
        )

    def add(self, record: ScheduledRunRecord) -> None:
        """Record a run."""
        values = {
            "series": record.series,
            "at": record.at,
            "rows": record.rows,
            "headers": list(record.headers),
            "mapping": dict(record.mapping),
            "campaign": record.campaign,
        }
        with self._storage.writing() as connection:
            connection.execute(sa.insert(scheduled_run).values(values))
