"""Cuts contacts into frames of 200 to 500, even in size, the same for the same input.

The API asks for 200 to 500 recipients per request (`octopush-api.md` section 8); fewer than 200
contacts make one frame.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING

import numpy as np

from bulksms.campaign import Frame
from bulksms.contacts import Contact, format_e164

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["SIZE_DEFAULT", "SIZE_MAX", "SIZE_MIN", "chunk", "frame_sizes", "iterate_contacts"]

SIZE_MIN = 200
SIZE_MAX = 500
SIZE_DEFAULT = 400
BATCH_ROWS = 5_000  # rows taken out of a table at a time
PACKED_NUMBER = "<i8"


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
    numbers: list[NDArray[np.int64]] = []  # of the contacts taken from blocks, and in no frame
    in_order = chain.from_iterable(map(iterate_contacts, _noting_numbers(blocks, numbers)))
    for number, count in enumerate(frame_sizes(contacts, size), start=1):
        of_frame = tuple(islice(in_order, count))
        if len(of_frame) < count:
            raise RuntimeError(f"fewer than {contacts} contacts came to be cut into frames")
        whole = np.concatenate(numbers) if len(numbers) > 1 else numbers[0]
        numbers[:] = [whole[count:]]
        packed = whole[:count].astype(PACKED_NUMBER).tobytes()
        yield Frame(number=number, contacts=of_frame, phone_numbers=packed)
    if next(in_order, None) is not None:
        raise RuntimeError(f"more than {contacts} contacts came to be cut into frames")


def _noting_numbers(
    blocks: "Iterable[pd.DataFrame]", numbers: "list[NDArray[np.int64]]"
) -> "Iterator[pd.DataFrame]":
    """Append the phone numbers of each block when it is taken."""
    for block in blocks:
        numbers.append(block["phone_number"].to_numpy())
        yield block


def iterate_contacts(contacts: "pd.DataFrame") -> Iterator[Contact]:
    """Yield the rows of a table of contacts as records, in their order."""
    return chain.from_iterable(_batches(contacts))


def _batches(table: "pd.DataFrame") -> Iterator[Iterable[Contact]]:
    """Yield the contacts in their order, a batch of rows at a time."""
    for start in range(0, len(table), BATCH_ROWS):
        rows = table.iloc[start : start + BATCH_ROWS]
        columns = {name: rows[name].tolist() for name in Contact._fields if name in rows}
        columns["phone_number"] = format_e164(rows["phone_number"].to_numpy()).to_pylist()
        values = (columns.get(name, repeat("")) for name in Contact._fields)
        # The constructor in Python would take most of the time.
        yield map(tuple.__new__, repeat(Contact), zip(*values))  # noqa: B905 - some repeat
