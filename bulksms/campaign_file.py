"""Reads `campaign.toml`: every option of `send` under its own name, and the rules of a schedule."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import Comment, Item, Whitespace

from bulksms.errors import UsageError
from bulksms.nearest import nearest_hint
from bulksms.plan.options import (
    HoursOptions,
    MessageOptions,
    PlanOptions,
    ReadingOptions,
    ScreeningOptions,
)
from bulksms.text_files import read_text_file
from bulksms.use_cases.posting_options import PostingOptions
from bulksms.use_cases.unattended_rules import UnattendedRules

__all__ = ["CampaignFile", "parse_duration", "parse_percentage", "read_campaign_file"]

GROUPS = (
    ReadingOptions,
    ScreeningOptions,
    MessageOptions,
    HoursOptions,
    PostingOptions,
    UnattendedRules,
)
# Texts that name files, and are relative to the campaign file like every path.
FILE_NAMES = frozenset({"files", "optouts", "guest_list"})
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
UNITS = MappingProxyType({"m": "minutes", "h": "hours", "d": "days"})

Group = TypeVar("Group")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFile:
    """A saved campaign.

    Attributes:
        files: names, patterns or addresses of the lists; names and patterns are absolute.
        lines: the line of each setting that the file gives, for errors found later.
    """

    path: Path
    name: str
    files: tuple[str, ...] = ()
    plan: PlanOptions = field(default_factory=PlanOptions)
    posting: PostingOptions = field(default_factory=PostingOptions)
    rules: UnattendedRules = field(default_factory=UnattendedRules)
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, name: str) -> str:
        """Name the line of a setting, for an error."""
        return f"{self.path}, line {self.lines[name]}" if name in self.lines else str(self.path)


def read_campaign_file(path: Path) -> CampaignFile:
    """Read a campaign file; paths in it are relative to its folder.

    Raises:
        UsageError: the file cannot be read, has an unknown name, or has a value of the wrong kind;
            the error names the line.
    """
    settings = dict(_settings(path))
    folder = path.absolute().parent
    values = {
        name: _converted(name, setting, _Location(path, setting.line, folder))
        for name, setting in settings.items()
    }
    plan = PlanOptions(
        reading=_group(ReadingOptions, values),
        screening=_group(ScreeningOptions, values),
        message=_group(MessageOptions, values),
        hours=_group(HoursOptions, values),
    )
    return CampaignFile(
        path=path,
        name=values.get("campaign") or path.absolute().parent.name or path.stem,
        files=values.get("files", ()),
        plan=plan,
        posting=_group(PostingOptions, values),
        rules=_group(UnattendedRules, values),
        lines={name: setting.line for name, setting in settings.items()},
    )


def parse_duration(text: str) -> timedelta:
    """Read a duration such as `30m`, `26h` or `7d`.

    Raises:
        ValueError: the text is not one.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([mhd])\s*", text, re.IGNORECASE | re.ASCII)
    if match is None:
        raise ValueError("write a duration like 30m, 26h or 7d")
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


@dataclass(frozen=True, slots=True)
class _Setting:
    """One setting of the file, and its line."""

    value: object
    line: int


@dataclass(frozen=True, slots=True)
class _Location:
    """Where a value was found; paths are relative to `folder`."""

    path: Path
    line: int
    folder: Path

    def refuse(self, reason: str) -> UsageError:
        return UsageError(f"{self.path}, line {self.line}: {reason}.")


def _settings(path: Path) -> Iterator[tuple[str, _Setting]]:
    """Give each setting with its line."""
    text = read_text_file(path, "The campaign file", UsageError)
    try:
        document = tomlkit.parse(text)
    except ParseError as error:
        raise UsageError(
            f"{path}, line {error.line}: this is not valid TOML; "
            'write a setting like sender = "SHOP".'
        ) from None
    except TOMLKitError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.") from None
    line = 1
    for key, entry in document.body:
        if key is not None:
            name = key.key.replace("-", "_")
            _refuse_unknown(name, key.key, _Location(path, line, path))
            yield name, _Setting(entry.unwrap(), line)
        line += _lines(entry)


def _lines(entry: Item) -> int:
    """Count the line breaks that an entry of the file takes."""
    own = entry.as_string().count("\n")
    if isinstance(entry, (Whitespace, Comment)):  # their text is all there is of them
        return own
    return own + entry.trivia.indent.count("\n") + entry.trivia.trail.count("\n")


def _refuse_unknown(name: str, written: str, location: _Location) -> None:
    if name not in _types():
        hint = nearest_hint(name, _types())
        raise location.refuse(f"{written!r} is not a setting{hint}")


def _types() -> dict[str, Any]:
    """List every setting with the type of its value."""
    types: dict[str, Any] = {"campaign": str, "files": tuple[str, ...]}
    for group in GROUPS:
        types |= get_type_hints(group)
    return types


def _group(group: type[Group], values: Mapping[str, Any]) -> Group:
    """Make one group of options of the values that belong to it."""
    names = {each.name for each in fields(group)}  # type: ignore[arg-type]
    return group(**{name: value for name, value in values.items() if name in names})


def _converted(name: str, setting: _Setting, location: _Location) -> Any:  # noqa: ANN401 - by the field
    """Turn a TOML value into the type of its option."""
    hint = _types()[name]
    kinds = set(getattr(hint, "__args__", (hint,))) - {type(None), Ellipsis}
    if hint == tuple[str, ...]:
        return _texts(name, setting.value, location)
    (kind,) = kinds
    value = setting.value
    if isinstance(value, bool) is not (kind is bool):
        raise location.refuse(f"{name} must be {_KINDS[kind]}")
    try:
        return _CONVERTERS[kind](value, location)
    except (ValueError, TypeError, InvalidOperation) as error:
        advice = f": {error}" if kind in (timedelta, float) and isinstance(value, str) else ""
        raise location.refuse(f"{name} must be {_KINDS[kind]}{advice}") from None


def _texts(name: str, value: object, location: _Location) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise location.refuse(f"{name} must be a text or a list of texts")
    if name not in FILE_NAMES:
        return tuple(texts)
    return tuple(text if ADDRESS.match(text) else str(location.folder / text) for text in texts)


def _text(value: object, location: _Location) -> str:
    """Take a text; dates and times need no quotes."""
    del location
    if isinstance(value, str):
        return value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    raise TypeError


def _whole_number(value: object, location: _Location) -> int:
    del location
    if isinstance(value, int):
        return value
    raise TypeError


def _number(value: object, location: _Location) -> float:
    del location
    if isinstance(value, str):
        return parse_percentage(value)
    return float(value)  # type: ignore[arg-type]


def _file(value: object, location: _Location) -> Path:
    if isinstance(value, str) and value:
        return location.folder / Path(value).expanduser()
    raise TypeError


_CONVERTERS: Mapping[Any, Callable[[Any, _Location], object]] = MappingProxyType(
    {
        str: _text,
        bool: lambda value, _: value,
        int: _whole_number,
        float: _number,
        Decimal: lambda value, _: Decimal(str(value)),
        timedelta: lambda value, _: parse_duration(value),
        Path: _file,
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
