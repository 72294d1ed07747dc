"""People who said no in the list of one campaign, and are left out of what another has left.

They are events of the opt-outs that name this campaign: keyed hashes, which the witnesses get
too, and no opt-out of all campaigns.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger.frame_states import attempts
from bulksms.ledger.people import opt_out_events
from bulksms.ledger.people.members import phone_numbers
from bulksms.ledger.people.opt_outs import append_to_witnesses
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness.witness_pair import WitnessPair

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["Refusals"]


class Refusals:
    """The refusals of a ledger's campaigns; each method is one transaction."""

    def __init__(self, storage: Storage, witnesses: WitnessPair) -> None:
        self._storage, self._witnesses = storage, witnesses

    def add(self, campaign_id: int, numbers: "PhoneNumbers", now: datetime) -> None:
        """Keep people out of what may still be sent of a campaign; durable when this returns.

        Raises:
            LedgerError: they could not be written down.
        """
        with self._storage.writing() as connection:
            key = opt_out_events.own_key(connection, now)
            name = _name(connection, campaign_id)
            kept = opt_out_events.refusals_by_key(connection, name)[key]
            asked = sorted(set(numbers.tolist()))
            new = [number for number in asked if opt_out_events.hash_of(number, key) not in kept]
            events = opt_out_events.record_change(connection, "+", new, now, campaign=name)
            owner = attempts.name_of_ledger(connection)
        lines = [event.line for event in events]
        append_to_witnesses(self._storage, self._witnesses, owner, key, lines)

    def in_frames(
        self, campaign_id: int, numbers: Iterable[int]
    ) -> "list[tuple[int, PhoneNumbers]]":
        """Read the phone numbers of people who said no since, of each frame that has any.

        They are in the frame's order.
        """
        import numpy as np

        by_frame = []
        with self._storage.reading() as connection:
            kept = opt_out_events.refusals_by_key(connection, _name(connection, campaign_id))
            for number in numbers if kept else ():
                members = phone_numbers(connection, campaign_id, number)
                refusing = [
                    any(opt_out_events.hash_of(member, key) in kept[key] for key in kept)
                    for member in members.tolist()
                ]
                if any(refusing):
                    by_frame.append((number, np.compress(refusing, members).astype(np.int64)))
        return by_frame


def _name(connection: sa.Connection, campaign_id: int) -> str:
    return attempts.name_and_text(connection, campaign_id)[0]
