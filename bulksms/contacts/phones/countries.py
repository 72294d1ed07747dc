"""From what a country column says to the region of a number: codes, or names in six languages."""

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
# With the overseas parts, whose calling codes are their own and whose rules the French ones.
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
    """Name the region of a country's code or name; `"ZZ"` when it is none."""
    key = compact(text)
    code = key.upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    return ALSO.get(key) or _named().get(key, UNKNOWN)


def regions_in(texts: pa.StringArray, default: str) -> tuple[NDArray[np.int32], list[str]]:
    """Name the region of each text, the default where it says nothing, as in `-`.

    Gives for each text the place of its region in the list.
    """
    encoded = pc.utf8_trim_whitespace(texts).dictionary_encode()
    named = [_region(text) or default for text in encoded.dictionary.to_pylist()]
    regions = list(dict.fromkeys(named))
    places = np.array([regions.index(name) for name in named], dtype=np.int32)
    return places[ints_from_arrow(encoded.indices)], regions


@lru_cache(10_000)
def _region(text: str) -> str:
    return region_of(text) if compact(text) else ""


@cache
def _named() -> dict[str, str]:
    # A slow import: done only when a file writes countries as names.
    from phonenumbers.geodata.locale import LOCALE_DATA

    return {
        compact(name): region
        for region in phonenumbers.SUPPORTED_REGIONS
        for name in _names(LOCALE_DATA.get(region, {}))
    }


def _names(locale: dict[str, str]) -> list[str]:
    """List what the languages call a country, except those that have no name for it."""
    return [name for language in LANGUAGES if (name := _name(locale, language))]


def _name(locale: dict[str, str], language: str) -> str:
    # A name that several languages share is stored once: "*aa" says under which of them.
    name = locale.get(language, "")
    return locale.get(name[1:], "") if name.startswith("*") else name
