"""Campaigns that workers are asked to post, and the limits that hold for all of them.

The limits change by compare-and-set on their version, so that no worker overwrites what another
one has learned.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from bulksms.ledger.campaigns.read_totals import committed_money
from bulksms.ledger.frame_states.statements import SELECT_FRAMES
from bulksms.ledger.records.frame_records import FrameRecord, FrameState
from bulksms.ledger.records.shared_records import SharedRunRecord
from bulksms.ledger.schema.compiled import CompiledStatement
from bulksms.ledger.schema.row_values import read_all
from bulksms.ledger.schema.tables import frame, shared_run
from bulksms.ledger.storage import Storage, repeatable

__all__ = ["SharedRuns"]

COLUMNS = tuple(column.name for column in shared_run.c)
# Executed for every post.
SELECT_RUN = CompiledStatement(
    sa.select(shared_run).where(shared_run.c.campaign_id == sa.bindparam("in_campaign"))
)


class SharedRuns:
    """The shared runs of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def open(
        self, campaign_id: int, options: Mapping[str, Any], limits: Mapping[str, Any] | None = None
    ) -> None:
        """Ask the workers to post a campaign; what an earlier run counted counts no more."""
        in_campaign = shared_run.c.campaign_id == campaign_id
        with self._storage.writing_beside() as connection:
            version = connection.scalar(sa.select(shared_run.c.version).where(in_campaign))
            values = {
                "campaign_id": campaign_id,
                "opened_at": self._storage.database_time(connection),
                "is_open": True,
                "options": dict(options),
                "limits": dict(limits or {}),
                "version": 1 if version is None else version + 1,
            }
            if version is None:
                connection.execute(sa.insert(shared_run).values(values))
            else:
                connection.execute(sa.update(shared_run).where(in_campaign).values(values))

    def close(self, campaign_id: int) -> None:
        """Ask no worker any more."""
        in_campaign = shared_run.c.campaign_id == campaign_id
        values = {"is_open": False, "version": shared_run.c.version + 1}
        with self._storage.writing_beside() as connection:
            connection.execute(
                sa.update(shared_run).where(in_campaign, shared_run.c.is_open).values(values)
            )

    @repeatable
    def get(self, campaign_id: int) -> SharedRunRecord | None:
        """Read the shared run of a campaign, if workers were ever asked to post it."""
        with self._storage.reading() as connection:
            rows = SELECT_RUN.execute(connection, {"in_campaign": campaign_id})
        return SharedRunRecord(**dict(zip(COLUMNS, rows[0], strict=True))) if rows else None

    def all_open(self) -> list[SharedRunRecord]:
        """Read what workers are asked to post, the oldest first."""
        statement = sa.select(shared_run).where(shared_run.c.is_open)
        statement = statement.order_by(shared_run.c.opened_at, shared_run.c.campaign_id)
        with self._storage.reading() as connection:
            return read_all(connection, SharedRunRecord, statement)

    def save_limits(self, campaign_id: int, version: int, limits: Mapping[str, Any]) -> bool:
        """Replace the limits of an open run; false when they changed since that version."""
        same = shared_run.c.campaign_id == campaign_id, shared_run.c.version == version
        values = {"limits": dict(limits), "version": version + 1}
        statement = sa.update(shared_run).where(*same, shared_run.c.is_open).values(values)
        with self._storage.writing_beside() as connection:
            return connection.execute(statement).rowcount > 0

    def planned(
        self,
        campaign_id: int,
        after: int,
        share: tuple[int, int],
        *,
        without: Sequence[int] = (),
        limit: int,
    ) -> list[FrameRecord]:
        """Read the next planned frames whose number divided by `share[1]` leaves `share[0]`."""
        statement = (
            SELECT_FRAMES.where(frame.c.campaign_id == campaign_id, frame.c.number > after)
            .where(frame.c.state == FrameState.PLANNED, frame.c.number.not_in(without))
            .where(frame.c.number % share[1] == share[0])
        )
        with self._storage.reading() as connection:
            in_order = statement.order_by(frame.c.number).limit(limit)
            return read_all(connection, FrameRecord, in_order)

    def committed_money(self, campaign_id: int) -> Decimal:
        """Add up what a campaign cost, and what frames without a price may cost, in euros."""
        with self._storage.reading() as connection:
            return committed_money(connection, campaign_id)
