"""Numbers that people of different names share: one row of each is texted."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.arrays import text_of
from bulksms.contacts.model import FIELDS, Finding, Level, Reason
from bulksms.contacts.people import text_columns
from bulksms.contacts.values import Values, columns_of_values, values_of
from bulksms.contacts.verdicts import Verdicts

__all__ = ["shared_numbers"]

NAMES = FIELDS[:2]
NOT_A_LETTER = re.compile(r"[\W_]+")

Rows = NDArray[np.int64]


def shared_numbers(verdicts: Verdicts) -> Finding | None:
    """Tell how many numbers stand beside several names, however these are spelled."""
    if not set(NAMES) & set(text_columns([mapping for _, mapping in verdicts.pairs])):
        return None
    gone = np.flatnonzero(verdicts.because_of(Reason.DUPLICATE))
    rows = np.union1d(gone, verdicts.instead[gone])
    count = _with_several_names(verdicts.judged.numbers[rows], _names_of(verdicts, rows))
    if not count:
        return None
    shared = "1 number is" if count == 1 else f"{count} numbers are"
    told = f"{shared} shared by people of different names: one row of each is texted."
    return Finding(code="shared_number", level=Level.WARNING, message=told, count=count)


def _with_several_names(numbers: Rows, names: list[str]) -> int:
    """Count the numbers that have more than one name; a row without one tells nothing."""
    found = {pair for pair in zip(numbers.tolist(), names, strict=True) if pair[1]}
    if not found:
        return 0
    _, counts = np.unique([number for number, _ in found], return_counts=True)
    return int(np.count_nonzero(counts > 1))


def _names_of(verdicts: Verdicts, rows: Rows) -> list[str]:
    """Give the names of rows in one spelling: no case, no signs."""
    joined = [name for texts in _joined(verdicts, rows) for name in texts]
    plain = {name: NOT_A_LETTER.sub(" ", name.casefold()).strip() for name in set(joined)}
    return [plain[name] for name in joined]


def _joined(verdicts: Verdicts, rows: Rows) -> Iterator[list[str]]:
    if not len(rows):
        return
    for _, sheet, mapping, where in verdicts.sheets():
        fields = {name: at for name, at in mapping.fields.items() if name in NAMES}
        named = replace(mapping, fields=fields, extras={})
        for block in sheet.rows.blocks(columns_of_values(named)):
            start = where.start + block.start
            first, last = np.searchsorted(rows, [start, start + len(block)])
            if last > first:
                people = block.take(rows[first:last] - start)
                yield _names(values_of(people, named), len(people))


def _names(values: Values, count: int) -> list[str]:
    if not values:  # only other sheets have names
        return [""] * count
    parts = [one.dictionary.take(one.indices) for name, one in sorted(values.items())]
    names: list[str] = pc.binary_join_element_wise(*parts, text_of(" ")).to_pylist()
    return names
