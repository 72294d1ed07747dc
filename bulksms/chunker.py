"""Cuts contacts into frames of 200 to 500, even in size, the same for the same input.

The API asks for 200 to 500 recipients per request (`octopush-api.md` section 8); fewer than 200
contacts make one frame.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from bulksms.campaign import Frame
from bulksms.contacts import FIELDS, Contact, format_e164

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SIZE_DEFAULT", "SIZE_MAX", "SIZE_MIN", "chunk", "frame_sizes", "iterate_contacts"]

SIZE_MIN = 200
SIZE_MAX = 500
SIZE_DEFAULT = 400
BATCH_ROWS = 5_000  # rows taken out of a table at a time
PACKED_NUMBER = "<i8"
PACKED_BYTES = 8

Batch = tuple[dict[str, list[Any]], bytes]  # the columns of a frame, and its packed numbers


def frame_sizes(contacts: int, size: int = SIZE_DEFAULT) -> tuple[int, ...]:
    """Return the number of contacts of each frame, aiming at `size`.

    The sizes differ by at most one, none is above 500, and none is below 200 unless there are
    fewer than 200 contacts.
    """
    if contacts == 0:
        return ()
    needed = -(-contacts // size)
    frames = max(1, min(needed, contacts // SIZE_MIN))
    share, remainder = divmod(contacts, frames)
    return tuple(share + (number < remainder) for number in range(frames))


def chunk(
    blocks: "Iterable[pd.DataFrame]", contacts: int, size: int = SIZE_DEFAULT
) -> Iterator[Frame]:
    """Cut so many contacts, which come in blocks, into frames.

    The blocks are tables with `row`, `phone_number` and any of `FIELDS`.

    Raises:
        RuntimeError: there are more contacts or fewer.
    """
    batches = chain.from_iterable(map(_batches, blocks))
    batch: Batch = {name: [] for name in Contact._fields}, b""
    start = 0
    for number, count in enumerate(frame_sizes(contacts, size), start=1):
        while len(batch[0]["row"]) < start + count:
            following = next(batches, None)
            if following is None:
                raise RuntimeError(f"fewer than {contacts} contacts came to be cut into frames")
            columns, numbers = _slice(batch, start)
            joined = {name: values + following[0][name] for name, values in columns.items()}
            batch, start = (joined, numbers + following[1]), 0
        columns, numbers = _slice(batch, start, start + count)
        yield Frame(number=number, columns=columns, phone_numbers=numbers)
        start += count
    if len(batch[0]["row"]) > start or next(batches, None) is not None:
        raise RuntimeError(f"more than {contacts} contacts came to be cut into frames")


def iterate_contacts(contacts: "pd.DataFrame") -> Iterator[Contact]:
    """Yield the rows of a table of contacts as records, in their order."""
    for columns, _ in _batches(contacts):
        yield from map(Contact, *columns.values())


def _batches(table: "pd.DataFrame") -> Iterator[Batch]:
    """Yield the contacts in their order, a batch of rows at a time."""
    for start in range(0, len(table), BATCH_ROWS):
        rows = table.iloc[start : start + BATCH_ROWS]
        numbers = rows["phone_number"].to_numpy()
        columns = {"row": rows["row"].tolist(), "phone_number": format_e164(numbers).to_pylist()}
        for name in FIELDS:
            columns[name] = rows[name].tolist() if name in rows else [""] * len(rows)
        yield columns, numbers.astype(PACKED_NUMBER).tobytes()


def _slice(batch: Batch, start: int, end: int | None = None) -> Batch:
    columns, numbers = batch
    packed = slice(start * PACKED_BYTES, None if end is None else end * PACKED_BYTES)
    return {name: values[start:end] for name, values in columns.items()}, numbers[packed]
