"""Queries over all campaigns: who was texted, when, and at what price.

Simulated frames reached no one and cost nothing, so they never count.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger.frame_states.statements import EVER_IN_DOUBT
from bulksms.ledger.people.members import unpack_numbers
from bulksms.ledger.people.pseudonyms import Pseudonyms
from bulksms.ledger.records.frame_records import (
    UNFINISHED_STATES,
    CampaignRecord,
    FrameState,
    LearntPrice,
)
from bulksms.ledger.schema.row_values import in_parts, read_all
from bulksms.ledger.schema.tables import body, campaign, entry, frame
from bulksms.ledger.storage import Storage, repeatable

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["History"]

NOT_SENT = (FrameState.REFUSED, FrameState.DROPPED, FrameState.SIMULATED)
TAKEN = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT)
MARKETING = "wholesale"  # the API's own word


class History:
    """Queries over all campaigns of a ledger; each method is one transaction.

    Phone numbers are those that a text went to, may have gone to or will go to, sorted. A frame
    that was ever in doubt may have reached people, whatever was decided later. Erased people are
    among them if they were recognised before.
    """

    def __init__(self, storage: Storage, pseudonyms: Pseudonyms) -> None:
        self._storage, self._pseudonyms = storage, pseudonyms

    def numbers_texted(
        self,
        text_digest: str,
        rehearsal: bool,  # noqa: FBT001
        since: datetime | None,
    ) -> "PhoneNumbers":
        """Read the phone numbers that a text went to since a time, or ever."""

        def has_text(record: CampaignRecord) -> bool:
            return record.text_digest == text_digest and record.rehearsal == rehearsal

        return self._numbers(has_text, since)

    def numbers_texted_by_marketing(
        self,
        rehearsal: bool,  # noqa: FBT001
        since: datetime | None,
    ) -> "PhoneNumbers":
        """Read the phone numbers that any marketing text went to since a time, or ever."""

        def is_marketing(record: CampaignRecord) -> bool:
            return (
                record.parameters.get("purpose") == MARKETING
                and record.rehearsal == rehearsal
                and not record.is_test
                and not record.parameters.get("simulation_mode")
            )

        return self._numbers(is_marketing, since)

    def numbers_in_series(
        self,
        series: str,
        rehearsal: bool,  # noqa: FBT001
    ) -> "PhoneNumbers":
        """Read the phone numbers that any campaign of a series ever went to.

        A file system may not tell `Welcome.toml` from `welcome.toml`, so names do not either.
        """

        def belongs(record: CampaignRecord) -> bool:
            own = record.parameters.get("series") or ""
            return own.casefold() == series.casefold() and record.rehearsal == rehearsal

        return self._numbers(belongs, None)

    def people_texted_since(self, since: datetime) -> int:
        """Count the people of the frames that were posted since a moment and may have arrived."""
        posted = sa.and_(frame.c.started_at >= since, frame.c.state.not_in(NOT_SENT))
        with self._storage.reading() as connection:
            counted = connection.scalar(sa.select(sa.func.sum(frame.c.contacts)).where(posted))
        return int(counted or 0)

    @repeatable
    def newest_change(self) -> datetime | None:
        """Read the latest time at which any frame changed."""
        with self._storage.reading() as connection:
            newest: datetime | None = connection.scalar(sa.select(sa.func.max(entry.c.at)))
        return newest

    def learnt_price(self, account: str, sms_type: str) -> LearntPrice | None:
        """Read what the newest paid campaign of an account and type was charged."""
        charged = sa.select(frame).where(
            frame.c.state.in_(TAKEN),
            frame.c.total_cost.is_not(None),
            frame.c.number_of_sms_needed > 0,
        )
        with self._storage.reading() as connection:
            own = sa.select(campaign).where(campaign.c.account == account)
            for row in connection.execute(own.order_by(campaign.c.id.desc())):
                if row.parameters.get("type") != sms_type:
                    continue
                in_campaign = frame.c.campaign_id == row.id
                frames = connection.execute(charged.where(in_campaign)).all()
                cost = sum((record.total_cost for record in frames), Decimal(0))
                if cost > 0:
                    return LearntPrice(
                        cost=cost,
                        sms=sum(record.number_of_sms_needed for record in frames),
                        campaign=row.name,
                        at=max(record.started_at for record in frames),
                    )
        return None

    def _numbers(
        self, counts: Callable[[CampaignRecord], bool], since: datetime | None
    ) -> "PhoneNumbers":
        """Read the phone numbers of the campaigns that count."""
        import numpy as np

        statement = (
            sa.select(body.c.numbers)
            .join_from(body, frame)
            .join(campaign, campaign.c.id == frame.c.campaign_id)
            .where(sa.or_(frame.c.state.not_in(NOT_SENT), EVER_IN_DOUBT))
        )
        started = sa.func.coalesce(frame.c.started_at, campaign.c.created_at)
        parts = [np.empty(0, dtype=np.int64)]
        with self._storage.reading() as connection:
            campaigns = read_all(connection, CampaignRecord, sa.select(campaign))
            records = [record for record in campaigns if counts(record)]
            for batch in in_parts(records):
                own = statement.where(campaign.c.id.in_([each.id for each in batch]))
                if since is not None:
                    scheduled = [each.id for each in batch if _is_scheduled_since(each, since)]
                    # What waits may still go out, however long it has waited.
                    waits = sa.or_(
                        frame.c.state.in_(UNFINISHED_STATES), campaign.c.id.in_(scheduled)
                    )
                    own = own.where(sa.or_(waits, started >= since))
                parts += [unpack_numbers(packed) for packed in connection.scalars(own)]
        numbers = np.concatenate(parts)
        self._pseudonyms.refuse_unasked(numbers)
        return np.unique(self._pseudonyms.resolve(numbers))


def _is_scheduled_since(record: CampaignRecord, since: datetime) -> bool:
    """Whether a campaign was scheduled by `send_at` for a time not before `since`."""
    send_at = record.parameters.get("send_at")
    return send_at is not None and datetime.fromisoformat(send_at) >= since
