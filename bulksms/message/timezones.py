"""The time zones and public holidays of the people on a list, derived from their numbers.

The ledger keeps numbers only, so nothing else is used. A number that does not say where in its
country it is may be in any zone of that country.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import phonenumbers
from numpy.typing import NDArray
from phonenumbers import timezone

from bulksms.text_files import read_shipped_table

__all__ = ["Locality", "localities_of"]

# Digits that determine country and zone wherever several share one calling code.
SIGNIFICANT_DIGITS = 7
NUMBERS_AT_ONCE = 1 << 16  # their texts take some 200 bytes each
UNKNOWN_ZONE = "Etc/Unknown"
WHOLE_WORLD = "001"  # the region of satellite and toll-free codes in phonenumbers


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Locality:
    """A country or province, and every zone its numbers may be in."""

    country: str
    subdivision: str | None = None
    zones: tuple[str, ...]


def localities_of(phone_numbers: NDArray[np.int64]) -> tuple[Locality, ...]:
    """Return the localities of E.164 numbers, each once."""
    starts = range(0, len(phone_numbers), NUMBERS_AT_ONCE)
    parts = (_localities(phone_numbers[start : start + NUMBERS_AT_ONCE]) for start in starts)
    return tuple(sorted(set().union(*parts), key=lambda each: (each.country, each.zones)))


def _localities(phone_numbers: NDArray[np.int64]) -> set[Locality]:
    import pandas as pd

    digits = pd.Series(phone_numbers).astype("str")
    indexes, prefixes = pd.factorize(digits.str.slice(0, 3))
    codes = np.array([_calling_code(prefix) for prefix in prefixes], dtype=np.int64)[indexes]
    localities: set[Locality] = set()
    for code in np.unique(codes).tolist():
        of_code = digits[codes == code]
        if _has_one_zone(code):
            localities.add(_locality(str(of_code.iloc[0])))
        else:
            samples = of_code.groupby(of_code.str.slice(0, SIGNIFICANT_DIGITS)).first()
            localities |= {_locality(str(sample)) for sample in samples}
    return localities


@cache
def _calling_code(prefix: str) -> int:
    """Read the calling code at the start of a number; 0 when there is none."""
    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return next((int(prefix[:n]) for n in (1, 2, 3) if int(prefix[:n]) in codes), 0)


@cache
def _has_one_zone(code: int) -> bool:
    """Whether all numbers of a calling code are in one country and one zone."""
    from phonenumbers.tzdata import TIMEZONE_DATA

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    zones = {zones for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith(str(code))}
    return len(regions) == 1 and len(zones) == 1


def _locality(digits: str) -> Locality:
    code = _calling_code(digits[:3])
    number = phonenumbers.PhoneNumber(
        country_code=code, national_number=int(digits.removeprefix(str(code)) or 0)
    )
    country = phonenumbers.region_code_for_number(number)
    if country is None:  # an unassigned number: the main country of its code
        country = phonenumbers.region_code_for_country_code(code)
    zones = _zones(number, country)
    return Locality(
        country="" if country in {WHOLE_WORLD, "ZZ"} else country,
        subdivision=_subdivision(country, digits),
        zones=tuple(sorted(zone for zone in zones if zone != UNKNOWN_ZONE)) or ("UTC",),
    )


def _zones(number: phonenumbers.PhoneNumber, country: str) -> tuple[str, ...]:
    """Return every zone a number may be in.

    phonenumbers knows zones by area code, and puts Algiers into the zone of Paris, Casablanca
    into that of the Canaries and all of Spain on the mainland. It is used only where an area
    code says more; otherwise the tz database gives the zones of the country.
    """
    by_number: tuple[str, ...] = timezone.time_zones_for_geographical_number(number)
    area_code_counts = not _has_one_zone(number.country_code or 0) and (
        phonenumbers.number_type(number) is not phonenumbers.PhoneNumberType.MOBILE
        or phonenumbers.is_number_geographical(number)
    )
    return by_number if area_code_counts else zones_by_country().get(country, by_number)


@cache
def zones_by_country() -> dict[str, tuple[str, ...]]:
    """Read the zones of each country from the tz database."""
    content = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in content.splitlines() if not line.startswith("#")]
    zones: dict[str, list[str]] = {}
    for country, _, zone, *_ in lines:
        zones.setdefault(country, []).append(zone)
    return {country: tuple(names) for country, names in zones.items()}


def _subdivision(country: str, digits: str) -> str | None:
    area_code = digits[1:4]
    provinces = _provinces().get(country, {})
    return next((name for name, codes in provinces.items() if area_code in codes), None)


@cache
def _provinces() -> dict[str, dict[str, frozenset[str]]]:
    """Read by country and province the area codes with public holidays of their own."""
    return {
        country: {name: frozenset(entry["area_codes"]) for name, entry in provinces.items()}
        for country, provinces in read_shipped_table("bulksms.message", "places.toml").items()
    }
