"""Looks over the set-up, one check after another, and mends the ledger by an order; sends nothing.

Each check says in one sentence what it found and, where something is wrong, what to do.
No key, login or number is ever told.
"""

import os
import platform
import re
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bulksms import __version__
from bulksms.clock import Clock
from bulksms.errors import ApiError, BulkSmsError, LedgerError, SettingsError
from bulksms.ledger import (
    ProofRecord,
    ledger_exists,
    ledger_file,
    mounts,
    open_ledger,
    refuse_place,
)
from bulksms.ledger.reconcile import Mended
from bulksms.money import format_money
from bulksms.octopush import Client, Credentials
from bulksms.settings import Settings
from bulksms.use_cases.context import require_credentials

__all__ = ["CheckArea", "CheckStatus", "SetupCheck", "check_setup", "rebuild_ledger"]

CLOCKS_APART = timedelta(minutes=5)  # more, and no repeat of a frame may be trusted
ROOM_NEEDED = 100 * 2**20  # bytes; the ledger of a campaign of 100,000 has about 20 million
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?>=([0-9.]+)")
UNPROVED = (
    "whether the API refuses a repeated request is not proved, so frames in doubt wait for you: "
    "`bulksms doctor --prove-request-id --number YOURS` tries it."
)


class CheckStatus(StrEnum):
    """How a check went; a note is worth knowing and stops nothing."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


class CheckArea(StrEnum):
    """Whose trouble it is, by which the exit code is chosen."""

    SET_UP = "set_up"
    ACCOUNT = "account"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupCheck:
    """What one check found: a sentence, and what to do about it if something is wrong."""

    name: str
    area: CheckArea
    level: CheckStatus
    told: str


def check_setup(
    settings: Settings, clock: Clock, *, offline: bool, encoding: str | None
) -> Iterator[SetupCheck]:
    """Look at everything, from the machine over the ledger to the account.

    `encoding` is that of the terminal. With `offline` no connection is opened.
    """
    yield from _machine(encoding)
    yield from _place(settings)
    yield _ledger(settings)
    try:
        credentials = require_credentials(settings)
    except SettingsError as error:
        yield _wrong("credentials", CheckArea.ACCOUNT, str(error))
        yield _address(settings)
        return
    yield _fine("credentials", CheckArea.ACCOUNT, "a login and a key are set.")
    yield _address(settings)
    if offline:
        yield _note("API", CheckArea.ACCOUNT, "not asked, as you wished.")
    else:
        yield from _api(settings, credentials, clock)
    yield _proof(settings, credentials, clock)


def rebuild_ledger(settings: Settings, clock: Clock) -> Mended:
    """Take over what the witnesses of the ledger know, or trust it where they know nothing.

    Raises:
        LedgerBusy: one of the campaigns is being sent.
        LedgerError: there is no ledger, or it is damaged.
    """
    if not ledger_exists(settings.home, settings.ledger):
        raise LedgerError(f"There is no ledger in {settings.home}, so nothing can be mended.")
    with open_ledger(settings.home, settings.ledger) as ledger:
        return ledger.mend(clock.now())


def _fine(name: str, area: CheckArea, told: str) -> SetupCheck:
    return SetupCheck(name=name, area=area, level=CheckStatus.FINE, told=told)


def _note(name: str, area: CheckArea, told: str) -> SetupCheck:
    return SetupCheck(name=name, area=area, level=CheckStatus.NOTE, told=told)


def _wrong(name: str, area: CheckArea, told: str) -> SetupCheck:
    return SetupCheck(name=name, area=area, level=CheckStatus.WRONG, told=told)


def _machine(encoding: str | None) -> Iterator[SetupCheck]:
    told = f"bulksms {__version__}, Python {platform.python_version()}, {platform.platform()}."
    yield _fine("versions", CheckArea.SET_UP, told)
    yield _libraries()
    try:
        ZoneInfo("Europe/Paris")
        yield _fine("time zones", CheckArea.SET_UP, "known.")
    except ZoneInfoNotFoundError:
        words = "not known to this machine, so quiet hours cannot be kept: pip install tzdata."
        yield _wrong("time zones", CheckArea.SET_UP, words)
    if (encoding or "").lower().replace("-", "") == "utf8":
        yield _fine("terminal", CheckArea.SET_UP, "shows every letter (UTF-8).")
    else:
        words = f"writes {encoding or 'in no known way'}: set PYTHONIOENCODING=utf-8 for accents."
        yield _note("terminal", CheckArea.SET_UP, words)


def _libraries() -> SetupCheck:
    """Compare what is installed with what the program needs at the least."""
    try:
        needed = requires("bulksms-octopush") or []
    except PackageNotFoundError:
        words = "not checked, as bulksms runs from its sources."
        return _note("libraries", CheckArea.SET_UP, words)
    pairs = [found.groups() for line in needed if (found := REQUIREMENT.match(line))]
    present = {name: _version(name) for name, _ in pairs}
    optional = {line.split(";")[0] for line in needed if ";" in line}
    old = [
        f"{name} {present[name] or 'is missing'}, needed {least}"
        for name, least in pairs
        if _too_old(present[name], least, optional=f"{name}>={least}" in optional)
    ]
    if old:
        return _wrong(
            "libraries",
            CheckArea.SET_UP,
            f"{'; '.join(old)}: run `pip install --upgrade bulksms-octopush`.",
        )
    count = sum(1 for name, _ in pairs if present[name])
    return _fine("libraries", CheckArea.SET_UP, f"{count} found, none too old.")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _too_old(present: str | None, least: str, *, optional: bool) -> bool:
    if present is None:
        return not optional
    return _numbers(present) < _numbers(least)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", text)]


def _place(settings: Settings) -> Iterator[SetupCheck]:
    """Look at the state folder: its rights, those of the ledger, and the room on its disk."""
    home, file = settings.home, ledger_file(settings.home, settings.ledger)
    open_to_others = [path for path in (home, file) if path and _open_to_others(path)]
    if open_to_others:
        names = " and ".join(str(path) for path in open_to_others)
        words = f"others can read {names}: take their rights away with chmod go-rwx."
        yield _wrong("rights", CheckArea.LEDGER, words)
    elif home.exists() and not os.access(home, os.W_OK | os.X_OK):
        yield _wrong("rights", CheckArea.LEDGER, f"{home} may not be written to: mend its rights.")
    elif home.exists():
        yield _fine("rights", CheckArea.LEDGER, f"only you can read {home}.")
    else:
        yield _note("rights", CheckArea.LEDGER, f"{home} is made when it is first needed.")
    yield _neighbours(file.parent if file else home, settings)
    yield _room(home)


def _neighbours(folder: Path, settings: Settings) -> SetupCheck:
    """See that no other machine can send from the same ledger."""
    try:
        refuse_place(folder, mounts())
    except LedgerError as error:
        level = _note if settings.allow_synced_folder else _wrong
        return level("folder", CheckArea.LEDGER, str(error))
    return _fine("folder", CheckArea.LEDGER, "on this machine's own disk.")


def _open_to_others(path: Path) -> bool:
    """Say whether anybody but the owner may look in; Windows keeps such rights elsewhere."""
    if os.name != "posix" or not path.exists():
        return False
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _room(home: Path) -> SetupCheck:
    there = next(path for path in (home, *home.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    told = f"{free / 2**20:,.0f} MB are free."
    if free < ROOM_NEEDED:
        words = f"{told} Make room: a full disk stops a campaign half-way."
        return _wrong("disk", CheckArea.LEDGER, words)
    return _fine("disk", CheckArea.LEDGER, told)


def _ledger(settings: Settings) -> SetupCheck:
    if not ledger_exists(settings.home, settings.ledger):
        return _note("ledger", CheckArea.LEDGER, "there is none yet; the first campaign makes it.")
    try:
        with open_ledger(settings.home, settings.ledger) as ledger:
            notes = ledger.trust()
            count = len(ledger.campaigns())
    except BulkSmsError as error:
        return _wrong("ledger", CheckArea.LEDGER, str(error))
    told = "whole, with 1 campaign." if count == 1 else f"whole, with {count} campaigns."
    if notes:
        return _note("ledger", CheckArea.LEDGER, f"{told} {' '.join(notes)}")
    return _fine("ledger", CheckArea.LEDGER, told)


def _address(settings: Settings) -> SetupCheck:
    kind = "TEST, nobody real is texted" if settings.rehearsal else "REAL, people are texted"
    return _fine("address", CheckArea.ACCOUNT, f"{settings.base_url} ({kind}).")


def _api(settings: Settings, credentials: Credentials, clock: Clock) -> Iterator[SetupCheck]:
    with Client(settings.base_url, credentials) as client:
        try:
            left = client.balance()
        except ApiError as error:
            yield _wrong("API", CheckArea.ACCOUNT, str(error))
            return
        yield _fine(
            "API", CheckArea.ACCOUNT, f"answers; {format_money(left.amount)} {left.unit} are left."
        )
        there, here = client.server_time(), clock.now()
    if there is None:
        yield _note("clock", CheckArea.SET_UP, "the API tells no time to compare ours with.")
        return
    seconds = round((here - there).total_seconds())
    if abs(here - there) >= CLOCKS_APART:
        words = f"ours differs from the API's by {seconds} s: set it, or hours cannot be kept."
        yield _wrong("clock", CheckArea.SET_UP, words)
    else:
        yield _fine("clock", CheckArea.SET_UP, f"ours and the API's agree ({seconds:+} s).")


def _proof(settings: Settings, credentials: Credentials, clock: Clock) -> SetupCheck:
    """Say what is known of repeats on this account; not knowing it is no fault."""
    name = "protection"
    account = credentials.account_at(settings.base_url)
    if not ledger_exists(settings.home, settings.ledger):
        return _note(name, CheckArea.ACCOUNT, UNPROVED)
    try:
        with open_ledger(settings.home, settings.ledger) as ledger:
            known = ledger.proof(account)
    except BulkSmsError:
        return _note(name, CheckArea.ACCOUNT, "not known, as the ledger cannot be read.")
    if known is None:
        return _note(name, CheckArea.ACCOUNT, UNPROVED)
    return _told_proof(name, known, settings, clock)


def _told_proof(name: str, known: ProofRecord, settings: Settings, clock: Clock) -> SetupCheck:
    days = (clock.now() - known.proved_at).days
    when = f"{known.proved_at:%Y-%m-%d}, {days} days ago"
    if not known.protects:
        words = f"repeated requests were taken twice ({when}), so frames in doubt wait for you."
        return _note(name, CheckArea.ACCOUNT, words)
    if not known.valid(clock.now(), settings.base_url):
        return _note(
            name, CheckArea.ACCOUNT, f"its proof is of {when}, too old to count: prove again."
        )
    burn = {True: "refusals use up ids", False: "refusals use up no ids", None: "no more is known"}
    more = burn[known.refusals_burn]
    return _fine(name, CheckArea.ACCOUNT, f"repeated requests are refused (proved {when}); {more}.")
