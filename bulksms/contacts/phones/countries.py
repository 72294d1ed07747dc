"""Finds the region of a number in a country column: by code, or by name in seven languages."""

import re
from collections.abc import Callable
from functools import cache, lru_cache

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import arrow_scalar, bools_to_arrow, ints_from_arrow, strings_to_arrow
from bulksms.contacts.cells.spelling import FLAG_LETTER, LETTERS_OF_FLAGS
from bulksms.contacts.columns.dial_codes import calling_code, is_area_code, looks_like_area_code
from bulksms.contacts.columns.headers import compact
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.contacts.phones.number_lookup import has_trunk_zero
from bulksms.loader import Block

__all__ = [
    "FRANCE",
    "is_flag",
    "region_of",
    "region_of_code",
    "regions_of_rows",
    "with_area_codes",
]

LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl")
# With its overseas parts, which have calling codes of their own and French rules.
FRANCE = frozenset({"BL", "FR", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"})
BARE_NUMBER = r"^\s*[1-9]"  # neither a 0 nor a code before it
UNKNOWN = "ZZ"  # the name phonenumbers gives to no region
FLAG = re.compile(f"{FLAG_LETTER}{{2}}")
# Spellings the locale data does not have.
ALSO = {
    "uk": "GB", "greatbritain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "angleterre": "GB", "grandebretagne": "GB", "grossbritannien": "GB", "inglaterra": "GB",
    "usa": "US", "unitedstatesofamerica": "US", "etatsunisdamerique": "US", "eeuu": "US",
    "francemetropolitaine": "FR", "fra": "FR", "deu": "DE", "esp": "ES", "ita": "IT", "prt": "PT",
    "gbr": "GB", "bel": "BE", "che": "CH", "lux": "LU", "mar": "MA", "can": "CA", "aut": "AT",
    "thenetherlands": "NL", "holland": "NL", "hollande": "NL", "republicofireland": "IE",
    "lareunion": "RE", "suisse": "CH", "reunion": "RE",
}  # fmt: skip


def is_flag(text: str) -> bool:
    """Return whether a text is the picture of a flag."""
    return FLAG.fullmatch(text) is not None


def region_of(text: str) -> str:
    """Return the region of a country's code, name or flag, `"ZZ"` for anything else."""
    key = compact(text.translate(LETTERS_OF_FLAGS) if is_flag(text) else text)
    code = key.upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    return ALSO.get(key) or _regions_by_name().get(key, UNKNOWN)


def region_of_code(text: str) -> str:
    """Return the region of a dial code; nothing for an area code, `"ZZ"` for anything else."""
    code = calling_code(text)
    if code is not None:
        return phonenumbers.region_code_for_country_code(code)
    return "" if is_area_code(text) else region_of(text)


def regions_of_rows(
    block: Block, mapping: ColumnMapping, default: str
) -> tuple[NDArray[np.int32], list[str]]:
    """Return the region of each row: of its dial code, else its country, else the default.

    The first result has for each row the index of its region in the second.
    """
    codes, names = np.zeros(len(block), dtype=np.int32), [default]
    country = None if mapping.country == mapping.dial_code else mapping.country
    for at, read in ((country, region_of), (mapping.dial_code, region_of_code)):
        if at is None:
            continue
        encoded = pc.utf8_trim_whitespace(block.column(at)).dictionary_encode()
        regions = [_region(text, read) for text in encoded.dictionary.to_pylist()]
        names = list(dict.fromkeys([*names, *filter(None, regions)]))
        indices = np.array([names.index(name) if name else -1 for name in regions], dtype=np.int32)
        rows = indices[ints_from_arrow(encoded.indices)]
        codes = np.where(rows >= 0, rows, codes)
    return codes, names


def with_area_codes(
    cells: pa.StringArray, block: Block, mapping: ColumnMapping, default: str
) -> pa.StringArray:
    """Put area codes that have a column of their own before the cells of a phone column.

    A leading 0 is put before them where the region has one, so that they cannot be read as the
    code of a country.
    """
    position, is_area = mapping.area_code, looks_like_area_code
    if position is None:
        position, is_area = mapping.dial_code, is_area_code
    if position is None:
        return cells
    codes = pc.utf8_trim_whitespace(block.column(position))
    areas = [code for code in pc.unique(codes).to_pylist() if is_area(code)]
    if not areas:
        return cells
    bare = pc.match_substring_regex(cells, BARE_NUMBER)
    marks = pc.and_(pc.is_in(codes, strings_to_arrow(areas)), bare)
    rows, names = regions_of_rows(block, mapping, default)
    trunk = np.array([has_trunk_zero(name) for name in names], dtype=bool)[rows]
    bare_codes = pc.utf8_ltrim(codes, "0")
    with_zero = pc.binary_join_element_wise("0", bare_codes, "")
    codes = pc.if_else(bools_to_arrow(trunk), with_zero, codes)
    return pc.if_else(marks, pc.binary_join_element_wise(codes, cells, arrow_scalar(" ")), cells)


@lru_cache(10_000)
def _region(text: str, read: Callable[[str], str]) -> str:
    """Read the region of a cell; nothing where it says nothing, as in `-`."""
    return read(text) if compact(text) or is_flag(text) else ""


@cache
def _regions_by_name() -> dict[str, str]:
    # A slow import: done only when a file writes countries as names.
    from phonenumbers.geodata.locale import LOCALE_DATA

    return {
        compact(name): region
        for region in phonenumbers.SUPPORTED_REGIONS
        for name in _names(LOCALE_DATA.get(region, {}))
    }


def _names(locale: dict[str, str]) -> list[str]:
    """List the names of a country in all languages that have one."""
    return [name for language in LANGUAGES if (name := _name(locale, language))]


def _name(locale: dict[str, str], language: str) -> str:
    # A name that several languages share is stored once: "*aa" says under which of them.
    name = locale.get(language, "")
    return locale.get(name[1:], "") if name.startswith("*") else name
