"""Remembers which column was what, and offers it again for lists with the same columns."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from bulksms.output.whole_file import whole_file
from bulksms.web.drafts.draft_columns import DraftColumn

__all__ = ["RememberedColumns"]

KEPT = 50  # lists of different columns


class RememberedColumns:
    """The choices of a state folder, by the headers of the lists they were made for."""

    def __init__(self, home: Path) -> None:
        self._path = home / "page-columns.json"

    def get(self, columns: Iterable[DraftColumn]) -> tuple[str, ...]:
        """Return the `map` that was chosen for these columns; empty when there is none."""
        return tuple(self._read().get(_shape(columns), ()))

    def keep(self, columns: Iterable[DraftColumn], mapping: Iterable[str]) -> None:
        """Remember a choice; the oldest ones are forgotten."""
        kept = self._read()
        shape = _shape(columns)
        kept.pop(shape, None)
        kept[shape] = list(mapping)
        newest = list(kept.items())[-KEPT:]
        with whole_file(self._path, "utf-8") as file:
            json.dump(dict(newest), file)

    def _read(self) -> dict[str, list[str]]:
        """Read the file; a damaged one remembers nothing."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}


def _shape(columns: Iterable[DraftColumn]) -> str:
    """A digest of the headers in their order; the file holds no header itself."""
    headers = "\0".join(column.header for column in columns)
    return hashlib.sha256(headers.encode()).hexdigest()
