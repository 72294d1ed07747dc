"""Pseudonyms: keyed hashes that take the place of erased phone numbers.

A pseudonym is a negative number, so it is never a phone number and is never posted. Without the
ledger's secret key no one can compute it; with it, a number that is given again is recognised,
so that an erased person is not texted twice.
"""

import hashlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger.people import opt_out_events
from bulksms.ledger.schema.tables import erased_frame
from bulksms.ledger.storage import Storage

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["Pseudonyms", "any_erased", "hash_text", "pseudonyms_of"]

SPARE_BITS = 2  # so that a pseudonym and its negative fit into 64 bits


def any_erased(connection: sa.Connection) -> bool:
    """Whether any frame has pseudonyms."""
    return connection.scalar(sa.select(erased_frame.c.number).limit(1)) is not None


def pseudonyms_of(numbers: "PhoneNumbers", key: bytes) -> "PhoneNumbers":
    """Compute the pseudonym of each phone number; a pseudonym stays as it is."""
    import numpy as np

    hashes = (
        number if number < 0 else -1 - (_hash(b"member", b"%d" % number, key) >> SPARE_BITS)
        for number in numbers.tolist()
    )
    return np.fromiter(hashes, dtype=np.int64, count=len(numbers))


def hash_text(number: int, text: str, key: bytes) -> int:
    """Compute the keyed hash of the text a person got; never 0."""
    return 1 + (_hash(b"text", b"%d\0%b" % (number, text.encode()), key) >> SPARE_BITS)


def _hash(purpose: bytes, content: bytes, key: bytes) -> int:
    digest = hashlib.blake2b(content, key=key, person=purpose, digest_size=8).digest()
    return int.from_bytes(digest, "little")


class Pseudonyms:
    """The erased people of a ledger, recognised among those a plan would text."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._asked = False
        # Pseudonyms, sorted, and the phone number of each.
        self._recognised: tuple[PhoneNumbers, PhoneNumbers] | None = None

    def recognise(self, numbers: "PhoneNumbers") -> None:
        """Let later reads return the numbers of these people where they were erased."""
        import numpy as np

        self._asked = True
        with self._storage.reading() as connection:
            key = opt_out_events.find_own_key(connection)
            if key is None or not any_erased(connection):
                return
        before = self._recognised or (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
        pseudonyms = np.concatenate([before[0], pseudonyms_of(numbers, key)])
        ordered, first = np.unique(pseudonyms, return_index=True)
        self._recognised = ordered, np.concatenate([before[1], numbers])[first]

    def resolve(self, stored: "PhoneNumbers") -> "PhoneNumbers":
        """Replace the pseudonyms of recognised people by their numbers."""
        import numpy as np

        if self._recognised is None or not len(self._recognised[0]):
            return stored
        pseudonyms, numbers = self._recognised
        erased = np.flatnonzero(stored < 0)
        at = np.searchsorted(pseudonyms, stored[erased]).clip(max=len(pseudonyms) - 1)
        same = pseudonyms[at] == stored[erased]
        resolved = stored.copy()
        resolved[erased[same]] = numbers[at[same]]
        return resolved

    def refuse_unasked(self, stored: "PhoneNumbers") -> None:
        """Refuse to compare a plan with erased people before `recognise` was called.

        Raises:
            RuntimeError: `recognise` was not called, so someone could be texted twice.
        """
        if not self._asked and len(stored) and stored.min() < 0:
            raise RuntimeError("a plan is compared with erased people it was not searched for")

    def same_texts(
        self, campaign_id: int, numbers: "PhoneNumbers", texts: dict[int, str]
    ) -> "PhoneNumbers":
        """Return those of some people whose erased text in a campaign was this one."""
        import numpy as np

        from bulksms.ledger.people.members import read_erased_texts

        with self._storage.reading() as connection:
            key = opt_out_events.find_own_key(connection)
            if key is None:
                return np.empty(0, dtype=np.int64)
            members, hashes = read_erased_texts(connection, campaign_id)
        sent = set(zip(self.resolve(members).tolist(), hashes.tolist(), strict=True))
        same = [
            number
            for number in numbers.tolist()
            if number in texts and (number, hash_text(number, texts[number], key)) in sent
        ]
        return np.array(same, dtype=np.int64)
