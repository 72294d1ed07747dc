"""The files that a watched folder has accepted, so that the same content runs only once."""

import sqlalchemy as sa

from bulksms.ledger.records.operator_records import AcceptedFile
from bulksms.ledger.schema.tables import accepted_file
from bulksms.ledger.storage import Storage

__all__ = ["AcceptedFiles"]


class AcceptedFiles:
    """Accepted files by series, mode and digest; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def get(self, series: str, mode: str, digest: str) -> AcceptedFile | None:
        """Read what is recorded of a content."""
        statement = sa.select(accepted_file).where(*_key(series, mode, digest))
        with self._storage.reading() as connection:
            row = connection.execute(statement).mappings().one_or_none()
        return None if row is None else AcceptedFile(**row)

    def failed(self, series: str, mode: str) -> list[AcceptedFile]:
        """List the files of a series whose run failed, the oldest first."""
        statement = (
            sa.select(accepted_file)
            .where(
                accepted_file.c.series == series,
                accepted_file.c.mode == mode,
                accepted_file.c.state == "failed",
            )
            .order_by(accepted_file.c.at, accepted_file.c.name)
        )
        with self._storage.reading() as connection:
            rows = connection.execute(statement).mappings().all()
        return [AcceptedFile(**row) for row in rows]

    def put(self, record: AcceptedFile) -> None:
        """Write a file down, replacing what was recorded of the same content."""
        values = {name: getattr(record, name) for name in accepted_file.c.keys()}  # noqa: SIM118
        with self._storage.writing() as connection:
            key = _key(record.series, record.mode, record.digest)
            connection.execute(sa.delete(accepted_file).where(*key))
            connection.execute(sa.insert(accepted_file).values(values))


def _key(series: str, mode: str, digest: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        accepted_file.c.series == series,
        accepted_file.c.mode == mode,
        accepted_file.c.digest == digest,
    )
