"""People who said no in the list of one campaign, and are left out of what another has left.

Kept with that campaign by keyed hashes: no opt-out of all campaigns, and no phone number.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger.people.members import phone_numbers
from bulksms.ledger.people.opt_out_events import find_own_key, hashes_of, own_key
from bulksms.ledger.schema.tables import campaign
from bulksms.ledger.storage import Storage

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["REFUSALS", "Refusals", "forget_refusals"]

REFUSALS = "refusals"  # among the parameters of a campaign
_PARAMETERS = sa.select(campaign.c.parameters)


class Refusals:
    """The refusals of a ledger's campaigns; each method is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def add(self, campaign_id: int, numbers: "PhoneNumbers", now: datetime) -> None:
        """Keep people out of what an order may still send of a campaign."""
        with self._storage.writing() as connection:
            kept = _kept(connection, campaign_id)
            refusing = hashes_of(numbers.tolist(), own_key(connection, now))
            if not kept.issuperset(refusing):
                _replace(connection, campaign_id, kept.union(refusing))

    def any_in(self, campaign_id: int) -> bool:
        """Whether anyone said no to what a campaign has left."""
        with self._storage.reading() as connection:
            return bool(_kept(connection, campaign_id))

    def in_frame(self, campaign_id: int, number: int) -> "PhoneNumbers":
        """Read the phone numbers of a frame whose people said no since, in the frame's order."""
        import numpy as np

        with self._storage.reading() as connection:
            kept = _kept(connection, campaign_id)
            key = find_own_key(connection) if kept else None
            if key is None:
                return np.empty(0, dtype=np.int64)
            members = phone_numbers(connection, campaign_id, number)
        refusing = [digest in kept for digest in hashes_of(members.tolist(), key)]
        return np.compress(refusing, members).astype(np.int64)


def forget_refusals(
    connection: sa.Connection, campaign_id: int, numbers: Iterable[int], key: bytes
) -> None:
    """Forget the refusals of people of whom the campaign has nothing left to send."""
    kept = _kept(connection, campaign_id)
    others = kept.difference(hashes_of(numbers, key))
    if others != kept:
        _replace(connection, campaign_id, others)


def _replace(connection: sa.Connection, campaign_id: int, kept: set[str]) -> None:
    is_campaign = campaign.c.id == campaign_id
    parameters = connection.execute(_PARAMETERS.where(is_campaign)).scalar_one()
    values = {"parameters": parameters | {REFUSALS: sorted(kept)}}
    connection.execute(sa.update(campaign).where(is_campaign).values(values))


def _kept(connection: sa.Connection, campaign_id: int) -> set[str]:
    parameters = connection.execute(_PARAMETERS.where(campaign.c.id == campaign_id)).scalar_one()
    return set(parameters.get(REFUSALS, ()))
