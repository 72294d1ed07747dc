"""Rewrites the packed contents of the ledger without a person: requests, rows and sentences."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bulksms.contacts import format_e164
from bulksms.contacts.phones.search_pattern import search_pattern
from bulksms.ledger.people.erasures import ContentEditor
from bulksms.octopush.request import erase_recipients
from bulksms.use_cases.orders.sent_texts import finished_texts

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["editor_for", "editor_for_everyone"]

MASK = "(erased)"
# Digits after a plus, or more of them than any count, code, date or amount of the ledger has.
ANY_NUMBER = re.compile(
    r"\+[0-9](?:[ .()-]{0,3}[0-9]){6,14}|(?<![0-9A-Za-z])[0-9]{9,15}(?![0-9A-Za-z])"
)


def editor_for(number: int) -> ContentEditor:
    """Make the editor that removes one person."""
    pattern = search_pattern(number)
    expression = re.compile(pattern)

    def remove_row(packed: bytes, pseudonym: int) -> bytes | None:
        from bulksms.results.person_rows import remove_person

        return remove_person(packed, f"+{number}", pattern, f"+{pseudonym}")

    return ContentEditor(
        remove_recipients=_remove_recipients,
        finished_texts=_finished_texts,
        remove_row=remove_row,
        mask=lambda text: expression.sub(rf"{MASK}\1", text),
    )


def editor_for_everyone() -> ContentEditor:
    """Make the editor that removes everyone in a campaign."""
    return ContentEditor(
        remove_recipients=_remove_recipients,
        finished_texts=_finished_texts,
        remove_row=lambda _packed, _pseudonym: None,
        mask=lambda text: ANY_NUMBER.sub(MASK, text),
    )


def _remove_recipients(body: bytes, numbers: "PhoneNumbers") -> bytes:
    return erase_recipients(body, set(format_e164(numbers).to_pylist()))


def _finished_texts(body: bytes) -> Mapping[int, str]:
    texts = finished_texts(body)
    return dict(zip(texts.index.tolist(), texts, strict=True))
