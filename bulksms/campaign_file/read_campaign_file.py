"""Reads a campaign file: every option of `send` under its own name, and the rules of its runs.

An unknown name is refused with the nearest, and a wrong value names its line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_type_hints

import tomlkit
from tomlkit.exceptions import KeyAlreadyPresent, ParseError, TOMLKitError
from tomlkit.items import Comment, Item, Whitespace

from bulksms.campaign_file.setting_values import Location, convert
from bulksms.errors import UsageError
from bulksms.nearest import nearest_hint
from bulksms.plan.options import (
    HoursOptions,
    MessageOptions,
    OutputOptions,
    PlanOptions,
    ReadingOptions,
    ScreeningOptions,
)
from bulksms.plan.profile_files import read_profile
from bulksms.text_files import read_text_file
from bulksms.use_cases.prepare.history_rules import HistoryOptions
from bulksms.use_cases.send.posting_options import PostingOptions
from bulksms.use_cases.unattended.saved_campaign import USUAL_NAME, DisplayOptions, SavedCampaign
from bulksms.use_cases.unattended.unattended_rules import UnattendedRules

__all__ = ["read_campaign_file", "setting_types"]

GROUPS = (
    ReadingOptions,
    ScreeningOptions,
    MessageOptions,
    HoursOptions,
    OutputOptions,
    HistoryOptions,
    PostingOptions,
    DisplayOptions,
    UnattendedRules,
)
# Settings of the campaign as a whole.
OTHERS: Mapping[str, Any] = MappingProxyType(
    {
        "campaign": str,
        "files": tuple[str, ...],
        "forget_optouts": bool,
        "test_to": str,
        "dry_run": bool,
    }
)
OPT_OUTS = "optouts"
OF_RESUME = frozenset({"approve_late"})  # a person's decision about one campaign
NOTHING: Mapping[str, Any] = MappingProxyType({})

Group = TypeVar("Group")


def read_campaign_file(
    path: Path, *, over: Mapping[str, Any] = NOTHING, under: Mapping[str, Any] = NOTHING
) -> SavedCampaign:
    """Read a campaign file; paths in it are relative to its folder.

    `over` are options that override the file, `under` those that the file overrides.

    Raises:
        UsageError: the file cannot be read, has an unknown name, or has a value of the wrong kind;
            the error names the line.
        InputError: the saved profile that it names cannot be read.
    """
    settings = dict(_settings(path))
    folder = path.absolute().parent
    types = setting_types()
    written = {
        name: convert(name, types[name], setting.value, Location(path, setting.line, folder))
        for name, setting in settings.items()
    }
    values = {**under, **_of_profile({**under, **written, **over}), **written, **over}
    # Opt-outs add up: none may be put out of force by another one.
    lists = [layer.get(OPT_OUTS, ()) for layer in (over, written, under)]
    values[OPT_OUTS] = tuple(dict.fromkeys(name for names in lists for name in names))
    # The default file name does not name the campaign, so its folder does.
    stem = folder.name if path.stem == USUAL_NAME else path.stem
    return SavedCampaign(
        path=path,
        name=values.get("campaign") or stem or USUAL_NAME,
        files=values.get("files", ()),
        plan=PlanOptions(
            reading=_group(ReadingOptions, values),
            screening=_group(ScreeningOptions, values),
            message=_group(MessageOptions, values),
            hours=_group(HoursOptions, values),
        ),
        outputs=_group(OutputOptions, values),
        history=_group(HistoryOptions, values),
        posting=_group(PostingOptions, values),
        display=_group(DisplayOptions, values),
        rules=_group(UnattendedRules, values),
        forget_optouts=values.get("forget_optouts", False),
        test_to=values.get("test_to"),
        dry_run=values.get("dry_run", False),
        lines={name: setting.line for name, setting in settings.items()},
    )


def setting_types() -> dict[str, Any]:
    """List the name of every setting, with the type of its value."""
    types = dict(OTHERS)
    for group in GROUPS:
        types |= get_type_hints(group)
    return {name: hint for name, hint in types.items() if name not in OF_RESUME}


@dataclass(frozen=True, slots=True)
class _Setting:
    """One setting of the file, and its line."""

    value: object
    line: int


def _settings(path: Path) -> Iterator[tuple[str, _Setting]]:
    """Yield each setting with its line."""
    text = read_text_file(path, "The campaign file", UsageError)
    try:
        document = tomlkit.parse(text)
    except ParseError as error:
        if isinstance(error.__cause__, KeyAlreadyPresent):
            name = str(error.__cause__).split('"')[1]  # the line is of what comes after it
            raise UsageError(
                f"{path}: {name} is given twice; keep one of the two.", code="draft_damaged"
            ) from None
        raise UsageError(
            f"{path}, line {error.line}: this is not valid TOML; "
            'write a setting like sender = "SHOP".',
            code="draft_damaged",
        ) from None
    except TOMLKitError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", code="draft_damaged") from None
    line, given = 1, dict[str, int]()
    for key, entry in document.body:
        if key is not None:
            name, location = key.key.replace("-", "_"), Location(path, line, path)
            _refuse_unknown(name, key.key, location)
            if name in given:  # TOML sees no repetition in `min-rows` after `min_rows`
                raise location.refuse(f"{name} was given before, in line {given[name]}")
            given[name] = line
            yield name, _Setting(entry.unwrap(), line)
        line += _lines(entry)


def _lines(entry: Item) -> int:
    """Count the line breaks that an entry of the file takes."""
    own = entry.as_string().count("\n")
    if isinstance(entry, (Whitespace, Comment)):  # their text is all there is of them
        return own
    return own + entry.trivia.indent.count("\n") + entry.trivia.trail.count("\n")


def _refuse_unknown(name: str, written: str, location: Location) -> None:
    types = setting_types()
    if name not in types:
        raise location.refuse(f"{written!r} is not a setting{nearest_hint(name, types)}")


def _of_profile(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take the reading options of a saved profile, as `--map-file` does."""
    profile = values.get("map_file")
    return {} if profile is None else dict(read_profile(profile).reading)


def _group(group: type[Group], values: Mapping[str, Any]) -> Group:
    """Make one group of options of the values that belong to it."""
    names = {each.name for each in fields(group)}  # type: ignore[arg-type]
    return group(**{name: value for name, value in values.items() if name in names})
