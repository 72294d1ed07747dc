"""Checks the machine: versions, libraries, time zones and terminal."""

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bulksms import __version__

__all__ = ["CheckArea", "CheckStatus", "SetupCheck", "check_machine", "fine", "note", "wrong"]

REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?>=([0-9.]+)")


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
    pairs = [match.groups() for line in needed if (match := REQUIREMENT.match(line))]
    installed = {name: _version(name) for name, _ in pairs}
    optional = {line.split(";")[0] for line in needed if ";" in line}
    old = [
        f"{name} {installed[name] or 'is missing'}, at least {least} is needed"
        for name, least in pairs
        if _too_old(installed[name], least, optional=f"{name}>={least}" in optional)
    ]
    if old:
        return wrong(
            "libraries",
            CheckArea.SET_UP,
            f"{'; '.join(old)}: run `pip install --upgrade bulksms-octopush`.",
        )
    count = sum(1 for name, _ in pairs if installed[name])
    return fine("libraries", CheckArea.SET_UP, f"{count:,} installed, none too old.")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _too_old(installed: str | None, least: str, *, optional: bool) -> bool:
    if installed is None:
        return not optional
    return _version_parts(installed) < _version_parts(least)


def _version_parts(text: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", text)]
