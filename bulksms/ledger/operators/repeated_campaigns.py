"""What is kept of repeated campaigns: their runs, the approvals, the files that were accepted."""

from dataclasses import replace

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import (
    AcceptedFile,
    ApprovalRecord,
    ApprovalStep,
    ScheduledRunRecord,
)
from bulksms.ledger.schema.row_values import (
    is_of_series,
    read_all,
    read_first,
    row_of,
    select_fields,
)
from bulksms.ledger.schema.tables import accepted_file, approval, scheduled_run
from bulksms.ledger.storage import Storage

__all__ = ["AcceptedFiles", "Approvals", "ScheduledRuns"]


class ScheduledRuns:
    """Runs by series, to compare the next list with; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def latest(self, series: str) -> ScheduledRunRecord | None:
        """Read the newest run of a series."""
        newest_first = select_fields(ScheduledRunRecord, scheduled_run).order_by(
            scheduled_run.c.id.desc()
        )
        with self._storage.reading() as connection:
            own = newest_first.where(is_of_series(connection, scheduled_run.c.series, series))
            run = read_first(connection, ScheduledRunRecord, own)
        return None if run is None else replace(run, headers=tuple(run.headers))

    def add(self, record: ScheduledRunRecord) -> None:
        """Record a run."""
        with self._storage.writing() as connection:
            connection.execute(sa.insert(scheduled_run).values(row_of(scheduled_run, record)))


class Approvals:
    """Requests and approvals by series, only ever added; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def latest(self, series: str) -> ApprovalRecord | None:
        """Read the newest approval of a series."""
        approved = select_fields(ApprovalRecord, approval).where(
            approval.c.step == ApprovalStep.APPROVED
        )
        newest_first = approved.order_by(approval.c.id.desc())
        with self._storage.reading() as connection:
            own = newest_first.where(is_of_series(connection, approval.c.series, series))
            return read_first(connection, ApprovalRecord, own)

    def requested_by(self, series: str, digest: str) -> list[str]:
        """Read who asked for a run of exactly this plan."""
        requested = sa.select(approval.c.person).where(
            approval.c.digest == digest, approval.c.step == ApprovalStep.REQUESTED
        )
        oldest_first = requested.order_by(approval.c.id)
        with self._storage.reading() as connection:
            own = oldest_first.where(is_of_series(connection, approval.c.series, series))
            return list(dict.fromkeys(connection.scalars(own)))

    def add(self, record: ApprovalRecord) -> None:
        """Record a step."""
        with self._storage.writing() as connection:
            connection.execute(sa.insert(approval).values(row_of(approval, record)))


class AcceptedFiles:
    """The files of watched folders, so that the same content runs only once.

    Each method is one transaction.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def get(self, series: str, mode: str, digest: str) -> AcceptedFile | None:
        """Read what is recorded of a content."""
        with self._storage.reading() as connection:
            own = _of_content(connection, series, mode, digest)
            return read_first(connection, AcceptedFile, sa.select(accepted_file).where(*own))

    def failed(self, series: str, mode: str) -> list[AcceptedFile]:
        """List the files of a series whose run failed, the oldest first."""
        failed = sa.select(accepted_file).where(
            accepted_file.c.mode == mode, accepted_file.c.state == "failed"
        )
        oldest_first = failed.order_by(accepted_file.c.at, accepted_file.c.name)
        with self._storage.reading() as connection:
            own = oldest_first.where(is_of_series(connection, accepted_file.c.series, series))
            return read_all(connection, AcceptedFile, own)

    def put(self, record: AcceptedFile) -> None:
        """Write a file down, replacing what was recorded of the same content."""
        with self._storage.writing() as connection:
            own = _of_content(connection, record.series, record.mode, record.digest)
            connection.execute(sa.delete(accepted_file).where(*own))
            connection.execute(sa.insert(accepted_file).values(row_of(accepted_file, record)))


def _of_content(
    connection: sa.Connection, series: str, mode: str, digest: str
) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        is_of_series(connection, accepted_file.c.series, series),
        accepted_file.c.mode == mode,
        accepted_file.c.digest == digest,
    )
