"""Erases people from a ledger: one person by an order, or everyone of an old campaign.

Their numbers become pseudonyms, and what was written to them the keyed hash of it, so that no one
is texted twice. Counts, states and costs stay as they were.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bulksms.clock import Clock
from bulksms.ledger.people import opt_out_events, source_row_parts
from bulksms.ledger.people.members import pack_numbers, unpack_numbers
from bulksms.ledger.people.pseudonyms import hash_text, pseudonyms_of
from bulksms.ledger.schema.row_values import is_frame
from bulksms.ledger.schema.tables import (
    audit_entry,
    body,
    campaign,
    erased_frame,
    frame,
    held_stop,
    metadata,
    opt_out,
    receipt,
)
from bulksms.ledger.storage import Storage

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["ContentEditor", "Erasures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentEditor:
    """How packed contents of the ledger are read and rewritten, which it does not know itself.

    Attributes:
        remove_recipients: gives the bytes of a request without these phone numbers.
        finished_texts: gives what each recipient of a request reads, by phone number.
        remove_row: gives packed source rows in which a pseudonym (the second argument) took the
            place of a person, or none where they are not in it.
        mask: gives a text of the ledger without the number of the person.
    """

    remove_recipients: Callable[[bytes, "PhoneNumbers"], bytes]
    finished_texts: Callable[[bytes], Mapping[int, str]]
    remove_row: Callable[[bytes, int], bytes | None]
    mask: Callable[[str], str]


class Erasures:
    """Erases people; each method is one transaction, and `scrub` cleans the file after it."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage, self._clock = storage, clock

    def campaigns_with(self, number: int, editor: ContentEditor) -> list[str]:
        """Name the campaigns that hold a person, in a frame or in a source row."""
        with self._storage.reading() as connection:
            named = connection.execute(sa.select(campaign.c.id, campaign.c.name)).all()
            return [
                row.name
                for row in named
                if _holds_frame(connection, row.id, number)
                or any(_parts_without(connection, row.id, number, editor))
            ]

    def erase(self, number: int, editor: ContentEditor) -> None:
        """Replace a person everywhere in the ledger; their opt-out becomes a hash.

        The caller holds the locks of their campaigns, and no frame waits for them.

        Raises:
            LedgerError: it could not be written; nothing was changed.
        """
        import numpy as np

        erased = np.array([number], dtype=np.int64)
        with self._storage.writing() as connection:
            key = opt_out_events.own_key(connection, self._clock.now())
            pseudonym = int(pseudonyms_of(erased, key)[0])
            for campaign_id in connection.scalars(sa.select(campaign.c.id)).all():
                _erase_members(connection, campaign_id, erased, key, editor)
                for part, content in _parts_without(connection, campaign_id, pseudonym, editor):
                    source_row_parts.replace_part(connection, campaign_id, part, content)
            connection.execute(sa.delete(receipt).where(receipt.c.number == number))
            connection.execute(sa.delete(held_stop).where(held_stop.c.number == number))
            if connection.execute(sa.delete(opt_out).where(opt_out.c.number == number)).rowcount:
                opt_out_events.keep_hashed(connection, number, key, self._clock.now())
            _mask_texts(connection, editor.mask)

    def purge(self, campaign_id: int, editor: ContentEditor, now: datetime) -> None:
        """Replace everyone in a campaign, and delete its source rows.

        The caller holds its lock, and it is finished.

        Raises:
            LedgerError: it could not be written; nothing was changed.
        """
        with self._storage.writing() as connection:
            key = opt_out_events.own_key(connection, now)
            _erase_members(connection, campaign_id, None, key, editor)
            source_row_parts.delete_parts(connection, campaign_id)
            tickets = sa.select(frame.c.ticket).where(frame.c.campaign_id == campaign_id)
            connection.execute(sa.delete(receipt).where(receipt.c.ticket.in_(tickets)))
            _mask_texts(connection, editor.mask, campaign_id)
            is_campaign = campaign.c.id == campaign_id
            parameters = dict(
                connection.scalar(sa.select(campaign.c.parameters).where(is_campaign)) or {}
            )
            parameters.pop("seeds", None)  # numbers of colleagues
            purged = {"purged_at": now, "parameters": parameters}
            connection.execute(sa.update(campaign).where(is_campaign).values(purged))

    def scrub(self) -> None:
        """Overwrite what was deleted: in free pages of the ledger, and in its journal.

        Raises:
            LedgerError: the file is in use or cannot be written.
        """
        self._storage.scrub()


def _holds_frame(connection: sa.Connection, campaign_id: int, number: int) -> bool:
    """Whether a frame has a person, in its numbers or in its bytes."""
    bodies = sa.select(body.c.numbers, body.c.body).where(body.c.campaign_id == campaign_id)
    return any(
        number in unpack_numbers(row.numbers) or _recipient(number) in zlib.decompress(row.body)
        for row in connection.execute(bodies)
    )


def _recipient(number: int) -> bytes:
    """Write a number as it is in the bytes of a request."""
    return b'"+%d"' % number


