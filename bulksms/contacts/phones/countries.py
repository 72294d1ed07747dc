"""Finds the region of a number in a country column: by code, or by name in six languages."""

from functools import cache, lru_cache

import numpy as np
import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_from_arrow
from bulksms.contacts.columns.headers import compact

__all__ = ["FRANCE", "region_of", "regions_in"]

LANGUAGES = ("en", "fr", "de", "es", "it", "pt")
# With its overseas parts, which have calling codes of their own and French rules.
FRANCE = frozenset({"BL", "FR", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"})
UNKNOWN = "ZZ"  # the name phonenumbers gives to no region
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


def region_of(text: str) -> str:
    """Give the region of a country's code or name, `"ZZ"` for anything else."""
    key = compact(text)
    code = key.upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    return ALSO.get(key) or _regions_by_name().get(key, UNKNOWN)


def regions_in(texts: pa.StringArray, default: str) -> tuple[NDArray[np.int32], list[str]]:
    """Give the region of each text, the default where it says nothing, as in `-`.

    The first result has for each text the index of its region in the second.
    """
    encoded = pc.utf8_trim_whitespace(texts).dictionary_encode()
    named = [_region(text) or default for text in encoded.dictionary.to_pylist()]
    regions = list(dict.fromkeys(named))
    indices = np.array([regions.index(name) for name in named], dtype=np.int32)
    return indices[ints_from_arrow(encoded.indices)], regions


@lru_cache(10_000)
def _region(text: str) -> str:
    return region_of(text) if compact(text) else ""


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
