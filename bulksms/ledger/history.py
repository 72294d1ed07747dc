"""What earlier campaigns tell about the next one: who was texted, and when."""

from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger.members import unpack_numbers
from bulksms.ledger.records import FrameState
from bulksms.ledger.storage import Storage
from bulksms.ledger.tables import body, campaign, entry, frame

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["History"]

NOT_SENT = (FrameState.REFUSED.value, FrameState.DROPPED.value)
WAITING = (FrameState.PLANNED.value, FrameState.INTENT.value)


class History:
    """Queries over all campaigns of a ledger; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def numbers_texted(
        self,
        text_digest: str,
        rehearsal: bool,  # noqa: FBT001
        since: datetime,
    ) -> "PhoneNumbers":
        """Read the phone numbers a text went to, may have gone to or will go to, sorted.

        A frame that was ever in doubt may have reached people, whatever was decided later.
        """
        import numpy as np

        doubted = sa.exists().where(
            entry.c.campaign_id == frame.c.campaign_id,
            entry.c.number == frame.c.number,
            entry.c.state == FrameState.IN_DOUBT.value,
        )
        with self._storage.reading() as connection:
            recent = sa.or_(
                # What waits may still go out, however long it has waited.
                frame.c.state.in_(WAITING),
                sa.func.coalesce(frame.c.started_at, campaign.c.created_at) >= since,
                campaign.c.id.in_(_scheduled_since(connection, text_digest, since)),
            )
            statement = (
                sa.select(body.c.numbers)
                .join_from(body, frame)
                .join(campaign, campaign.c.id == frame.c.campaign_id)
                .where(campaign.c.text_digest == text_digest, campaign.c.rehearsal == rehearsal)
                .where(sa.or_(frame.c.state.not_in(NOT_SENT), doubted))
                .where(recent)
            )
            parts = [unpack_numbers(packed) for packed in connection.scalars(statement)]
        return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *parts]))


def _scheduled_since(connection: sa.Connection, text_digest: str, since: datetime) -> list[int]:
    """List the campaigns scheduled by `send_at` for a time not before `since`."""
    statement = sa.select(campaign.c.id, campaign.c.parameters).where(
        campaign.c.text_digest == text_digest
    )
    rows = [(row.id, row.parameters.get("send_at")) for row in connection.execute(statement)]
    return [
        campaign_id
        for campaign_id, send_at in rows
        if send_at and datetime.fromisoformat(send_at) >= since
    ]
