"""People who are checked by themselves: every word about one is a function of their number.

Knows nothing of bulksms: the judge works out from here who should have read what.
"""

import csv
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

TEXT = "Bonjour {first_name} {last_name}, votre lot {Lot} vous attend a {Ville}."
MANY = 20_000

_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo")


def number(person: int) -> str:
    """Return the number of a person, from what is kept for fiction in France."""
    assert 0 <= person < MANY
    return f"+3363998{person:04}" if person < 10_000 else f"+3319900{person - 10_000:04}"


def everybody(count: int) -> list[str]:
    return [number(person) for person in range(count)]


@cache
def words(phone_number: str) -> dict[str, str]:
    """Work out the fields of a number, which no other number has."""
    digest = hashlib.sha256(phone_number.encode()).digest()
    return {
        "first_name": "P" + _word(digest[0:4]),
        "last_name": "N" + _word(digest[4:8]),
        "Lot": digest[8:12].hex(),
        "Ville": "V" + _word(digest[12:16]),
    }


@cache
def message(phone_number: str, text: str = TEXT) -> str:
    """Work out what a number should read."""
    for name, word in words(phone_number).items():
        text = text.replace("{" + name + "}", word)
    return text


def rendered(text: str, fields: dict[str, str]) -> str:
    """Put fields into a text as a phone would show it."""
    for name, word in fields.items():
        text = text.replace("{" + name + "}", word)
    return text


def write_file(path: Path, numbers: Iterable[str]) -> Path:
    """Write the people down as a CRM exports them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter=";")
        lines.writerow(["Prénom", "Ville", "Téléphone portable", "Nom", "Lot"])
        for phone_number in numbers:
            values = words(phone_number)
            lines.writerow(
                [
                    values["first_name"],
                    values["Ville"],
                    phone_number,
                    values["last_name"],
                    values["Lot"],
                ]
            )
    return path


def _word(some: bytes) -> str:
    return "".join(_SYLLABLES[byte % len(_SYLLABLES)] for byte in some)
