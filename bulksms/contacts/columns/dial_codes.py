"""Finds the columns that hold the dial code and the area code of the numbers beside them.

Its first cells decide, since a "Prefix" may be a title and a "Country code" the code of a country.
"""

import re
from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from functools import cache

import phonenumbers
import pyarrow.compute as pc

from bulksms.contacts.cells.spelling import FLAG_LETTER
from bulksms.contacts.columns.headers import (
    compact,
    is_country,
    vocabulary,
    word_set,
    words,
)
from bulksms.loader import Sheet

__all__ = [
    "area_code_column",
    "calling_code",
    "country_column",
    "dial_code_column",
    "is_area_code",
    "is_called",
    "looks_like_area_code",
]

HALF = 0.5  # of the filled cells that must be codes in a column called so
THIRD = 1 / 3  # of them must have a + where no header says what they are; a shop is "0034", too
SAMPLE = 1_000  # distinct cells that are looked at
PREFIXED = re.compile(r"\+\s?\d")
# A code with the name of its country before or behind it: "FR +33", "+33 (France)", "1-268".
CODE = re.compile(
    r"(?:[^\d+]{0,30}[\s(])?(?:\+|00)?\s?([1-9]\d{0,2})(?:[\s-]\d{3}|\.0)?"
    r"(?:[\s)][^\d]{0,30}|[-:.])?"
)
BARE_ISO = re.compile(r"\d{3}")  # may be the numeric code of a country
WORD = re.compile(rf"[^\W\d_][^\d+]+|{FLAG_LETTER}{{2}}")
AREA = re.compile(r"0[1-9]\d{0,4}|[1-9]\d{1,4}")


def calling_code(text: str) -> int | None:
    """Read a dial code; `None` for anything else, and for a code that no country has."""
    match = CODE.fullmatch(text.strip())
    code = int(match[1]) if match else 0
    return code if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE else None


def is_area_code(text: str) -> bool:
    """Return whether a code is one of an area, to be written before the number."""
    return looks_like_area_code(text) and calling_code(text) is None


def looks_like_area_code(text: str) -> bool:
    """Return whether a code may be one of an area; some are the dial codes of a country, too."""
    return AREA.fullmatch(text.strip()) is not None


def area_code_column(sheet: Sheet, taken: AbstractSet[int]) -> int | None:
    """Find the column that is called one of area codes and holds some."""
    named = (at for at, header in enumerate(sheet.header) if is_called(header, "area_headers"))
    return next((at for at in named if at not in taken and _holds_areas(sheet, at)), None)


def country_column(sheet: Sheet, taken: AbstractSet[int]) -> int | None:
    """Find the column of countries: by its header, or a dial code that is spelled out."""
    listed = word_set("country", "headers")
    named = [at for at, header in enumerate(sheet.header) if is_country(header)]
    named.sort(key=lambda at: compact(sheet.header[at]) not in listed)
    spelled_out = (
        at
        for at, header in enumerate(sheet.header)
        if at not in taken
        and is_called(header, "spelled_out")
        and all(map(WORD.fullmatch, _sample(sheet, at) or ("",)))
    )
    return named[0] if named else next(spelled_out, None)


def dial_code_column(
    sheet: Sheet, taken: AbstractSet[int], phones: Iterable[int] = ()
) -> int | None:
    """Find the column of dial codes: by header and cells, or where the cells are like +33.

    A phone column that has a number beside it and holds nothing but codes is one, too.
    """
    for at, header in enumerate(sheet.header):
        may_be_iso = is_country(header)
        named = may_be_iso or is_called(header, "headers")
        if at not in taken and named and _holds_codes(sheet, at, may_be_iso=may_be_iso):
            return at
    unnamed = (
        at
        for at, header in enumerate(sheet.header)
        if at not in taken and not is_called(header, "added")
    )
    codes = (at for at in phones if _are_codes(_sample(sheet, at)))
    return next((at for at in unnamed if _looks_dialled(sheet, at)), next(codes, None))


@cache
def is_called(header: str, name: str) -> bool:
    """Return whether a header matches one of a list of expressions of the table `dial`."""
    text = " ".join(words(header))
    return any(re.search(expression, text) for expression in vocabulary()["dial"][name])


def _holds_areas(sheet: Sheet, at: int) -> bool:
    cells = _sample(sheet, at)
    return bool(cells) and sum(map(looks_like_area_code, cells)) >= HALF * len(cells)


def _holds_codes(sheet: Sheet, at: int, *, may_be_iso: bool) -> bool:
    cells = _sample(sheet, at)
    codes = [cell for cell in cells if calling_code(cell) is not None or is_area_code(cell)]
    if may_be_iso and all(map(BARE_ISO.fullmatch, codes)):
        return False
    return bool(codes) and len(codes) >= HALF * len(cells)


def _looks_dialled(sheet: Sheet, at: int) -> bool:
    """Return whether all cells are dial codes, and enough of them have a +."""
    cells = _sample(sheet, at)
    prefixed = [cell for cell in cells if PREFIXED.search(cell)]
    return len(prefixed) > THIRD * len(cells) and _are_codes(cells)


def _are_codes(cells: Collection[str]) -> bool:
    return bool(cells) and all(calling_code(cell) is not None for cell in cells)


def _sample(sheet: Sheet, at: int) -> list[str]:
    """Return some distinct cells of a column that hold something."""
    block = next(sheet.rows.blocks([at]), None)
    if block is None:
        return []
    distinct = pc.unique(block.column(at).slice(0, SAMPLE)).to_pylist()
    return [cell.strip() for cell in distinct if cell.strip()]
