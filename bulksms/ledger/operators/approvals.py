"""Requests for the plans of repeated campaigns and their approvals; rows are only added."""

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import ApprovalRecord, ApprovalStep
from bulksms.ledger.schema.tables import approval
from bulksms.ledger.storage import Storage

__all__ = ["Approvals"]


class Approvals:
    """Requests and approvals by series; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def latest(self, series: str) -> ApprovalRecord | None:
        """Read the newest approval of a series."""
        statement = (
            sa.select(approval)
            .where(approval.c.series == series, approval.c.step == ApprovalStep.APPROVED)
            .order_by(approval.c.id.desc())
            .limit(1)
        )
        with self._storage.reading() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        if row is None:
            return None
        return ApprovalRecord(**{name: value for name, value in row.items() if name != "id"})

    def requested_by(self, series: str, digest: str) -> list[str]:
        """Read who asked for a run of exactly this plan."""
        statement = sa.select(approval.c.person).where(
            approval.c.series == series,
            approval.c.digest == digest,
            approval.c.step == ApprovalStep.REQUESTED,
        )
        with self._storage.reading() as connection:
            return list(dict.fromkeys(connection.scalars(statement.order_by(approval.c.id))))

    def add(self, record: ApprovalRecord) -> None:
        """Record a step."""
        values = {
            "series": record.series,
            "at": record.at,
            "step": record.step,
            "person": record.person,
            "digest": record.digest,
            "terms": dict(record.terms),
        }
        with self._storage.writing() as connection:
            connection.execute(sa.insert(approval).values(values))
