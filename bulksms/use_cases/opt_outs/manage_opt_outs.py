"""Manages the numbers that are never texted: add, import, list, check, remove, export.

Numbers are normalised before they are compared. When one of several typed numbers cannot be
read, none is stored, so that no opt-out seems recorded when it was not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bulksms.contacts import OptOutList, Replies, read_replies
from bulksms.contacts.opt_outs.reading import LENIENT_RULES
from bulksms.contacts.phones.display import rejection_sentence
from bulksms.contacts.phones.parse import parse_number
from bulksms.errors import InputError
from bulksms.ledger import ledger_exists, open_ledger
from bulksms.loader import open_sheets, shown_file
from bulksms.output.csv_rows import write_table
from bulksms.plan.opt_out_files import read_opt_out_file
from bulksms.settings import Settings

__all__ = [
    "Imported",
    "add_numbers",
    "check_numbers",
    "count_hashed",
    "export_numbers",
    "import_files",
    "import_replies",
    "read_numbers",
    "remove_numbers",
    "stored_numbers",
    "stored_opt_outs",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The result of an import: numbers read, numbers that are new, cells that cannot be read."""

    read: int
    new: int
    unreadable: int


def stored_opt_outs(settings: Settings) -> OptOutList:
    """Read the stored opt-outs; a missing ledger is not created."""
    if not ledger_exists(settings.home, settings.ledger):
        return OptOutList()
    with open_ledger(settings.home, settings.ledger) as ledger:
        return OptOutList.from_digits(ledger.opt_outs.all())


def count_hashed(settings: Settings) -> int:
    """Count the stored opt-outs that are known by a keyed hash alone, as of erased people."""
    if not ledger_exists(settings.home, settings.ledger):
        return 0
    with open_ledger(settings.home, settings.ledger) as ledger:
        return ledger.opt_outs.count_hashed()


def stored_numbers(settings: Settings) -> list[str]:
    """List the stored opt-outs in E.164, sorted."""
    return [f"+{digits}" for digits in stored_opt_outs(settings).digits.tolist()]


def add_numbers(texts: Sequence[str], region: str, settings: Settings, now: datetime) -> int:
    """Store typed numbers and return how many are new.

    Raises:
        InputError: one of them is not a number; nothing was added.
    """
    digits = [int(number) for number in read_numbers(texts, region)]
    with open_ledger(settings.home, settings.ledger) as ledger:
        return ledger.opt_outs.add(digits, "typed", now)


def import_files(
    files: Sequence[str], region: str, settings: Settings, now: datetime
) -> tuple[Imported, ...]:
    """Store every number of files; all are read before the first is stored.

    Raises:
        InputError: a file cannot be read or contains no number; nothing was added.
    """
    lists = [(path, read_opt_out_file(path, region)) for path in files]
    for path, opt_outs in lists:
        if not len(opt_outs):
            raise InputError(
                f"{shown_file(path)} contains no phone number: check that it is the right file; "
                "nothing was added.",
                code="no_phone_number",
            )
    with open_ledger(settings.home, settings.ledger) as ledger:
        return tuple(
            Imported(
                read=len(opt_outs),
                new=ledger.opt_outs.add(opt_outs.digits.tolist(), Path(shown_file(path)).name, now),
                unreadable=opt_outs.unreadable,
            )
            for path, opt_outs in lists
        )


def import_replies(
    files: Sequence[str], region: str, settings: Settings, now: datetime
) -> tuple[tuple[Replies, int], ...]:
    """Store everyone whose whole reply says stop; return the replies and how many are new.

    Raises:
        InputError: a file cannot be read, or has no messages; nothing was added.
    """
    inboxes = [(path, read_replies(open_sheets(path), region)) for path in files]
    with open_ledger(settings.home, settings.ledger) as ledger:
        return tuple(
            (
                replies,
                ledger.opt_outs.add(
                    replies.opt_outs.digits.tolist(), f"reply in {Path(shown_file(path)).name}", now
                ),
            )
            for path, replies in inboxes
        )


def check_numbers(texts: Sequence[str], region: str, settings: Settings) -> dict[str, bool]:
    """Return whether each number is stored.

    Raises:
        InputError: one of them is not a number.
    """
    asked = read_numbers(texts, region, outcome="")
    if not ledger_exists(settings.home, settings.ledger):
        return dict.fromkeys(asked, False)
    with open_ledger(settings.home, settings.ledger) as ledger:
        stored = {f"+{digits}" for digits in ledger.opt_outs.among(map(int, asked)).tolist()}
    return {number: number in stored for number in asked}


def remove_numbers(texts: Sequence[str], region: str, settings: Settings) -> int:
    """Remove numbers, which may be texted again, and return how many were stored.

    Raises:
        InputError: one of them is not a number; nothing was removed.
    """
    digits = [int(number) for number in read_numbers(texts, region)]
    if not ledger_exists(settings.home, settings.ledger):
        return 0
    with open_ledger(settings.home, settings.ledger) as ledger:
        return ledger.opt_outs.remove(digits)


def export_numbers(path: Path, settings: Settings) -> int:
    """Write the stored opt-outs as a CSV that `--optouts` and `optout import` read."""
    numbers = stored_numbers(settings)
    write_table(path, ["phone_number"], ([number] for number in numbers))
    return len(numbers)


def read_numbers(
    texts: Sequence[str], region: str, outcome: str = "; nothing was changed"
) -> list[str]:
    """Return typed numbers in E.164; an error ends with its `outcome`."""
    numbers = []
    for text in texts:
        parsed = parse_number(text, region, LENIENT_RULES)
        if parsed.reason is not None:
            problem = rejection_sentence(parsed.reason, text, region).rstrip(".")
            raise InputError(f"{problem}{outcome}.", code="number_invalid")
        numbers.append(parsed.e164)
    return numbers
