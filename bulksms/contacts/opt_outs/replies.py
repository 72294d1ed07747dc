"""Replies that say stop: their numbers are never texted again.

Only a message that is nothing but such a word counts, whatever its case, accents, punctuation
and politeness: "stopped by today" is not an opt-out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar, ints_from_arrow
from bulksms.contacts.opt_outs.lists import OptOutList
from bulksms.contacts.opt_outs.messages import columns_called, may_say_stop, says_stop
from bulksms.contacts.opt_outs.reading import number_columns, read_column
from bulksms.errors import MappingError
from bulksms.loader import Sheet

__all__ = ["Replies", "read_replies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Numbers whose replies say stop, and messages that a person should read.

    Attributes:
        opt_outs: the numbers whose whole message says it; its unreadable cells are such
            messages without a readable number.
        messages: how many messages there were.
        doubtful: rows of messages that hold the word among others, as people see them.
    """

    opt_outs: OptOutList = field(default_factory=OptOutList)
    messages: int = 0
    doubtful: tuple[int, ...] = ()


def read_replies(sheets: Sequence[Sheet], region: str) -> Replies:
    """Read every message of sheets with a number column and a text column.

    Raises:
        MappingError: no column holds the messages.
    """
    opt_outs, messages, doubtful = OptOutList(), 0, []
    for sheet in sheets:
        texts = sheet.rows.column(_text_column(sheet)).combine_chunks()
        stopped, unsure = _classify(texts)
        for position in _number_columns(sheet):
            opt_outs |= read_column(sheet, position, region, marks=stopped)
        messages += (
            pc.sum(pc.not_equal(pc.utf8_trim_whitespace(texts), arrow_scalar(""))).as_py() or 0
        )
        doubtful += sheet.rows.row_numbers[unsure].tolist()
    return Replies(opt_outs=opt_outs, messages=messages, doubtful=tuple(doubtful))


def _classify(texts: pa.StringArray) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Mark the messages that say stop, and those that may."""
    encoded = texts.dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    stops = np.array(list(map(says_stop, distinct)), dtype=bool)
    unsure = np.array(list(map(may_say_stop, distinct)), dtype=bool) & ~stops
    codes = ints_from_arrow(encoded.indices)
    return stops[codes], unsure[codes]


def _text_column(sheet: Sheet) -> int:
    positions = columns_called(sheet, "text_headers")
    if not positions:
        raise MappingError(
            f"No column of {sheet.source.shown} holds the messages: "
            'give the header "text" to the one that does.'
        )
    return positions[0]


def _number_columns(sheet: Sheet) -> Sequence[int]:
    return columns_called(sheet, "number_headers") or number_columns(sheet).phone_numbers
