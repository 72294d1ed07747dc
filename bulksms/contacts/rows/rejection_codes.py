"""Why rows are left out, in the words people read: each way of saying it once, under a code.

A million rows share some hundreds of tellings, so that a row needs only a small number for its
reason, its column and its sentence. It must not know any rule.
"""

import threading
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    arrow_scalar,
    bools_from_arrow,
    bools_to_arrow,
    ints_to_arrow,
    strings_to_arrow,
)
from bulksms.contacts.model import Reason
from bulksms.contacts.phones.display import sentence

__all__ = [
    "NOTHING",
    "NO_CELL",
    "ROW_REF",
    "Interner",
    "RejectionTemplate",
    "RejectionTemplates",
    "about_a_cell",
    "sentences_of",
]

NO_CELL = -1  # in the place of a column: the telling is about no cell
NOTHING = 0  # the code of a row that is not left out
ROW_REF = "\0"  # stands in a sentence for the place it points to
CELL = "cell"  # stands for one in the pattern of a sentence
# Short, and nothing that `repr` would write otherwise.
QUOTED_AS_IT_IS = r"^[ -&(-\[\]-~]{1,40}$"

Kept = TypeVar("Kept", bound=Hashable)


class Interner(Generic[Kept]):
    """Numbers things from 0 as they are met, the same thing always alike; for several threads."""

    def __init__(self, *first: Kept) -> None:
        self.things: list[Kept] = list(first)
        self._known = {thing: code for code, thing in enumerate(first)}
        self._guard = threading.Lock()

    def code(self, thing: Kept) -> int:
        """Give the number of a thing."""
        known = self._known.get(thing)
        if known is not None:
            return known
        with self._guard:
            if thing not in self._known:
                self.things.append(thing)
                self._known[thing] = len(self.things) - 1
            return self._known[thing]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionTemplate:
    """Why a row is left out.

    Attributes:
        column: the header of the column that is at fault, `""` for none.
        at: the position of the cell that is shown, or `NO_CELL`.
        words: the sentence, or what stands before and after what it names.
        quotes: whether it names the cell.
        region: the region that a sentence about the cell names.
        points: whether it names, where `HERE` stands, the row that is texted instead.
    """

    reason: Reason
    column: str
    at: int
    words: str
    region: str = ""
    quotes: bool = False
    points: bool = False


RejectionTemplates = Interner[RejectionTemplate | None]
"""All tellings of a run; the first says nothing."""


def about_a_cell(
    reason: Reason, because: str, region: str, *, column: str, at: int
) -> RejectionTemplate:
    """Tell of a cell that is no number to be texted."""
    return RejectionTemplate(
        reason=reason, column=column, at=at, words=because, region=region, quotes=True
    )


def sentences_of(
    tellings: Sequence[RejectionTemplate | None],
    codes: NDArray[np.integer],
    cells: pa.StringArray,
    instead: Sequence[str] = (),
) -> pa.StringArray:
    """Tell of rows that are left out.

    Args:
        tellings: what the codes say.
        codes: of each row, its telling.
        cells: of each row, the cell its telling is about.
        instead: of each row whose telling `points`, in order, the place it points to.
    """
    present = np.flatnonzero(np.bincount(codes, minlength=len(tellings)))
    parts = np.zeros(len(tellings), dtype=np.int64)
    parts[present] = np.arange(len(present))
    told = [_parts(tellings[code]) for code in present.tolist()]
    places = ints_to_arrow(parts[codes])
    before = strings_to_arrow([one[0] for one in told]).take(places)
    after = strings_to_arrow([one[1] for one in told]).take(places)
    quotes = np.array([one[2] for one in told], dtype=bool)[parts[codes]]
    points = np.array([one[3] for one in told], dtype=bool)[parts[codes]]
    plain = bools_from_arrow(pc.match_substring_regex(cells, QUOTED_AS_IT_IS))
    quote, nothing = arrow_scalar("'"), arrow_scalar("")
    shown = pc.if_else(
        bools_to_arrow(quotes & plain),
        pc.binary_join_element_wise(quote, cells, quote, nothing),
        nothing,
    )
    if points.any():
        shown = pc.replace_with_mask(shown, bools_to_arrow(points), strings_to_arrow(instead))
    lines = pc.binary_join_element_wise(before, shown, after, nothing)
    odd = quotes & ~plain
    if not odd.any():
        return lines
    rest = zip(codes[odd].tolist(), cells.filter(bools_to_arrow(odd)).to_pylist(), strict=True)
    told_alone = strings_to_arrow([_sentence(tellings[code], cell) for code, cell in rest])
    return pc.replace_with_mask(lines, bools_to_arrow(odd), told_alone)


@cache
def _parts(telling: RejectionTemplate | None) -> tuple[str, str, bool, bool]:
    """Cut a sentence where it names something."""
    if telling is None:
        return "", "", False, False
    if telling.points:
        before, _, after = telling.words.partition(ROW_REF)
        return before, after, False, True
    before, shown, after = _sentence(telling, CELL).partition(repr(CELL))
    return before, after, bool(shown), False


def _sentence(telling: RejectionTemplate | None, cell: str) -> str:
    assert telling is not None
    if not telling.quotes:
        return telling.words
    return sentence(telling.reason, cell, telling.region, telling.words)
