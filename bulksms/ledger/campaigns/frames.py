"""The frames of a ledger: their records, bytes and members, and how they are cut."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Unpack

import sqlalchemy as sa

from bulksms.errors import FrameNotFound, LedgerError
from bulksms.ledger.campaigns.read_totals import read_totals
from bulksms.ledger.frame_states import statements, transitions
from bulksms.ledger.people import members
from bulksms.ledger.people.pseudonyms import Pseudonyms
from bulksms.ledger.records.frame_records import (
    UNFINISHED_STATES,
    EntryRecord,
    FrameRecord,
    FrameState,
    FrozenFrame,
    PackedBody,
    RecordedAnswer,
    damaged_body,
)
from bulksms.ledger.records.totals import CampaignTotals
from bulksms.ledger.schema.compiled import CompiledLookup
from bulksms.ledger.schema.row_values import is_frame, read_all, select_fields
from bulksms.ledger.schema.tables import body, campaign, entry, frame
from bulksms.ledger.storage import Storage, repeatable

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["Frames"]

# States in which certainly no one has the text.
SPLITTABLE = frozenset({FrameState.PLANNED, FrameState.REFUSED})

SELECT_BODIES = (
    sa.select(body.c.number, body.c.body, frame.c.digest)
    .join_from(body, frame)
    .where(body.c.campaign_id == sa.bindparam("in_campaign"))
)
BODIES = CompiledLookup(SELECT_BODIES, body.c.number)
BODIES_WITH_MEMBERS = CompiledLookup(SELECT_BODIES.add_columns(body.c.numbers), body.c.number)


class Frames:
    """All frames of a ledger; each method is one transaction.

    Among their phone numbers are the pseudonyms of erased people, which are negative.
    """

    def __init__(self, storage: Storage, pseudonyms: Pseudonyms) -> None:
        self._storage, self._pseudonyms = storage, pseudonyms

    @repeatable
    def get(self, campaign_id: int, number: int) -> FrameRecord:
        """Read one frame.

        Raises:
            FrameNotFound: there is no frame of that number.
        """
        with self._storage.reading() as connection:
            record = statements.find_frame(connection, campaign_id, number)
        if record is None:
            raise FrameNotFound(
                f"The campaign has no frame {number}: `bulksms status` counts them.",
                code="request_changed",
                number=number,
            )
        return record

    @repeatable
    def count_by_state(self, campaign_id: int) -> dict[FrameState, int]:
        """Count a campaign's frames in each state, zeros included."""
        statement = (
            sa.select(frame.c.state, sa.func.count())
            .where(frame.c.campaign_id == campaign_id)
            .group_by(frame.c.state)
        )
        with self._storage.reading() as connection:
            counts = {state: count for state, count in connection.execute(statement)}  # noqa: C416
        return {state: counts.get(state, 0) for state in FrameState}

    @repeatable
    def totals(self, campaign_id: int) -> CampaignTotals:
        """Sum up the frames of a campaign, without reading each."""
        with self._storage.reading() as connection:
            return read_totals(connection, campaign_id)

    @repeatable
    def in_flight(self, campaign_id: int) -> list[int]:
        """Read the numbers of the frames that are posted at this moment, or were in a crash."""
        statement = sa.select(frame.c.number).where(
            frame.c.campaign_id == campaign_id, frame.c.state == FrameState.INTENT
        )
        with self._storage.reading() as connection:
            return list(connection.scalars(statement.order_by(frame.c.number)))

    @repeatable
    def any_in(self, campaign_id: int, states: Collection[FrameState]) -> bool:
        """Whether a frame is in one of these states."""
        return self._any(campaign_id, frame.c.state.in_(states))

    def any_unfinished(self, campaign_id: int) -> bool:
        """Whether a frame is planned or in flight."""
        return self.any_in(campaign_id, UNFINISHED_STATES)

    @repeatable
    def any_left(self, campaign_id: int) -> bool:
        """Whether a frame may still be posted without an operator's decision."""
        in_doubt = frame.c.state == FrameState.IN_DOUBT
        waits = sa.or_(sa.and_(in_doubt, frame.c.repeatable), frame.c.state.in_(UNFINISHED_STATES))
        return self._any(campaign_id, waits)

    def _any(self, campaign_id: int, condition: sa.ColumnElement[bool]) -> bool:
        statement = sa.select(frame.c.number).where(frame.c.campaign_id == campaign_id, condition)
        with self._storage.reading() as connection:
            return connection.scalar(statement.limit(1)) is not None

    @repeatable
    def entries(self, campaign_id: int, number: int) -> list[EntryRecord]:
        """Read every change of a frame, the oldest first."""
        with self._storage.reading() as connection:
            statement = select_fields(EntryRecord, entry).order_by(entry.c.id)
            of_frame = is_frame(entry, campaign_id, number)
            return read_all(connection, EntryRecord, statement.where(of_frame))

    @repeatable
    def last_number(self, campaign_id: int) -> int:
        """Return the highest frame number; parts of frames come after it."""
        with self._storage.reading() as connection:
            return statements.last_number(connection, campaign_id)

    def body(self, campaign_id: int, number: int) -> bytes:
        """Read the bytes to post, checked against their digest.

        Raises:
            LedgerError: they are not as they were written.
        """
        packed = self.bodies(campaign_id, [number])
        if not packed:
            raise damaged_body(number)
        return packed[0].unpack()

    @repeatable
    def bodies(self, campaign_id: int, numbers: Sequence[int]) -> list[PackedBody]:
        """Read the packed bytes of several frames; unpacking checks their digest.

        Their members come along only from a server, where a claim needs them.
        """
        lookup = BODIES_WITH_MEMBERS if self._storage.is_shared else BODIES
        with self._storage.reading() as connection:
            rows = lookup.execute(connection, numbers, in_campaign=campaign_id)
        return [
            PackedBody(
                number=number,
                content=bytes(content),
                members=bytes(members[0]) if members else None,
                digest=digest,
            )
            for number, content, digest, *members in rows
        ]

    @repeatable
    def phone_numbers(self, campaign_id: int, number: int) -> "PhoneNumbers":
        """Read the phone numbers of a frame, in its order."""
        with self._storage.reading() as connection:
            return members.phone_numbers(connection, campaign_id, number)

    def members_by_ticket(self, tickets: Iterable[str]) -> dict[str, set[int]]:
        """Read the phone numbers of the frames that have these tickets, by ticket."""
        with self._storage.reading() as connection:
            return members.members_by_ticket(connection, tickets)

    def frame_by_phone_number(
        self, campaign_id: int, numbers: Sequence[int] | None = None
    ) -> "tuple[PhoneNumbers, PhoneNumbers]":
        """Read the phone numbers of a campaign's frames, sorted, and the frame number of each.

        With `numbers` only the frames with these numbers are read. A phone number that is in
        two frames has the last of them. Erased people are among them if they were recognised
        before.
        """
        import numpy as np

        # A frame that was cut is empty: who opted out of its parts is in none.
        occupied = frame.c.number == body.c.number, frame.c.contacts > 0
        in_campaign = body.c.campaign_id == campaign_id, frame.c.campaign_id == campaign_id
        statement = sa.select(body.c.number, body.c.numbers).where(*occupied, *in_campaign)
        with self._storage.reading() as connection:
            rows = [
                (number, members.unpack_numbers(packed))
                for own in statements.with_numbers(statement, body.c.number, numbers)
                for number, packed in connection.execute(own.order_by(body.c.number))
            ]
        empty = np.empty(0, dtype=np.int64)
        people = self._pseudonyms.resolve(np.concatenate([empty, *(each for _, each in rows)]))
        frame_numbers = np.repeat(
            np.array([number for number, _ in rows], dtype=np.int64),
            [len(each) for _, each in rows],
        )
        sorted_people, last = np.unique(people[::-1], return_index=True)
        return sorted_people, frame_numbers[::-1][last]

    def split(
        self,
        campaign_id: int,
        number: int,
        parts: Sequence[FrozenFrame],
        now: datetime,
        **answer: Unpack[RecordedAnswer],
    ) -> bool:
        """Plan a frame's people in smaller frames, and drop it, empty.

        Its bytes stay as evidence of what was posted. False when the numbers of the parts do
        not follow the last one, because another frame was split meanwhile: nothing was changed.

        Raises:
            LedgerError: it is neither planned nor refused, or the parts are not the whole.
        """
        whole = self.get(campaign_id, number)
        state = whole.state
        if sum(part.contacts for part in parts) != whole.contacts or state not in SPLITTABLE:
            raise LedgerError(
                f"Frame {number} is {state} and cannot be split: nothing was posted.",
                code="request_changed",
                number=number,
            )
        values = {"state": FrameState.DROPPED, "contacts": 0, "finished_at": now, **answer}
        first = min(part.number for part in parts)
        with self._storage.writing() as connection:
            # Of two that split at the same time, the second waits here and sees what is new.
            campaign_row = sa.select(campaign.c.id).where(campaign.c.id == campaign_id)
            connection.execute(campaign_row.with_for_update())
            if statements.last_number(connection, campaign_id) >= first:
                return False
            transitions.change_or_refuse(connection, (campaign_id, number), state, now, values)
            statements.insert_frames(connection, campaign_id, parts)
        return True

    def replace(self, campaign_id: int, new: FrozenFrame, now: datetime) -> bool:
        """Replace a planned frame by a smaller one, because people opted out of it.

        Those left out are counted as opted out from here on, or stay in doubt when the frame
        was in doubt before; a frame without people is dropped. False when the frame is no
        longer planned.

        Raises:
            LedgerError: there are more people in it.
        """
        state = FrameState.PLANNED if new.contacts else FrameState.DROPPED
        with self._storage.writing() as connection:
            old = statements.find_frame(connection, campaign_id, new.number)
            removed = 0 if old is None else old.contacts - new.contacts
            if removed < 0:
                raise LedgerError(
                    f"Frame {new.number} cannot grow after it was planned.",
                    code="request_changed",
                    number=new.number,
                )
            values = {
                "state": state,
                "contacts": new.contacts,
                "request_id": new.request_id,
                "digest": new.digest,
                "finished_at": None if new.contacts else now,
                "message": f"left out because they opted out after the planning: {removed}",
            }
            key = (campaign_id, new.number)
            if (
                old is None
                or not removed
                or not transitions.change_frame(connection, key, FrameState.PLANNED, now, values)
            ):
                return False
            doubted = (
                members.keep_doubted_members(connection, old, new.numbers, now)
                if old.doubted
                else 0
            )
            statements.replace_body(connection, campaign_id, new)
            _count_opted_out(connection, campaign_id, removed - doubted)
        return True


def _count_opted_out(connection: sa.Connection, campaign_id: int, removed: int) -> None:
    is_campaign = campaign.c.id == campaign_id
    counts = connection.scalar(sa.select(campaign.c.counts).where(is_campaign)) or {}
    moved = {
        "sendable": counts.get("sendable", 0) - removed,
        "opted_out": counts.get("opted_out", 0) + removed,
    }
    connection.execute(sa.update(campaign).where(is_campaign).values(counts={**counts, **moved}))
