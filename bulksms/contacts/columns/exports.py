"""Recognises the export of a known CRM or address book by at least two telling headers.

The exports are in `crm.toml`. It must not know any row of the table, nor rank what is not listed.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bulksms.contacts.columns.headers import compact

__all__ = ["KnownExport", "recognise"]

ENOUGH = 2  # one header such as "Email" or "Record ID" tells nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownExport:
    """An export we know; headers are written as `headers.compact` leaves them."""

    name: str
    telling: frozenset[str]
    phones: tuple[str, ...]


def recognise(header: Iterable[str]) -> KnownExport | None:
    """Name the export with the most telling headers; `None` below two, or when two are level."""
    seen = {compact(text) for text in header}
    counted = [(len(export.telling & seen), export) for export in _known()]
    most = max(count for count, _ in counted)
    best = [export for count, export in counted if count == most]
    return best[0] if most >= ENOUGH and len(best) == 1 else None


@cache
def _known() -> tuple[KnownExport, ...]:
    text = resources.files("bulksms.contacts.columns").joinpath("crm.toml").read_text("utf-8")
    return tuple(
        KnownExport(
            name=entry["name"],
            telling=frozenset(map(compact, entry["telling"])),
            phones=tuple(map(compact, entry["phones"])),
        )
        for entry in tomllib.loads(text)["export"]
    )
