"""Finds a column that nothing reads and that may say whose country the numbers are of.

Its header says too little ("Code", "Zone"), or it is a second column of dial codes. It counts
only where its cells are all countries or dial codes, and the numbers fit them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar, bools_from_arrow, ints_to_arrow
from bulksms.contacts.columns.dial_codes import calling_code, dial_code_column, is_called
from bulksms.contacts.columns.headers import compact
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.contacts.phones.countries import is_flag, region_of_code, regions_of_rows
from bulksms.contacts.phones.parse import NumberRules, parse_number
from bulksms.loader import Block, Sheet

__all__ = ["UnreadCodes", "unread_codes"]

SAMPLE = 1_000  # rows whose numbers are read in both ways
MOST_CODES = 300  # distinct cells; there are fewer countries
HALF = 0.5
FITTING = 0.9  # of the numbers of other countries must be numbers there
WITHOUT_CODE = r"^[\s('\"]*(?:[1-9]|0[1-9])"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCodes:
    """A column that may say whose country the numbers are of.

    Attributes:
        at: its position.
        rows: in how many rows it says something else than what is read now.
        row: the number of the first of them.
        cell: what the column says there.
    """

    at: int
    rows: int
    row: int
    cell: str


def unread_codes(sheet: Sheet, mapping: ColumnMapping, region: str) -> UnreadCodes | None:
    """Return the first such column of a sheet."""
    used = {mapping.phone_numbers[0], *mapping.number_parts, *mapping.labels.values()}
    used.update(mapping.fields.values())
    second = None
    if mapping.dial_code is not None:
        second = dial_code_column(sheet, used)
    for at, header in enumerate(sheet.header):
        if (
            at in used
            or at in sheet.hidden_columns
            or not _may_be_codes(sheet, mapping, at, header)
        ):
            continue
        unread = _compare(sheet, mapping, at, region, is_dial_code=at == second)
        if unread is not None:
            return unread
    return None


def _may_be_codes(sheet: Sheet, mapping: ColumnMapping, at: int, header: str) -> bool:
    """Return whether header and first cells allow it."""
    block = next(sheet.rows.blocks([at]), None)
    if block is None or is_called(header, "other_things"):
        return False
    cells = list(islice(_distinct(block.column(at).slice(0, SAMPLE)), MOST_CODES + 1))
    if len(cells) > MOST_CODES:
        return False
    is_vague = is_called(header, "vague") or is_called(header, "headers")
    plain = sum(map(_is_plain_code, cells))
    if not (plain >= HALF * len(cells) or is_vague):
        return False  # to look names of countries up is slow
    if not cells or any(_region(cell) is None for cell in cells):
        return False
    if any(calling_code(cell) is None or "+" in cell for cell in cells):
        return mapping.country is None or any("+" in cell for cell in cells)
    beside_number = any(abs(at - phone) == 1 for phone in mapping.phone_numbers)
    return is_vague or (beside_number and len(cells) > 1 and not is_called(header, "other_numbers"))


def _compare(
    sheet: Sheet, mapping: ColumnMapping, at: int, region: str, *, is_dial_code: bool
) -> UnreadCodes | None:
    """Compare how the numbers are read now with how they are read with the codes."""
    with_codes = replace(mapping, dial_code=at)
    rows, first, fitting, tried = 0, (0, ""), 0, 0
    for block in sheet.rows.blocks():
        if any(_region(cell) is None for cell in _distinct(block.column(at))):
            return None
        numbers = _numbers(block, mapping)
        other, regions = _other_regions(block, mapping, with_codes, region)
        others = np.flatnonzero(
            other & bools_from_arrow(pc.match_substring_regex(numbers, WITHOUT_CODE))
        )
        if not len(others):
            continue
        if not rows:
            first = int(block.row_numbers[others[0]]), block.column(at)[int(others[0])].as_py()
        rows += len(others)
        sample = others[: max(SAMPLE - tried, 0)]
        texts = numbers.take(ints_to_arrow(sample)).to_pylist()
        tried += len(sample)
        fitting += sum(map(_fits, texts, (regions[row] for row in sample.tolist())))
    if not rows or (fitting < tried * FITTING and not is_dial_code):
        return None
    return UnreadCodes(at=at, rows=rows, row=first[0], cell=first[1].strip())


def _other_regions(
    block: Block, mapping: ColumnMapping, with_codes: ColumnMapping, region: str
) -> tuple[NDArray[np.bool_], list[str]]:
    """Mark the rows whose number is read otherwise with the codes, and name their regions."""
    now, names_now = regions_of_rows(block, mapping, region)
    then, names_then = regions_of_rows(block, with_codes, region)
    now_named, then_named = np.array(names_now)[now], np.array(names_then)[then]
    return now_named != then_named, then_named.tolist()


def _numbers(block: Block, mapping: ColumnMapping) -> pa.StringArray:
    """The first filled phone cell of each row."""
    numbers = pc.utf8_trim_whitespace(block.column(mapping.phone_numbers[0]))
    for at in mapping.phone_numbers[1:]:
        is_empty = pc.equal(numbers, arrow_scalar(""))
        numbers = pc.if_else(is_empty, pc.utf8_trim_whitespace(block.column(at)), numbers)
    return numbers


def _fits(text: str, region: str) -> bool:
    number = parse_number(text, region, NumberRules(rehearsal=True))
    codes = map(phonenumbers.country_code_for_region, (number.country, region))
    return number.reason is None and len(set(codes)) == 1


def _is_plain_code(cell: str) -> bool:
    is_iso = cell.isupper() and cell in phonenumbers.SUPPORTED_REGIONS
    return is_iso or is_flag(cell) or calling_code(cell) is not None


def _region(cell: str) -> str | None:
    """The region that a cell names; `None` where it is something else."""
    if cell[-1].isdecimal() and calling_code(cell) is None:
        return None
    region = region_of_code(cell)
    return region if region not in {"", "ZZ"} else None


def _distinct(texts: pa.StringArray) -> Iterator[str]:
    for text in pc.unique(pc.utf8_trim_whitespace(texts)).to_pylist():
        if compact(text) or is_flag(text):
            yield text
