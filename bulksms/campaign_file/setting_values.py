"""Turns the values of a campaign file into the types of their options; an error has its line."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from bulksms.errors import UsageError
from bulksms.remote import is_address
from bulksms.user_paths import expand_home

__all__ = ["Location", "convert", "kind_of", "parse_duration", "parse_percentage"]

# Texts that name files, and are relative to the campaign file like every path.
LISTS = "files"
FILE_NAMES = frozenset({LISTS, "optouts", "guest_list"})
# The numbers that may be written as a text, with their sign.
PERCENTAGES = frozenset({"max_change", "max_rejected", "max_undelivered"})
TEXTS = "a text or a list of texts"
Number = TypeVar("Number", float, Decimal)
UNITS = MappingProxyType({"s": "seconds", "m": "minutes", "h": "hours", "d": "days"})


@dataclass(frozen=True, slots=True)
class Location:
    """Where a value was found; paths are relative to `folder`."""

    path: Path
    line: int
    folder: Path

    def refuse(self, reason: str) -> UsageError:
        """Make the error that names the line."""
        return UsageError(f"{self.path}, line {self.line}: {reason}.", code="draft_damaged")


def parse_duration(text: str) -> timedelta:
    """Read a duration such as `30s`, `30m`, `26h` or `7d`.

    Raises:
        ValueError: the text is not one.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", text, re.IGNORECASE | re.ASCII)
    if match is None:
        raise ValueError("write a duration like 30s, 30m, 26h or 7d")
    return timedelta(**{UNITS[match[2].lower()]: float(match[1])})


def parse_percentage(text: str) -> float:
    """Read a percentage such as `50%`.

    Raises:
        ValueError: the text is not one.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", text, re.ASCII)
    if match is None:
        raise ValueError("write a percentage like 50%")
    return float(match[1])


def convert(name: str, hint: Any, value: object, location: Location) -> Any:  # noqa: ANN401 - by the field
    """Turn a TOML value into the type of its option, `hint`.

    Raises:
        UsageError: it is of another kind; the error names the line.
    """
    if hint == tuple[str, ...]:
        return _texts(name, value, location)
    kind = _kind(hint)
    is_no_percentage = kind is float and isinstance(value, str) and name not in PERCENTAGES
    if isinstance(value, bool) is not (kind is bool) or is_no_percentage:
        raise location.refuse(f"{name} must be {_KINDS[kind]}")
    if kind is Path and isinstance(value, str):
        _refuse_address(name, value, location)
    try:
        return _file(value, location) if kind is Path else _CONVERTERS[kind](value)
    except (ValueError, TypeError, InvalidOperation) as error:
        advice = f": {error}" if kind in (timedelta, float) and isinstance(value, str) else ""
        raise location.refuse(f"{name} must be {_KINDS[kind]}{advice}") from None


def kind_of(hint: Any) -> str:  # noqa: ANN401 - by the field
    """Describe the values of a setting with the type `hint`."""
    return TEXTS if hint == tuple[str, ...] else _KINDS[_kind(hint)]


def _kind(hint: Any) -> Any:  # noqa: ANN401 - by the field
    """Return the type of an option that may be left out."""
    (kind,) = set(getattr(hint, "__args__", (hint,))) - {type(None)}
    return kind


def _texts(name: str, value: object, location: Location) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise location.refuse(f"{name} must be {TEXTS}")
    if name == "text_for":
        return tuple(_text_for(text, location) for text in texts)
    if name not in FILE_NAMES:
        return tuple(texts)
    if name != LISTS:
        for text in texts:
            _refuse_address(name, text, location)
    return tuple(text if is_address(text) else str(location.folder / text) for text in texts)


def _refuse_address(name: str, text: str, location: Location) -> None:
    """Refuse an address where only a file can be; it may be a secret, so it is not shown."""
    if is_address(text):
        raise location.refuse(
            f"{name} must be a file of this machine, since only `{LISTS}` takes addresses: fetch "
            "it before the run"
        )


def _text_for(pair: str, location: Location) -> str:
    """Make the file of VALUE=@FILE absolute."""
    value, equals, text = pair.partition("=")
    if not text.startswith("@"):
        return pair
    return f"{value}{equals}@{location.folder / text.removeprefix('@')}"


def _text(value: object) -> str:
    """Take a text; dates and times need no quotes."""
    if isinstance(value, str):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError


def _whole_number(value: object) -> int:
    if isinstance(value, int):
        return value
    raise TypeError


def _number(value: object) -> float:
    if isinstance(value, str):
        return parse_percentage(value)
    return _finite(float(value))  # type: ignore[arg-type]


def _amount(value: object) -> Decimal:
    return _finite(Decimal(str(value)))


def _finite(number: Number) -> Number:
    """Refuse TOML's `inf` and `nan`, which no rule can be compared with."""
    if not isfinite(number):
        raise TypeError
    return number


def _file(value: object, location: Location) -> Path:
    if isinstance(value, str) and value:
        return location.folder / expand_home(
            value, f"{location.path}, line {location.line}: the path"
        )
    raise TypeError


_CONVERTERS: Mapping[Any, Callable[[Any], object]] = MappingProxyType(
    {
        str: _text,
        bool: bool,
        int: _whole_number,
        float: _number,
        Decimal: _amount,
        timedelta: parse_duration,
    }
)
_KINDS: Mapping[Any, str] = MappingProxyType(
    {
        str: "a text in quotes",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        Decimal: "an amount",
        timedelta: "a duration like 26h",
        Path: "the name of a file",
    }
)
