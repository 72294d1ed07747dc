"""Why rows are left out: each combination of reason, column and sentence once, under a code.

A million rows share some hundreds of rejection templates, so a row needs only a small number for
its reason, its column and its sentence. No rule is applied here.
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
from bulksms.contacts.phones.display import quote_cell, rejection_sentence

__all__ = [
    "NOT_SCREENED",
    "NO_CELL",
    "ROW_REF",
    "SENDABLE",
    "Interner",
    "RejectionTemplate",
    "RejectionTemplates",
    "format_sentences",
]

# An array starts as zeros: a row that was forgotten is not screened, and never sendable.
NOT_SCREENED, SENDABLE = 0, 1
NO_CELL = -1  # instead of a column: the template is about no cell
ROW_REF = "\0"  # in a sentence: the row it refers to
CELL = "cell"  # in a sentence: the cell it quotes
# Short, and nothing that `repr` would write otherwise.
QUOTED_AS_IT_IS = r"^[ -&(-\[\]-~]{1,40}$"

Value = TypeVar("Value", bound=Hashable)


class Interner(Generic[Value]):
    """Numbers values from 0 in the order they appear; equal values share a code. Thread-safe."""

    def __init__(self, *first: Value) -> None:
        self.values: list[Value] = list(first)
        self._codes = {value: code for code, value in enumerate(first)}
        self._guard = threading.Lock()

    def code(self, value: Value) -> int:
        """Return the code of a value."""
        code = self._codes.get(value)
        if code is not None:
            return code
        with self._guard:
            if value not in self._codes:
                self.values.append(value)
                self._codes[value] = len(self.values) - 1
            return self._codes[value]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionTemplate:
    """Why rows are left out, for all rows with the same reason.

    Attributes:
        reason: `None` for the two states of a row that is not rejected.
        column: the header of the column at fault, `""` for none.
        at: the position of the cell that is shown, or `NO_CELL`.
        wording: the sentence, or the pattern of it that quotes the cell.
        quotes: whether the sentence quotes the cell.
        region: the region that a sentence about the cell names.
        refers: whether the sentence names, in place of `ROW_REF`, the row that is texted instead.
    """

    reason: Reason | None
    column: str = ""
    at: int = NO_CELL
    wording: str
    region: str = ""
    quotes: bool = False
    refers: bool = False


class RejectionTemplates(Interner[RejectionTemplate]):
    """All rejection templates of a run, after the two states of rows that are not rejected."""

    def __init__(self) -> None:
        states = ("not screened", "sendable")  # in the order of their codes
        super().__init__(*(RejectionTemplate(reason=None, wording=state) for state in states))

    def code_of(self, reason: Reason, wording: str, column: str = "", at: int = NO_CELL) -> int:
        """Return the code of a rejection with the same sentence in all rows."""
        return self.code(RejectionTemplate(reason=reason, column=column, at=at, wording=wording))

    def of(self, code: int) -> RejectionTemplate:
        """Return the template of a rejected row.

        Raises:
            ValueError: the row is not rejected.
        """
        template = self.values[code]
        if template.reason is None:
            raise ValueError(f"a row that is {template.wording} has no rejection")
        return template

    def reasons(self) -> list[Reason | None]:
        """Return the reason of each code, `None` for the states."""
        return [template.reason for template in list(self.values)]

    def codes_of_wording(self, wording: str) -> list[int]:
        """Return the codes whose sentence is made from a wording."""
        templates = enumerate(list(self.values))
        return [code for code, template in templates if template.wording == wording]

    def refer(self) -> NDArray[np.bool_]:
        """Mark the codes whose sentence refers to another row."""
        return np.array([template.refers for template in list(self.values)])

    def cell_columns(self) -> NDArray[np.int64]:
        """Return the column of the cell each code shows, `NO_CELL` for none."""
        return np.array([template.at for template in list(self.values)])

    def headers(self) -> list[str]:
        """Return the header each code names, `""` for none."""
        return [template.column for template in list(self.values)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """A sentence cut where it names a cell or a row."""

    before: str
    after: str
    quotes: bool
    refers: bool


def format_sentences(
    templates: RejectionTemplates,
    codes: NDArray[np.integer],
    cells: pa.StringArray,
    references: Sequence[str] = (),
) -> pa.StringArray:
    """Write the sentence of each rejected row.

    Args:
        templates: what the codes mean.
        codes: of each row, its rejection.
        cells: of each row, the cell its rejection is about.
        references: of each row whose template `refers`, in order, the row it refers to.
    """
    present = np.flatnonzero(np.bincount(codes, minlength=len(templates.values)))
    cut_index = np.zeros(len(templates.values), dtype=np.int64)
    cut_index[present] = np.arange(len(present))
    cuts = [_cut(templates.of(code)) for code in present.tolist()]
    row_cuts = cut_index[codes]
    before = strings_to_arrow([cut.before for cut in cuts]).take(ints_to_arrow(row_cuts))
    after = strings_to_arrow([cut.after for cut in cuts]).take(ints_to_arrow(row_cuts))
    quotes = np.array([cut.quotes for cut in cuts], dtype=bool)[row_cuts]
    refers = np.array([cut.refers for cut in cuts], dtype=bool)[row_cuts]
    plain = bools_from_arrow(pc.match_substring_regex(cells, QUOTED_AS_IT_IS))
    nothing, quote = arrow_scalar(""), arrow_scalar("'")
    quoted = pc.binary_join_element_wise(quote, cells, quote, nothing)
    shown = pc.if_else(bools_to_arrow(quotes), quoted, nothing)
    if refers.any():
        shown = pc.replace_with_mask(shown, bools_to_arrow(refers), strings_to_arrow(references))
    odd = quotes & ~plain
    if odd.any():
        mask = bools_to_arrow(odd)
        others = [quote_cell(cell) for cell in cells.filter(mask).to_pylist()]
        shown = pc.replace_with_mask(shown, mask, strings_to_arrow(others))
    return pc.binary_join_element_wise(before, shown, after, nothing)


@cache
def _cut(template: RejectionTemplate) -> _Cut:
    if template.refers:
        before, _, after = template.wording.partition(ROW_REF)
        return _Cut(before=before, after=after, quotes=False, refers=True)
    if template.reason is None or not template.quotes:
        return _Cut(before=template.wording, after="", quotes=False, refers=False)
    sentence = rejection_sentence(template.reason, CELL, template.region, template.wording)
    before, shown, after = sentence.partition(repr(CELL))
    return _Cut(before=before, after=after, quotes=bool(shown), refers=False)
