"""The files that a watched folder has accepted, so that the same content runs only once."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bulksms.ledger.schema.tables import accepted_file
from bulksms.ledger.storage import Storage

__all__ = ["AcceptedFile", "AcceptedFiles"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedFile:
    """One file that a watched folder took, known by the digest of its bytes.

    Attributes:
        series: the name of the campaign file's series.
        mode: `real`, `rehearsal` or `simulation`; what was only tried may run for real.
        claim: the working folder of the run that took it last.
        state: `running` until its outcome is known, then `done` or `failed`.
        attempts: how often it was begun without an outcome.
        rows: how many rows its producer announced.
        target: where it was moved; None until its outcome is known.
        code: the exit code of its run.
    """

    series: str
    mode: str
    digest: str
    name: str
    claim: str
    at: datetime
    state: str = "running"
    attempts: int = 0
    rows: int | None = None
    target: str | None = None
    code: int | None = None
    reason: str | None = None


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
