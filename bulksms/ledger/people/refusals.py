"""People who said no in the list of one campaign, and are left out of what another has left.

Kept with that campaign by keyed hashes: no opt-out of all campaigns, and no phone number.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bulksms.ledger.people.members import phone_numbers
from bulksms.ledger.people.opt_out_events import find_own_key, hashes_of, own_key
from bulksms.ledger.schema.tables import campaign
from bulksms.ledger.storage import Storage

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["REFUSALS", "Refusals", "forget_refusals"]

REFUSALS = "refusals"  # among the parameters of a campaign


class Refusals:
    """The refusals of a ledger's campaigns; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(self, campaign_id: int, numbers: "PhoneNumbers", now: datetime) -> None:
        """Keep people out of what an order may still send of a campaign."""
        with self._storage.writing() as connection:
            refusing = hashes_of(numbers.tolist(), own_key(connection, now))
            _change(connection, campaign_id, lambda kept: kept.union(refusing))

    def in_frames(
        self, campaign_id: int, numbers: Iterable[int]
    ) -> "list[tuple[int, PhoneNumbers]]":
        """Read the phone numbers of people who said no since, of each frame that has any.

        They are in the frame's order.
        """
        import numpy as np

        by_frame = []
        with self._storage.reading() as connection:
            kept = set(_parameters(connection, campaign_id).get(REFUSALS, ()))
            key = find_own_key(connection) if kept else None
            if key is None:
                return []
            for number in numbers:
                members = phone_numbers(connection, campaign_id, number)
                refusing = [digest in kept for digest in hashes_of(members.tolist(), key)]
                if any(refusing):
                    by_frame.append((number, np.compress(refusing, members).astype(np.int64)))
        return by_frame


def forget_refusals(
    connection: sa.Connection, campaign_id: int, numbers: Iterable[int], key: bytes
) -> None:
    """Forget the refusals of people of whom the campaign has nothing left to send."""
    forgotten = hashes_of(numbers, key)
    _change(connection, campaign_id, lambda kept: kept.difference(forgotten))


def _change(
    connection: sa.Connection, campaign_id: int, change: Callable[[set[str]], set[str]]
) -> None:
    """Write the refusals as they are after a change, if it is one."""
    parameters = _parameters(connection, campaign_id)
    kept = set(parameters.get(REFUSALS, ()))
    changed = change(kept)
    if changed != kept:
        values = {"parameters": parameters | {REFUSALS: sorted(changed)}}
        connection.execute(sa.update(campaign).where(campaign.c.id == campaign_id).values(values))


def _parameters(connection: sa.Connection, campaign_id: int) -> dict[str, Any]:
    parameters: dict[str, Any] = connection.execute(
        sa.select(campaign.c.parameters).where(campaign.c.id == campaign_id)
    ).scalar_one()
    return parameters
