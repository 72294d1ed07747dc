"""Numbers that failed for good in several campaigns in a row, learnt from the receipts."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bulksms.ledger.schema.row_values import in_parts
from bulksms.ledger.schema.tables import campaign, frame, receipt
from bulksms.ledger.storage import Storage

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["CAMPAIGNS", "DeadNumbers"]

CAMPAIGNS = 3  # in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statuses:
    """The statuses of a text that failed because of its number, and of one that arrived."""

    failing: Collection[str]
    arriving: Collection[str]


class DeadNumbers:
    """The dead numbers of a ledger; nothing is stored, the receipts are the facts."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def learn(
        self, failing: Collection[str], arriving: Collection[str], *, rehearsal: bool
    ) -> "PhoneNumbers":
        """List the numbers at which the texts of the three latest campaigns all failed, sorted.

        A campaign counts for a number when one of its receipts has one of these statuses; one
        text that arrived makes the campaign one that reached the number. Rehearsals and real
        campaigns are counted separately.
        """
        import numpy as np

        statuses = _Statuses(failing=failing, arriving=arriving)
        with self._storage.reading() as connection:
            candidates = connection.scalars(_failed_often(failing, rehearsal=rehearsal))
            dead = [
                number
                for part in in_parts(candidates)
                for number in _all_failed(connection, part, statuses, rehearsal=rehearsal)
            ]
        return np.array(sorted(dead), dtype=np.int64)


def _failed_often(failing: Collection[str], *, rehearsal: bool) -> sa.Select[Any]:
    """Select the numbers that failed in so many campaigns, in whatever order."""
    failed = (
        sa.select(receipt.c.number, frame.c.campaign_id)
        .join_from(receipt, frame, receipt.c.ticket == frame.c.ticket)
        .join(campaign, campaign.c.id == frame.c.campaign_id)
        .where(receipt.c.status.in_(failing), campaign.c.rehearsal == rehearsal)
        .distinct()
        .subquery()
    )
    often = sa.func.count() >= CAMPAIGNS
    return sa.select(failed.c.number).group_by(failed.c.number).having(often)


def _all_failed(
    connection: sa.Connection, numbers: list[int], statuses: _Statuses, *, rehearsal: bool
) -> Iterator[int]:
    """Yield the numbers that none of the latest campaigns reached."""
    arrived = sa.func.max(sa.case((receipt.c.status.in_(statuses.arriving), 1), else_=0))
    outcomes = (
        sa.select(receipt.c.number, frame.c.campaign_id, arrived)
        .join_from(receipt, frame, receipt.c.ticket == frame.c.ticket)
        .join(campaign, campaign.c.id == frame.c.campaign_id)
        .where(
            receipt.c.number.in_(numbers),
            receipt.c.status.in_([*statuses.failing, *statuses.arriving]),
            campaign.c.rehearsal == rehearsal,
        )
        .group_by(receipt.c.number, frame.c.campaign_id)
        .order_by(receipt.c.number, frame.c.campaign_id.desc())
    )
    for number, rows in groupby(connection.execute(outcomes).all(), key=lambda row: row[0]):
        latest = [row[2] for row in rows][:CAMPAIGNS]
        if not any(latest):
            yield number
