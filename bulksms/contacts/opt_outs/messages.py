"""Exported messages: whether one says stop, and which columns hold writers and receivers."""

import re
from collections.abc import Mapping
from functools import cache

import pyarrow.compute as pc

from bulksms.contacts.columns.consent_headers import matches
from bulksms.contacts.columns.headers import compact, words
from bulksms.contacts.opt_outs.lists import OptOutList
from bulksms.loader import Sheet
from bulksms.text_files import read_shipped_table

SHORT_CODE = re.compile(r"(?:(?:au|to|an|al|a|naar) )?\d{5}")
STOP_SIGN = "\N{OCTAGONAL SIGN}"

__all__ = ["columns_called", "may_say_stop", "other_party", "says_stop"]


def says_stop(message: str) -> bool:
    """Return whether a whole message asks for no more texts, politely or not."""
    message_words = words(message)
    if "".join(message_words) in _stop_words():
        return True
    asked = [word for word in message_words if word not in _listed("polite")]
    if SHORT_CODE.fullmatch(" ".join(asked[1:])):
        asked = asked[:1]  # the number that the text gave
    return "".join(asked if len(set(asked)) > 1 else asked[:1]) in _stop_words()


def may_say_stop(message: str) -> bool:
    """Return whether a message has a word for stopping among others."""
    message_words = words(message)
    stems = tuple(_listed("stems"))
    return (
        STOP_SIGN in message
        or any(word.startswith(stems) for word in message_words)
        or matches("cells", "refusal", " ".join(message_words))
    )


def columns_called(sheet: Sheet, name: str) -> tuple[int, ...]:
    """Return the columns whose header is in one of the lists of `replies.toml`."""
    return tuple(at for at, header in enumerate(sheet.header) if compact(header) in _listed(name))


def other_party(
    sheet: Sheet, numbers: Mapping[int, OptOutList]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the columns of the people, and those that hold our own number or texts.

    Both are empty for a list that is not an export of messages. Where it is not clear who is who,
    everyone counts.
    """
    senders = columns_called(sheet, "sender_headers")
    recipients = columns_called(sheet, "recipient_headers")
    texts = columns_called(sheet, "text_headers")
    if not senders or not recipients:
        return _by_number(sheet, numbers, texts)
    wrote = sum(len(numbers[at]) for at in senders)
    received = sum(len(numbers[at]) for at in recipients)
    if wrote and (received <= 1 or any(_has_stop(sheet, at) for at in texts)):
        return senders, (*recipients, *texts)
    return (*senders, *recipients), texts


def _by_number(
    sheet: Sheet, numbers: Mapping[int, OptOutList], texts: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Find our own number where no header does: it received every STOP of several people."""
    varied = tuple(at for at, column in numbers.items() if len(column) > 1)
    constant = tuple(at for at, column in numbers.items() if len(column) == 1)
    in_each_row = all(numbers[at].cells == len(sheet.rows) for at in constant)
    if (
        len(varied) == len(constant) == 1
        and in_each_row
        and any(_has_stop(sheet, at) for at in texts)
    ):
        return varied, (*constant, *texts)
    return (), ()


def _has_stop(sheet: Sheet, at: int) -> bool:
    distinct = pc.unique(sheet.rows.column(at)).to_pylist()
    return any(map(says_stop, distinct))


@cache
def _stop_words() -> frozenset[str]:
    return _listed("words") | _listed("mentions")


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(read_shipped_table("bulksms.contacts.opt_outs", "replies.toml")[name])
