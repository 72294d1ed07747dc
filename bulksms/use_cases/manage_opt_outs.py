"""Keeps the numbers that are never texted: adds, reads in, forgets, shows, and gathers them.

A number is brought into one form before it is compared. Nothing is kept of a line that holds
one number that cannot be read, so that nobody believes a no was noted when it was not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bulksms.contacts import (
    OptOutList,
    Replies,
    read_opt_outs,
    read_replies,
)
from bulksms.contacts.opt_outs.reading import LENIENT_RULES
from bulksms.contacts.phones.display import sentence
from bulksms.contacts.phones.parse import parse_number
from bulksms.errors import InputError
from bulksms.ledger import ledger_exists, open_ledger
from bulksms.loader import open_sheets
from bulksms.output.csv_rows import write_table
from bulksms.plan.opt_out_files import WHOLE_FILE
from bulksms.settings import Settings

__all__ = [
    "Imported",
    "add_numbers",
    "check_numbers",
    "export_numbers",
    "import_files",
    "import_replies",
    "remove_numbers",
    "stored_numbers",
    "stored_opt_outs",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of files read in: numbers in them, those not known yet, cells not readable."""

    read: int
    new: int
    unreadable: int


def stored_opt_outs(settings: Settings) -> OptOutList:
    """Read who is never texted from the state folder; a ledger that is not there stays so."""
    if not ledger_exists(settings.home, settings.ledger):
        return OptOutList()
    with open_ledger(settings.home, settings.ledger) as ledger:
        return OptOutList.from_digits(ledger.opt_outs.all())


def stored_numbers(settings: Settings) -> list[str]:
    """List in E.164 who is never texted, sorted."""
    return [f"+{digits}" for digits in stored_opt_outs(settings).digits.tolist()]


def add_numbers(texts: Sequence[str], region: str, settings: Settings, now: datetime) -> int:
    """Keep numbers as a person types them; say how many were not known yet.

    Raises:
        InputError: one of them is not a number; nothing was added.
    """
    digits = [int(number) for number in _read(texts, region)]
    with open_ledger(settings.home, settings.ledger) as ledger:
        return ledger.opt_outs.add(digits, "typed", now)


def import_files(
    files: Sequence[str], region: str, settings: Settings, now: datetime
) -> tuple[Imported, ...]:
    """Keep every number of files; they are all read before the first is kept.

    Raises:
        LoadError: a file cannot be read; nothing was added.
    """
    lists = [(path, read_opt_outs(open_sheets(path, WHOLE_FILE), region)) for path in files]
    with open_ledger(settings.home, settings.ledger) as ledger:
        return tuple(
            Imported(
                read=len(found),
                new=ledger.opt_outs.add(found.digits.tolist(), Path(path).name, now),
                unreadable=found.unreadable,
            )
            for path, found in lists
        )


def import_replies(
    files: Sequence[str], region: str, settings: Settings, now: datetime
) -> tuple[tuple[Replies, int], ...]:
    """Keep everybody whose whole reply says stop; give the replies and how many were new.

    Raises:
        InputError: a file cannot be read, or has no messages; nothing was added.
    """
    told = [(path, read_replies(open_sheets(path), region)) for path in files]
    with open_ledger(settings.home, settings.ledger) as ledger:
        return tuple(
            (
                replies,
                ledger.opt_outs.add(
                    replies.opt_outs.digits.tolist(), f"reply in {Path(path).name}", now
                ),
            )
            for path, replies in told
        )


def check_numbers(texts: Sequence[str], region: str, settings: Settings) -> dict[str, bool]:
    """Say of each number whether it is never texted.

    Raises:
        InputError: one of them is not a number.
    """
    stored = set(stored_numbers(settings))
    return {number: number in stored for number in _read(texts, region)}


def remove_numbers(texts: Sequence[str], region: str, settings: Settings) -> int:
    """Forget numbers, which may be texted again; say how many were known.

    Raises:
        InputError: one of them is not a number; nothing was removed.
    """
    digits = [int(number) for number in _read(texts, region)]
    if not ledger_exists(settings.home, settings.ledger):
        return 0
    with open_ledger(settings.home, settings.ledger) as ledger:
        return ledger.opt_outs.remove(digits)


def export_numbers(path: Path, settings: Settings) -> int:
    """Write every number into a CSV that `--optouts` and `optout import` read."""
    numbers = stored_numbers(settings)
    write_table(path, ["phone_number"], ([number] for number in numbers))
    return len(numbers)


def _read(texts: Sequence[str], region: str) -> list[str]:
    """Bring typed numbers into E.164."""
    found = []
    for text in texts:
        judged = parse_number(text, region, LENIENT_RULES)
        if judged.reason is not None:
            told = sentence(judged.reason, text, region).rstrip(".")
            raise InputError(f"{told}; nothing was changed.")
        found.append(judged.e164)
    return found
