"""Who lives by which clock and keeps which holidays: a table written by hand, for the judge."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import phonenumbers

SUNDAY = 7
FRENCH = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
# Easter Monday, Ascension and Whit Monday of 2026 and 2027.
MOVABLE = {date(2026, 4, 6), date(2026, 5, 14), date(2026, 5, 25)} | {
    date(2027, 3, 29),
    date(2027, 5, 6),
    date(2027, 5, 17),
}
FIRST_OF_MAY = {(5, 1)}

# Country: the clocks its mobiles may live by, and the holidays (month, day) that are looked at.
ZONES: dict[str, tuple[tuple[str, ...], set[tuple[int, int]]]] = {
    "FR": (("Europe/Paris",), FRENCH),
    "RE": (("Indian/Reunion",), FRENCH | {(12, 20)}),
    "YT": (("Indian/Mayotte",), FRENCH | {(4, 27)}),
    "GP": (("America/Guadeloupe",), FRENCH | {(5, 27)}),
    "MQ": (("America/Martinique",), FRENCH | {(5, 22)}),
    "GF": (("America/Cayenne",), FRENCH | {(6, 10)}),
    "NC": (("Pacific/Noumea",), FRENCH),
    "PF": (("Pacific/Tahiti",), FRENCH),
    "PM": (("America/Miquelon",), FRENCH),
    "WF": (("Pacific/Wallis",), FRENCH),
    "BE": (("Europe/Brussels",), FIRST_OF_MAY),
    "CH": (("Europe/Zurich",), set()),
    "LU": (("Europe/Luxembourg",), FIRST_OF_MAY),
    "DE": (("Europe/Berlin",), FIRST_OF_MAY),
    "ES": (("Europe/Madrid", "Atlantic/Canary"), FIRST_OF_MAY),
    "IT": (("Europe/Rome",), FIRST_OF_MAY),
    "PT": (("Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira"), FIRST_OF_MAY),
    "GB": (("Europe/London",), {(12, 25)}),
    "IE": (("Europe/Dublin",), {(3, 17)}),
    "NL": (("Europe/Amsterdam",), {(12, 25)}),
    "PL": (("Europe/Warsaw",), FIRST_OF_MAY),
    "GR": (("Europe/Athens",), FIRST_OF_MAY),
    "RO": (("Europe/Bucharest",), FIRST_OF_MAY),
    "MA": (("Africa/Casablanca",), FIRST_OF_MAY),
    "DZ": (("Africa/Algiers",), FIRST_OF_MAY),
    "TN": (("Africa/Tunis",), FIRST_OF_MAY),
    "SN": (("Africa/Dakar",), FIRST_OF_MAY),
    "CI": (("Africa/Abidjan",), FIRST_OF_MAY),
    "CM": (("Africa/Douala",), FIRST_OF_MAY),
    "NZ": (("Pacific/Auckland", "Pacific/Chatham"), {(4, 25)}),
}
# In North America the area code tells.
AREAS: dict[str, tuple[str, set[tuple[int, int]]]] = {
    "1212": ("America/New_York", {(12, 25)}),
    "1312": ("America/Chicago", {(12, 25)}),
    "1213": ("America/Los_Angeles", {(12, 25)}),
    "1808": ("Pacific/Honolulu", {(12, 25)}),
    "1416": ("America/Toronto", {(7, 1)}),
    "1418": ("America/Toronto", {(6, 24), (7, 1)}),  # Québec
}


@dataclass(frozen=True)
class Person:
    digits: int
    zones: tuple[str, ...]
    holidays: set[tuple[int, int]]
    french: bool

    def complaint(self, moment: datetime) -> str | None:
        """Explain why no one may text this person at a moment."""
        for zone in self.zones:
            at = moment.astimezone(ZoneInfo(zone))
            kept = (at.month, at.day) in self.holidays or (self.french and at.date() in MOVABLE)
            if at.isoweekday() == SUNDAY or kept or not 8 <= at.hour < 20:
                return f"{self.digits} in {zone} at {at:%a %Y-%m-%d %H:%M}"
        return None


def population() -> list[Person]:
    people = []
    for country, (zones, holidays) in ZONES.items():
        shown = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
        assert shown is not None
        digits = int(f"{shown.country_code}{shown.national_number}")
        number = 33639980101 if country == "FR" else digits
        people.append(Person(number, zones, holidays, holidays >= FRENCH))
    for area, (zone, holidays) in AREAS.items():
        people.append(Person(int(f"{area}5550101"), (zone,), holidays, french=False))
    return people


PEOPLE = population()
BY_DIGITS = {person.digits: person for person in PEOPLE}
