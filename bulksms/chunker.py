"""Cuts the contacts into frames: 200 to 500, even in size, the same for the same input.

The API asks for 200 to 500 recipients a request (`octopush-api.md` section 8);
fewer than 200 contacts make one frame of their own.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING

from bulksms.campaign import Frame
from bulksms.contacts import Contact, format_e164

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SIZE_DEFAULT", "SIZE_MAX", "SIZE_MIN", "chunk", "frame_sizes"]

SIZE_MIN = 200
SIZE_MAX = 500
SIZE_DEFAULT = 400
NUMBER = Contact._fields.index("phone_number")
AT_ONCE = 20_000  # rows taken out of a table at a time


def frame_sizes(contacts: int, size: int = SIZE_DEFAULT) -> tuple[int, ...]:
    """Say how many contacts each frame gets, aiming at `size`.

    The sizes differ by one at the most, none is above 500,
    and none is below 200 unless there are fewer than 200 contacts.
    """
    if contacts == 0:
        return ()
    wanted = -(-contacts // size)
    frames = max(1, min(wanted, contacts // SIZE_MIN))
    share, left_over = divmod(contacts, frames)
    return tuple(share + (number < left_over) for number in range(frames))


def chunk(contacts: "pd.DataFrame", size: int = SIZE_DEFAULT) -> Iterator[Frame]:
    """Cut a table of contacts (`row`, `phone_number` as int64, any of `FIELDS`) into frames."""
    people = chain.from_iterable(_people(contacts))
    for number, count in enumerate(frame_sizes(len(contacts), size), start=1):
        yield Frame(number=number, contacts=tuple(islice(people, count)))


def _people(contacts: "pd.DataFrame") -> Iterator[Iterable[Contact]]:
    """Give the contacts in their order, large pieces of the columns at a time."""
    for start in range(0, len(contacts), AT_ONCE):
        part = contacts.iloc[start : start + AT_ONCE]
        columns = [part[name].tolist() if name in part else repeat("") for name in Contact._fields]
        columns[NUMBER] = format_e164(part["phone_number"].to_numpy()).to_pylist()
        # Past the constructor in Python, which would take most of the time.
        yield map(tuple.__new__, repeat(Contact), zip(*columns))  # noqa: B905 - some repeat
