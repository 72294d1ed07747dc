"""Which field of the API carries which words of the text.

It must not know rows one by one, segments or the network.

The API has seven fields, no fallbacks and no other names (`octopush-api.md` 6.4). So columns of
the sheet travel in the params nobody uses, a fallback travels as the value of the row, and when
the params do not suffice, neighbours travel together with the words between them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING

from bulksms.contacts import CONTACT_COLUMNS, FIELDS, PARAMS
from bulksms.errors import TemplateError
from bulksms.message.joining import Span, join
from bulksms.message.template import Placeholder, Template
from bulksms.nearest import nearest_hint

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FieldAssignment", "assign_fields", "refuse_unknown"]

Group = tuple[str | Placeholder, ...]  # neighbours that become one piece of the API's text


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAssignment:
    """A text in the API's words, and the words of the user's text that each field carries.

    `wording` is the text as if there were params enough: the rows have no say in it.
    """

    api_template: Template
    templates_by_field: Mapping[str, Template]
    canonical_text: str

    @property
    def columns_by_field(self) -> dict[str, tuple[str, ...]]:
        """The columns each field carries, where they are not the field's own."""
        named = {field: words.placeholders for field, words in self.templates_by_field.items()}
        return {field: names for field, names in named.items() if names != (field,)}


def refuse_unknown(template: Template, columns: list[str]) -> None:
    """Check that every placeholder has a column.

    Raises:
        TemplateError: one has none; it names the nearest.
    """
    for name in template.placeholders:
        if name not in columns:
            known = [column for column in columns if column not in CONTACT_COLUMNS]
            raise TemplateError(
                f"No column is called {name!r}, which the text names in braces"
                f"{nearest_hint(name, known)}: use the name of a column."
            )


def assign_fields(template: Template, contacts: "pd.DataFrame") -> FieldAssignment:
    """Choose the field each placeholder travels in, joining neighbours when there are too many.

    Raises:
        TemplateError: more values than the API has fields, and no way to join them.
    """
    own = _own_fields(template)
    free = [param for param in PARAMS if param not in contacts.columns]
    waiting = [slot for slot in template.slots if slot not in own]
    spans = join(template, contacts, own, len(free)) if len(waiting) > len(free) else ()
    groups = _grouped(template, spans)
    fields: dict[Group, str] = {(slot,): field for slot, field in own.items()}
    unplaced = dict.fromkeys(group for group in groups if _travels(group) and group not in fields)
    fields |= dict(zip(unplaced, free, strict=False))
    pieces = tuple(
        Placeholder(name=fields[group]) if _travels(group) else str(group[0]) for group in groups
    )
    templates_by_field = {
        field: Template(pieces=group) for group, field in fields.items() if group in groups
    }
    return FieldAssignment(
        api_template=Template(pieces=pieces),
        templates_by_field=templates_by_field,
        canonical_text=_wording(template, own, free),
    )


def _travels(group: Group) -> bool:
    return isinstance(group[0], Placeholder)


def _wording(template: Template, own: Mapping[Placeholder, str], free: list[str]) -> str:
    waiting = [slot for slot in template.slots if slot not in own]
    beyond = (f"param{number}" for number in count(len(PARAMS) + 1))
    names = {**own, **dict(zip(waiting, chain(free, beyond), strict=False))}
    return "".join(
        piece if isinstance(piece, str) else f"{{{names[piece]}}}" for piece in template.pieces
    )


def _own_fields(template: Template) -> dict[Placeholder, str]:
    """Give a field's own slot to its plain use; with a fallback the column is another value."""
    own: dict[Placeholder, str] = {}
    for slot in sorted(template.slots, key=lambda slot: slot.fallback is not None):
        if slot.name in FIELDS and slot.name not in own.values():
            own[slot] = slot.name
    return own


def _grouped(template: Template, spans: tuple[Span, ...]) -> list[Group]:
    """Cut the pieces at the borders of what is joined."""
    stops = dict(spans)
    groups: list[Group] = []
    where = 0
    while where < len(template.pieces):
        after = stops.get(where, where) + 1
        groups.append(template.pieces[where:after])
        where = after
    return groups
