"""The ledger: what has happened, kept so that a crash costs nothing and nobody is texted twice.

Every method is one transaction and is on the disk when it returns. Usable from several
threads. Knows nothing of the API, of pandas and of phone numbers.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, Unpack

from bulksms.clock import Clock, SystemClock
from bulksms.errors import CampaignNotFound, LedgerError, SourceChanged
from bulksms.ledger import migrations, statements
from bulksms.ledger.locking import campaign_lock
from bulksms.ledger.opt_outs import OptOutBook
from bulksms.ledger.proofs import ProofBook
from bulksms.ledger.records import Answer, CampaignRecord, FrameRecord, FrameState, FrozenFrame
from bulksms.ledger.storage import Storage

if TYPE_CHECKING:
    from bulksms.ledger.statements import Numbers

__all__ = ["Ledger", "open_ledger"]

CRASHED = "the program ended while this frame was on its way; it may have been sent"

# What an operator may decide of a frame, by where it stands.
SETTLEMENTS = {
    FrameState.IN_DOUBT: frozenset({FrameState.ACCEPTED, FrameState.DROPPED}),
    FrameState.PLANNED: frozenset({FrameState.DROPPED}),
}


class Ledger(OptOutBook, ProofBook):
    """The durable record of every campaign on this machine."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

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
    ) -> CampaignRecord:
        """Write a campaign and all its frames down, or nothing of it.

        Raises:
            SourceChanged: the name is taken.
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
        """Return the campaign made last, if there is one."""
        made = self.campaigns()
        return made[-1] if made else None

    def frames(self, campaign_id: int) -> list[FrameRecord]:
        """List the frames of a campaign in their order."""
        with self._storage.reading() as connection:
            return statements.frames_of(connection, campaign_id)

    def frame(self, campaign_id: int, number: int) -> FrameRecord:
        """Read one frame.

        Raises:
            LedgerError: there is none of that number.
        """
        with self._storage.reading() as connection:
            found = statements.frames_of(connection, campaign_id, number)
        if not found:
            raise LedgerError(f"The campaign has no frame {number}: `bulksms status` counts them.")
        return found[0]

    def standing(self, campaign_id: int) -> dict[FrameState, int]:
        """Count the frames in each state, all states named."""
        with self._storage.reading() as connection:
            return statements.standing(connection, campaign_id)

    def body(self, campaign_id: int, number: int) -> bytes:
        """Read the bytes to post, checked against their digest.

        Raises:
            LedgerError: they are not as they were written.
        """
        with self._storage.reading() as connection:
            return statements.read_body(connection, campaign_id, number)

    def roll(self, campaign_id: int) -> bytes | None:
        """Read what was kept for the per-contact results."""
        with self._storage.reading() as connection:
            return statements.read_roll(connection, campaign_id)

    def numbers_texted(
        self,
        text_digest: str,
        rehearsal: bool,  # noqa: FBT001
        since: datetime,
    ) -> "Numbers":
        """Collect the numbers a text went to, may have gone to or will go to, sorted."""
        with self._storage.reading() as connection:
            return statements.numbers_texted(connection, text_digest, since, rehearsal=rehearsal)

    def claim(self, campaign_id: int, number: int, now: datetime) -> bool:
        """Take a planned frame for posting; on the disk before this returns.

        False when it is not planned any more: somebody else has it, or it is settled.
        """
        values = {
            "state": FrameState.INTENT.value,
            "attempts": statements.frame.c.attempts + 1,
            "started_at": now,
            "finished_at": None,
        }
        with self._storage.writing() as connection:
            place = (campaign_id, number)
            return statements.change_frame(connection, place, FrameState.PLANNED, now, values)

    def record(
        self,
        campaign_id: int,
        number: int,
        state: FrameState,
        now: datetime,
        **answer: Unpack[Answer],
    ) -> None:
        """Write down what became of a claimed frame; `planned` when it was certainly not taken.

        Raises:
            LedgerError: the frame was not claimed.
        """
        finished = None if state is FrameState.PLANNED else now
        values = {"state": state.value, "finished_at": finished, **answer}
        self._change((campaign_id, number), FrameState.INTENT, now, values)

    def settle(
        self, campaign_id: int, number: int, state: FrameState, now: datetime, message: str
    ) -> None:
        """Write down what an operator decided: `accepted` or `dropped` for a frame in doubt.

        Raises:
            LedgerError: the frame does not stand where that can be decided.
        """
        stands = self.frame(campaign_id, number).state
        if state not in SETTLEMENTS.get(stands, frozenset()):
            raise LedgerError(f"Frame {number} is {stands} and cannot be made {state} by hand.")
        values = {"state": state.value, "finished_at": now, "message": message}
        self._change((campaign_id, number), stands, now, values)

    def resend(self, campaign_id: int, new: FrozenFrame, now: datetime, message: str) -> None:
        """Plan a frame in doubt again, by an operator's order, with a new request id.

        Raises:
            LedgerError: it is not in doubt, or its bytes and their digest differ.
        """
        if sha256(new.body).hexdigest() != new.digest:
            raise LedgerError(f"Frame {new.number} has a digest that is not that of its bytes.")
        values = {
            "state": FrameState.PLANNED.value,
            "request_id": new.request_id,
            "digest": new.digest,
            "finished_at": None,
            "message": message,
        }
        with self._storage.writing() as connection:
            place = (campaign_id, new.number)
            if not statements.change_frame(connection, place, FrameState.IN_DOUBT, now, values):
                raise LedgerError(f"Frame {new.number} is not in doubt and cannot be sent again.")
            statements.replace_body(connection, campaign_id, new)

    def doubt_left_by_crash(self, campaign_id: int, now: datetime) -> int:
        """Put in doubt every frame a dead run left on its way; only under the campaign's lock."""
        with self._storage.writing() as connection:
            return statements.doubt_intents(connection, campaign_id, now, CRASHED)

    def set_state(self, campaign_id: int, state: str, reason: str | None = None) -> None:
        """Say where a campaign stands, and why it stands still."""
        with self._storage.writing() as connection:
            statements.update_campaign(connection, campaign_id, state, reason)

    @contextmanager
    def lock(self, campaign_name: str) -> Iterator[None]:
        """Be the only process that sends this campaign, as long as this is held.

        Raises:
            LedgerBusy: another process is sending it.
        """
        with campaign_lock(self._storage.folder / "locks", campaign_name):
            yield

    def _change(
        self, place: tuple[int, int], expected: FrameState, now: datetime, values: dict[str, Any]
    ) -> None:
        with self._storage.writing() as connection:
            if not statements.change_frame(connection, place, expected, now, values):
                raise LedgerError(
                    f"Frame {place[1]} is not {expected} any more: another program changed the "
                    "ledger, or it was restored; look at `bulksms status` before resuming."
                )


def open_ledger(home: Path, url: str | None = None, clock: Clock | None = None) -> Ledger:
    """Open the ledger, make it if there is none, and bring it to this version's schema.

    `url` is a file's path, `sqlite:///…` or `postgresql://…`; without it the ledger is a file
    in `home`.

    Raises:
        LedgerError: it cannot be opened, is damaged, or comes from a newer version.
    """
    storage = Storage(home, url)
    try:
        storage.check()
        with storage.reading() as connection:
            found = migrations.version(connection)
        if found != migrations.HEAD:
            with storage.writing() as connection:
                migrations.upgrade(connection)
    except BaseException:
        storage.close()
        raise
    return Ledger(storage, clock or SystemClock())
