"""Checks the machine: versions, libraries, time zones and terminal."""

import platform
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bulksms import __version__

__all__ = [
    "CheckArea",
    "CheckStatus",
    "SetupCheck",
    "check_machine",
    "compare_libraries",
    "fine",
    "note",
    "wrong",
]

REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?>=([0-9.]+)")
FOR_DEVELOPERS = 'extra == "dev"'


class CheckStatus(StrEnum):
    """How a check ended; a note is worth knowing and stops nothing."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


class CheckArea(StrEnum):
    """The part of the set-up a check is about, which decides the exit code."""

    SET_UP = "set_up"
    ACCOUNT = "account"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupCheck:
    """The answer of one check: a sentence, and what to do if something is wrong."""

    name: str
    area: CheckArea
    status: CheckStatus
    message: str


def fine(name: str, area: CheckArea, message: str) -> SetupCheck:
    """Answer that something is right."""
    return SetupCheck(name=name, area=area, status=CheckStatus.FINE, message=message)


def note(name: str, area: CheckArea, message: str) -> SetupCheck:
    """Answer with something worth knowing."""
    return SetupCheck(name=name, area=area, status=CheckStatus.NOTE, message=message)


def wrong(name: str, area: CheckArea, message: str) -> SetupCheck:
    """Answer that something is wrong, and what to do."""
    return SetupCheck(name=name, area=area, status=CheckStatus.WRONG, message=message)


def check_machine(encoding: str | None) -> Iterator[SetupCheck]:
    """Check the versions, the time zones and the encoding of the terminal."""
    message = f"bulksms {__version__}, Python {platform.python_version()}, {platform.platform()}."
    yield fine("versions", CheckArea.SET_UP, message)
    yield _libraries()
    try:
        ZoneInfo("Europe/Paris")
        yield fine("time zones", CheckArea.SET_UP, "available.")
    except ZoneInfoNotFoundError:
        message = "missing on this machine, so quiet hours cannot be kept: pip install tzdata."
        yield wrong("time zones", CheckArea.SET_UP, message)
    if (encoding or "").lower().replace("-", "") == "utf8":
        yield fine("terminal", CheckArea.SET_UP, "displays all characters (UTF-8).")
    else:
        message = (
            f"uses {encoding or 'an unknown encoding'}: set PYTHONIOENCODING=utf-8 for accents."
        )
        yield note("terminal", CheckArea.SET_UP, message)


def _libraries() -> SetupCheck:
    """Compare the installed versions with the oldest supported ones."""
    try:
        needed = requires("bulksms-octopush") or []
    except PackageNotFoundError:
        message = "not checked: bulksms runs from its sources."
        return note("libraries", CheckArea.SET_UP, message)
    count, unfit = compare_libraries(needed, _version)
    if unfit:
        return wrong(
            "libraries",
            CheckArea.SET_UP,
            f"{'; '.join(unfit)}: run `pip install --upgrade bulksms-octopush`.",
        )
    return fine("libraries", CheckArea.SET_UP, f"{count:,} installed, none too old.")


def compare_libraries(
    needed: Iterable[str], installed_version: Callable[[str], str | None]
) -> tuple[int, list[str]]:
    """Count the libraries that are installed, and describe those that are missing or too old.

    `needed` are lines of the package's own list, such as `paramiko>=3.4; extra == "remote"`.
    Those of an extra may be missing; the tools of its developers are not looked at.
    """
    count, unfit = 0, []
    for line in needed:
        requirement, _, marker = line.partition(";")
        match = REQUIREMENT.match(requirement)
        if match is None or FOR_DEVELOPERS in marker:
            continue
        name, least = match.groups()
        installed = installed_version(name)
        count += installed is not None
        if (not marker) if installed is None else _is_older(installed, least):
            unfit.append(f"{name} {installed or 'is missing'}, at least {least} is needed")
    return count, unfit


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _is_older(installed: str, least: str) -> bool:
    return _version_parts(installed) < _version_parts(least)


def _version_parts(text: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", text)]