def _parts_without(
    connection: sa.Connection, campaign_id: int, pseudonym: int, editor: ContentEditor
) -> Iterator[tuple[int, bytes]]:
    """Yield the parts of source rows that hold a person, without them."""
    for part in source_row_parts.part_numbers(connection, campaign_id):
        packed = source_row_parts.read_part(connection, campaign_id, part)
        without = None if packed is None else editor.remove_row(packed, pseudonym)
        if without is not None:
            yield part, without


def _erase_members(
    connection: sa.Connection,
    campaign_id: int,
    erased: "PhoneNumbers | None",
    key: bytes,
    editor: ContentEditor,
) -> None:
    """Replace people in the frames of a campaign, or everyone when `erased` is none."""
    import numpy as np

    in_campaign = body.c.campaign_id == campaign_id
    frame_numbers = connection.scalars(sa.select(body.c.number).where(in_campaign)).all()
    for frame_number in frame_numbers:
        is_body = is_frame(body, campaign_id, frame_number)
        row = connection.execute(sa.select(body.c.numbers, body.c.body).where(is_body)).one()
        members, content = unpack_numbers(row.numbers), zlib.decompress(row.body)
        leaving = members > 0 if erased is None else np.isin(members, erased)
        in_bytes = erased is None or any(_recipient(each) in content for each in erased.tolist())
        if not leaving.any() and not in_bytes:
            continue
        frame_key = (campaign_id, frame_number)
        texts = editor.finished_texts(content) if in_bytes else {}
        _keep_text_hashes(connection, frame_key, members, leaving, texts, key)
        members[leaving] = pseudonyms_of(members[leaving], key)
        recipients = np.array(list(texts), dtype=np.int64) if erased is None else erased
        _replace_contents(
            connection, frame_key, members, editor.remove_recipients(content, recipients)
        )


def _replace_contents(
    connection: sa.Connection, frame_key: tuple[int, int], members: "PhoneNumbers", content: bytes
) -> None:
    """Replace numbers and bytes of a frame, which from then on is not a repeat of what was sent."""
    packed = {"numbers": pack_numbers(members), "body": zlib.compress(content, 1)}
    connection.execute(sa.update(body).where(is_frame(body, *frame_key)).values(packed))
    values = {"digest": sha256(content).hexdigest(), "repeatable": False}
    connection.execute(sa.update(frame).where(is_frame(frame, *frame_key)).values(values))


def _keep_text_hashes(
    connection: sa.Connection,
    frame_key: tuple[int, int],
    members: "PhoneNumbers",
    leaving: Any,  # noqa: ANN401 - an array of booleans
    texts: Mapping[int, str],
    key: bytes,
) -> None:
    """Keep the keyed hash of what each person who is erased got."""
    import numpy as np

    is_erased = is_frame(erased_frame, *frame_key)
    packed = connection.scalar(sa.select(erased_frame.c.texts).where(is_erased))
    hashes = np.zeros(len(members), dtype=np.int64) if packed is None else unpack_numbers(packed)
    for at in np.flatnonzero(leaving).tolist():
        number = int(members[at])
        if number in texts:
            hashes[at] = hash_text(number, texts[number], key)
    connection.execute(sa.delete(erased_frame).where(is_erased))
    if leaving.any() or packed is not None:
        values = {
            "campaign_id": frame_key[0],
            "number": frame_key[1],
            "texts": pack_numbers(hashes),
        }
        connection.execute(sa.insert(erased_frame).values(values))


def _mask_texts(
    connection: sa.Connection, mask: Callable[[str], str], campaign_id: int | None = None
) -> None:
    """Mask numbers in every sentence of the ledger, such as an answer of the API.

    Names, digests and ids are not sentences: they are what rows are looked up by.
    """
    for table in metadata.sorted_tables:
        if table is audit_entry:  # it holds no number, and a change of it would look like fraud
            continue
        columns = [column for column in table.c if isinstance(column.type, sa.Text | sa.JSON)]
        if campaign_id is not None:
            columns = columns if "campaign_id" in table.c and table is not campaign else []
        if not columns:
            continue
        keys = list(table.primary_key)
        statement = sa.select(*keys, *columns)
        if campaign_id is not None:
            statement = statement.where(table.c.campaign_id == campaign_id)
        for row in connection.execute(statement).all():
            old = dict(zip(columns, row[len(keys) :], strict=True))
            new = {column: _masked_value(value, mask) for column, value in old.items()}
            if new != old:
                same_key = sa.and_(
                    *(key == value for key, value in zip(keys, row[: len(keys)], strict=True))
                )
                changed = {column.name: value for column, value in new.items()}
                connection.execute(sa.update(table).where(same_key).values(changed))


def _masked_value(value: Any, mask: Callable[[str], str]) -> Any:  # noqa: ANN401 - text or JSON
    if isinstance(value, str):
        return mask(value)
    if value is None:
        return None
    written = json.dumps(value, ensure_ascii=False)
    masked = mask(written)
    return value if masked == written else json.loads(masked)
