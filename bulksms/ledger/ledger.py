"""The ledger: what has happened, kept so that a crash costs nothing and nobody is texted twice.

Every method is one transaction and is on the disk when it returns. Usable from several
threads. Knows nothing of the API, of pandas and of phone numbers.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from bulksms.clock import Clock
from bulksms.errors import CampaignNotFound, SourceChanged
from bulksms.ledger import attempts, statements
from bulksms.ledger.base import ProofBook
from bulksms.ledger.claims import ClaimBook
from bulksms.ledger.group_commit import Together
from bulksms.ledger.locking import account_lock, campaign_lock
from bulksms.ledger.opt_outs import OptOutBook
from bulksms.ledger.records import (
    CampaignRecord,
    FrameRecord,
    FrameState,
    FrozenFrame,
    PackedBody,
    damaged_body,
)
from bulksms.ledger.settlements import SettlementBook
from bulksms.ledger.storage import Storage
from bulksms.ledger.witness_pair import Witnesses

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["Ledger"]


class Ledger(ClaimBook, SettlementBook, ProofBook, OptOutBook):
    """The durable record of every campaign on this machine."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._witnesses = Witnesses(storage)
        self._together = Together(storage, self._witnesses)
        self._marks = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._witnesses.close()
        self._storage.close()

    def create_campaign(  # noqa: PLR0913, PLR0917 - a campaign is written whole or not at all
        self,
        name: str,
        digest: str,
        text_digest: str,
        parameters: dict[str, Any],
        counts: dict[str, int],
        rehearsal: bool,  # noqa: FBT001
        frames: Iterable[FrozenFrame],
        roll: bytes | None = None,
        expires_at: datetime | None = None,
    ) -> CampaignRecord:
        """Write a campaign and all its frames down, or nothing of it.

        Past `expires_at` nothing of it is to be posted.

        Raises:
            SourceChanged: the name is taken, or belongs to a lost campaign with other frames.
        """
        values: dict[str, Any] = {
            "name": name,
            "digest": digest,
            "text_digest": text_digest,
            "state": "planned",
            "rehearsal": rehearsal,
            "created_at": self._clock.now().astimezone(UTC),
            "parameters": parameters,
            "counts": counts,
            "expires_at": expires_at,
        }
        with self._storage.writing() as connection:
            if statements.campaign_named(connection, name) is not None:
                raise SourceChanged(
                    f"There is already a campaign named {name!r}: "
                    "resume that one, or choose another name with --campaign."
                )
            campaign_id = statements.insert_campaign(connection, values)
            statements.insert_frames(connection, campaign_id, frames)
            if roll is not None:
                statements.insert_roll(connection, campaign_id, roll)
            attempts.learn_again(connection, campaign_id, name, values["created_at"])
        return CampaignRecord(id=campaign_id, **values)

    def campaign(self, name: str) -> CampaignRecord:
        """Find a campaign by its name.

        Raises:
            CampaignNotFound: there is none.
        """
        with self._storage.reading() as connection:
            found = statements.campaign_named(connection, name)
        if found is None:
            raise CampaignNotFound(
                f"There is no campaign named {name!r}: `bulksms status` lists those there are."
            )
        return found

    def find(self, digest: str, rehearsal: bool) -> CampaignRecord | None:  # noqa: FBT001
        """Find the latest campaign with this content."""
        with self._storage.reading() as connection:
            return statements.campaign_of_digest(connection, digest, rehearsal=rehearsal)

    def campaigns(self) -> list[CampaignRecord]:
        """List every campaign, oldest first."""
        with self._storage.reading() as connection:
            return statements.all_campaigns(connection)

    def latest(self) -> CampaignRecord | None:
        """Return the campaign made last, if there is one; a test is none."""
        made = [one for one in self.campaigns() if not one.is_test]
        return made[-1] if made else None

    def frames(self, campaign_id: int) -> list[FrameRecord]:
        """List the frames of a campaign in their order."""
        with self._storage.reading() as connection:
            return statements.frames_of(connection, campaign_id)

    def standing(self, campaign_id: int) -> dict[FrameState, int]:
        """Count the frames in each state, all states named."""
        with self._storage.reading() as connection:
            return statements.standing(connection, campaign_id)

    def body(self, campaign_id: int, number: int) -> bytes:
        """Read the bytes to post, checked against their digest.

        Raises:
            LedgerError: they are not as they were written.
        """
        found = self.bodies(campaign_id, [number])
        if not found:
            raise damaged_body(number)
        return found[0].unpack()

    def bodies(self, campaign_id: int, numbers: Sequence[int]) -> list[PackedBody]:
        """Read the bytes to post of several frames; whoever unpacks them checks their digest."""
        with self._storage.reading() as connection:
            return statements.read_bodies(connection, campaign_id, numbers)

    def roll(self, campaign_id: int) -> bytes | None:
        """Read what was kept for the per-contact results."""
        with self._storage.reading() as connection:
            return statements.read_roll(connection, campaign_id)

    def numbers_texted(
        self,
        text_digest: str,
        rehearsal: bool,  # noqa: FBT001
        since: datetime,
    ) -> "PhoneNumbers":
        """Collect the numbers a text went to, may have gone to or will go to, sorted."""
        with self._storage.reading() as connection:
            return statements.numbers_texted(connection, text_digest, since, rehearsal=rehearsal)

    def set_state(self, campaign_id: int, state: str, reason: str | None = None) -> None:
        """Say where a campaign stands, and why it stands still."""
        with self._storage.writing() as connection:
            statements.update_campaign(connection, campaign_id, state, reason)

    def extend(self, campaign_id: int, until: datetime) -> None:
        """Let a campaign be posted until another moment, by an operator's order."""
        with self._storage.writing() as connection:
            statements.extend_campaign(connection, campaign_id, until)

    @contextmanager
    def lock(self, campaign_name: str) -> Iterator[None]:
        """Be the only process that sends this campaign, as long as this is held.

        Raises:
            LedgerBusy: another process is sending it.
        """
        with campaign_lock(self._storage.folder / "locks", campaign_name):
            yield

    @contextmanager
    def account_lock(
        self, account: str, waiting: Callable[[], None], stop: threading.Event
    ) -> Iterator[bool]:
        """Be the only process that sends for this account; wait for another one to end.

        `waiting` is called once when there is one; false when told to stop before it ended.
        """
        folder = self._storage.folder / "locks"
        with account_lock(folder, account, self._clock, waiting, stop) as held:
            yield held
