"""Where the people of a list are: the clocks they live by and the holidays they keep.

Told from the numbers alone, since the ledger keeps nothing else. It must not know the time.
A number that does not tell where in its country it is may be at any clock of that country.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import phonenumbers
from numpy.typing import NDArray
from phonenumbers import timezone

__all__ = ["Locality", "localities_of"]

# Digits that settle country and zone in every plan where one calling code has several.
TELLING_DIGITS = 7
UNKNOWN_ZONE = "Etc/Unknown"
WHOLE_WORLD = "001"  # what phonenumbers calls the region of satellite and toll-free codes


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Locality:
    """One country or province and every zone its numbers may be in; all of them count."""

    country: str
    subdivision: str | None = None
    zones: tuple[str, ...]


def localities_of(digits: NDArray[np.int64]) -> tuple[Locality, ...]:
    """Name the places of numbers given as the digits of E.164, each place once."""
    import pandas as pd

    if not len(digits):
        return ()
    numbers = pd.Series(digits).astype("str")
    found: set[Locality] = set()
    places, heads = pd.factorize(numbers.str.slice(0, 3))
    codes = np.array([_calling_code(head) for head in heads], dtype=np.int64)[places]
    for code in np.unique(codes).tolist():
        group = numbers[codes == code]
        if _is_plain(code):
            found.add(_place(str(group.iloc[0])))
        else:
            samples = group.groupby(group.str.slice(0, TELLING_DIGITS)).first()
            found |= {_place(str(sample)) for sample in samples}
    return tuple(sorted(found, key=lambda place: (place.country, place.zones)))


@cache
def _calling_code(head: str) -> int:
    """Read the calling code at the head of a number; 0 when there is none."""
    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    return next((int(head[:n]) for n in (1, 2, 3) if int(head[:n]) in known), 0)


@cache
def _is_plain(code: int) -> bool:
    """Say whether all numbers of a calling code are in one country and one zone."""
    from phonenumbers.tzdata import TIMEZONE_DATA

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    zones = {zones for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith(str(code))}
    return len(regions) == 1 and len(zones) == 1


def _place(digits: str) -> Locality:
    code = _calling_code(digits[:3])
    number = phonenumbers.PhoneNumber(
        country_code=code, national_number=int(digits.removeprefix(str(code)) or 0)
    )
    country = phonenumbers.region_code_for_number(number)
    if country is None:  # a number nobody has: the main country of its code
        country = phonenumbers.region_code_for_country_code(code)
    zones = _zones(number, country)
    return Locality(
        country="" if country in {WHOLE_WORLD, "ZZ"} else country,
        subdivision=_subdivision(country, digits),
        zones=tuple(sorted(zone for zone in zones if zone != UNKNOWN_ZONE)) or ("UTC",),
    )


def _zones(number: phonenumbers.PhoneNumber, country: str) -> tuple[str, ...]:
    """Name every zone a number may be in.

    phonenumbers knows zones by area code, and puts Algiers on the clock of Paris, Casablanca
    on that of the Canaries and every Spaniard on the mainland. So it is asked only where an
    area code tells something; else the tz database says which clocks a country has.
    """
    known: tuple[str, ...] = timezone.time_zones_for_geographical_number(number)
    telling = not _is_plain(number.country_code or 0) and (
        phonenumbers.number_type(number) is not phonenumbers.PhoneNumberType.MOBILE
        or phonenumbers.is_number_geographical(number)
    )
    return known if telling else _clocks().get(country, known)


@cache
def _clocks() -> dict[str, tuple[str, ...]]:
    """Read by country the zones that the tz database gives it."""
    written = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in written.splitlines() if not line.startswith("#")]
    zones: dict[str, list[str]] = {}
    for country, _, zone, *_ in lines:
        zones.setdefault(country, []).append(zone)
    return {country: tuple(names) for country, names in zones.items()}


def _subdivision(country: str, digits: str) -> str | None:
    area = digits[1:4]
    provinces = _provinces().get(country, {})
    return next((name for name, codes in provinces.items() if area in codes), None)


@cache
def _provinces() -> dict[str, dict[str, frozenset[str]]]:
    """Read by country and province the area codes whose people keep holidays of their own."""
    written = files("bulksms.message").joinpath("places.toml").read_text(encoding="utf-8")
    return {
        country: {name: frozenset(entry["area_codes"]) for name, entry in provinces.items()}
        for country, provinces in tomllib.loads(written).items()
    }
