"""Writes columns as CSV in blocks of rows, byte for byte as `write_table` does."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    all_bytes,
    arrow_scalar,
    bools_from_arrow,
    bools_to_arrow,
    byte_table,
    contains_bytes,
    first_bytes,
    matching_cells,
    strings_to_arrow,
    with_bytes,
)
from bulksms.columnar.parallel import map_in_order
from bulksms.columnar.repeated import Column, distinct, row_texts, with_values
from bulksms.output.formula_guard import guard
from bulksms.output.whole_file import whole_file
from bulksms.output.workbook_rows import is_workbook, write_workbook

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["arrow_texts", "write_blocks"]

# What `guard` changes, in the expressions of Arrow: exactly of ASCII, at least of other cells.
SPACES = r"[\s\v\x1c-\x1f\x85\p{Z}]*"
FORMULA = r"[=+\-@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}]"
START = rf"{SPACES}(?:{FORMULA}|[\t\r\n])"
SUSPECT = rf"^(?:{START}|'+(?:{START}|\+?\p{{Nd}}[\p{{Nd}} .]*\z))"
NUMBER = r"^\+[0-9]+\z"
INNER_SUSPECT = rf"[;\t|]{SPACES}'*{FORMULA}"
NEED_QUOTES = (b'"', b"\r", b"\n")  # and the separator
INNER_SEPARATORS = (b";", b"\t", b"|")


# What `SUSPECT` begins with, as bytes: signs of ASCII, and the first bytes of all others.
GUARD_CAUSES = b"\t\n\v\f\r\x1c\x1d\x1e\x1f '=+-@\xc2\xe1\xe2\xe3\xef"
MAY_NEED_A_GUARD = byte_table(GUARD_CAUSES)

Item = TypeVar("Item")


def write_blocks(
    path: Path,
    header: Sequence[str],
    blocks: Iterable[Item],
    columns: Callable[[Item], Sequence[Column]],
    delimiter: str = ",",
) -> None:
    """Write the text columns that `columns` makes of each block below a header."""
    if is_workbook(path):
        write_workbook(path, header, _rows(blocks, columns))
        return
    with whole_file(path) as draft:
        csv.writer(draft, delimiter=delimiter).writerow([guard(name) for name in header])
        draft.flush()
        for lines in map_in_order(lambda block: _lines(columns(block), delimiter), blocks):
            draft.buffer.write(lines)


def _rows(
    blocks: Iterable[Item], columns: Callable[[Item], Sequence[Column]]
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of each block one after the other, as a workbook is written by cells."""
    for block in blocks:
        yield from zip(*(column.to_pylist() for column in columns(block)), strict=True)


def arrow_texts(table: "pd.DataFrame") -> list[pa.StringArray]:
    """Return the columns of a table of texts or whole numbers as texts."""
    texts = (table.iloc[:, at].astype("str") for at in range(table.shape[1]))
    return [_combined(pa.array(text, type=pa.string())) for text in texts]


def _combined(texts: pa.StringArray | pa.ChunkedArray) -> pa.StringArray:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _lines(columns: Sequence[Column], delimiter: str) -> memoryview:
    if not len(columns[0]):
        return memoryview(b"")
    written = (_quoted(_guarded(distinct(column)), delimiter) for column in columns)
    cells = [row_texts(with_values(*pair)) for pair in zip(columns, written, strict=True)]
    if len(cells) == 1:  # a line of one empty cell would be blank
        cells = [pc.if_else(pc.equal(cells[0], arrow_scalar("")), arrow_scalar('""'), cells[0])]
    cells[-1] = pc.binary_join_element_wise(cells[-1], arrow_scalar("\r\n"), arrow_scalar(""))
    lines = pc.binary_join_element_wise(*cells, arrow_scalar(delimiter))
    _, _, letters = lines.buffers()
    return memoryview(letters)[: pc.sum(pc.binary_length(lines)).as_py()]


def _guarded(cells: pa.StringArray) -> pa.StringArray:
    """Guard the cells that need it, which their bytes narrow down."""
    begin, hold = _may_begin_a_formula(cells), _may_hold_a_formula(cells)
    mask = begin | hold
    if not mask.any():
        return cells
    suspects = cells.filter(bools_to_arrow(mask))
    sure = begin[mask] & ~hold[mask] & bools_from_arrow(pc.string_is_ascii(suspects))
    safe = pc.binary_join_element_wise(arrow_scalar("'"), suspects, arrow_scalar(""))
    if not sure.all():
        unsure = bools_to_arrow(~sure)
        others = [guard(text) for text in suspects.filter(unsure).to_pylist()]
        safe = pc.replace_with_mask(safe, unsure, strings_to_arrow(others))
    return pc.replace_with_mask(cells, bools_to_arrow(mask), safe)


def _may_begin_a_formula(cells: pa.StringArray) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = MAY_NEED_A_GUARD[first_bytes(cells)]
    if mask.any():
        candidates = cells.filter(bools_to_arrow(mask))
        suspect = pc.match_substring_regex(candidates, SUSPECT)
        suspect = pc.and_not(suspect, pc.match_substring_regex(candidates, NUMBER))
        mask[mask] = bools_from_arrow(suspect)
    return mask


def _may_hold_a_formula(cells: pa.StringArray) -> NDArray[np.bool_]:
    """Mark cells in which one of Excel's other separators comes before a formula."""
    text = all_bytes(cells)  # most columns have none of these
    if not any(contains_bytes(text, sign, GUARD_CAUSES) for sign in INNER_SEPARATORS):
        return np.zeros(len(cells), dtype=bool)
    return matching_cells(cells, INNER_SUSPECT, b"".join(INNER_SEPARATORS))


def _quoted(cells: pa.StringArray, delimiter: str) -> pa.StringArray:
    text = all_bytes(cells)  # most columns have none of these, and this is fastest
    need_quotes = (delimiter.encode(), *NEED_QUOTES)
    if not any(character in text for character in need_quotes):
        return cells
    special = bools_to_arrow(with_bytes(cells, b"".join(need_quotes)))
    quoted = cells.filter(special)
    if b'"' in text:
        quoted = pc.replace_substring(quoted, '"', '""')
    quoted = pc.binary_join_element_wise(
        arrow_scalar('"'), quoted, arrow_scalar('"'), arrow_scalar("")
    )
    return pc.replace_with_mask(cells, special, quoted)
