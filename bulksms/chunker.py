"""Cuts contacts into frames of 200 to 500, even in size, the same for the same input.

The API asks for 200 to 500 recipients per request (`octopush-api.md` section 8); fewer than 200
contacts make one frame.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from bulksms.campaign import Frame, contacts_of
from bulksms.contacts import FIELDS, Contact

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SCHEMA",
    "SIZE_DEFAULT",
    "SIZE_MAX",
    "SIZE_MIN",
    "chunk",
    "frame_sizes",
    "iterate_contacts",
]

SIZE_MIN = 200
SIZE_MAX = 500
SIZE_DEFAULT = 400
BATCH_ROWS = 5_000  # rows made into records at a time
NUMBERS = ("row", "phone_number")
SCHEMA = pa.schema(
    [*((name, pa.int64()) for name in NUMBERS), *((name, pa.large_string()) for name in FIELDS)]
)


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
    tables = filter(len, map(_arrow_table, blocks))
    waiting = SCHEMA.empty_table()
    for number, count in enumerate(frame_sizes(contacts, size), start=1):
        while len(waiting) < count:
            following = next(tables, None)
            if following is None:
                raise RuntimeError(f"fewer than {contacts} contacts came to be cut into frames")
            waiting = pa.concat_tables([waiting, following])
        yield Frame(number=number, table=waiting.slice(0, count))
        waiting = waiting.slice(count)
    if len(waiting) or next(tables, None) is not None:
        raise RuntimeError(f"more than {contacts} contacts came to be cut into frames")


def iterate_contacts(contacts: "pd.DataFrame") -> Iterator[Contact]:
    """Yield the rows of a table of contacts as records, in their order."""
    for start in range(0, len(contacts), BATCH_ROWS):
        yield from contacts_of(_arrow_table(contacts.iloc[start : start + BATCH_ROWS]))


def _arrow_table(table: "pd.DataFrame") -> pa.Table:
    """Take out of a table what its contacts are made of."""
    columns = {name: pa.array(table[name].to_numpy(dtype=np.int64)) for name in NUMBERS}
    for name in FIELDS:
        texts = pa.array(table[name]) if name in table else pa.repeat("", len(table))
        columns[name] = texts.cast(pa.large_string()).fill_null("")
    return pa.table(columns)
