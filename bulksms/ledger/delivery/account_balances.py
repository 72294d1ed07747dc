"""The balances that an account reported around a post, and what was posted between them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bulksms.ledger.frame_states.statements import SELECT_FRAMES
from bulksms.ledger.records.frame_records import CampaignRecord, FrameRecord, FrameState
from bulksms.ledger.schema.row_values import read_all, read_first
from bulksms.ledger.schema.tables import campaign, entry, frame
from bulksms.ledger.storage import Storage

__all__ = ["AccountBalances"]

WITH_BALANCE = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT)


class AccountBalances:
    """Reads over all campaigns of an account; each is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def before(self, record: CampaignRecord, moment: datetime) -> FrameRecord | None:
        """Read the last frame that reported a balance until a moment."""
        return self._first(
            record,
            frame.c.finished_at <= moment,
            (frame.c.finished_at.desc(), frame.c.number.desc()),
        )

    def after(self, record: CampaignRecord, moment: datetime) -> FrameRecord | None:
        """Read the first frame with a balance that was posted after a moment."""
        order = (frame.c.finished_at, frame.c.number)
        return self._first(record, frame.c.started_at >= moment, order)

    def posted_between(
        self, record: CampaignRecord, start: datetime, end: datetime
    ) -> list[FrameRecord]:
        """Read the frames that were on their way at some time after `start` and until `end`."""
        in_flight = SELECT_FRAMES.where(
            _of_account(record, frame.c.campaign_id),
            frame.c.started_at < end,
            sa.or_(frame.c.finished_at.is_(None), frame.c.finished_at > start),
        )
        with self._storage.reading() as connection:
            return read_all(connection, FrameRecord, in_flight)

    def doubted_between(
        self, record: CampaignRecord, start: datetime, end: datetime
    ) -> frozenset[tuple[int, int]]:
        """Read the campaign and number of each frame whose post fell into doubt between moments."""
        statement = sa.select(entry.c.campaign_id, entry.c.number).where(
            _of_account(record, entry.c.campaign_id),
            entry.c.state == FrameState.IN_DOUBT,
            entry.c.at > start,
            entry.c.at <= end,
        )
        with self._storage.reading() as connection:
            return frozenset((row.campaign_id, row.number) for row in connection.execute(statement))

    def _first(
        self,
        record: CampaignRecord,
        condition: sa.ColumnElement[bool],
        order: tuple[sa.ColumnElement[Any], ...],
    ) -> FrameRecord | None:
        with_balance = SELECT_FRAMES.where(
            _of_account(record, frame.c.campaign_id),
            frame.c.state.in_(WITH_BALANCE),
            frame.c.residual_credit.is_not(None),
            condition,
        )
        with self._storage.reading() as connection:
            return read_first(connection, FrameRecord, with_balance.order_by(*order))


def _of_account(
    record: CampaignRecord, campaign_id: sa.ColumnElement[int]
) -> sa.ColumnElement[bool]:
    """Build the condition that a row belongs to the account of a campaign."""
    if record.account is None:
        return campaign_id == record.id
    return campaign_id.in_(sa.select(campaign.c.id).where(campaign.c.account == record.account))
