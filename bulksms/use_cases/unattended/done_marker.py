"""The file that a producer writes when a dump is complete, and the row count in it."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from bulksms.errors import RuleError, UsageError

__all__ = ["DoneMarker"]

MARKER_BYTES = 4096
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_NUMBER = re.compile(r"\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+|\d+")
_COUNT_NAMES = frozenset(
    {"rows", "row", "row_count", "rowcount", "count", "records", "record_count", "lines"}
    | {"lignes", "nb_lignes", "zeilen", "total"}
)
_NAMED_COUNT = re.compile(rf"\s*([A-Za-z_ ]+?)\s*[:=]\s*({_NUMBER.pattern})\s*")


@dataclass(frozen=True, slots=True)
class DoneMarker:
    """How the marker of a dump is called: `{name}.done`, `{stem}.ok`, `.done`, or `_SUCCESS`.

    `{name}` is the name of the dump and `{stem}` the same without its last suffix. A pattern that
    begins with a dot is added to the name. Any other marks every dump older than itself.
    """

    pattern: str

    def __post_init__(self) -> None:
        """Check the pattern.

        Raises:
            UsageError: it has a placeholder other than `{name}` and `{stem}`, or names a folder.
        """
        unknown = set(_PLACEHOLDER.findall(self.pattern)) - {"name", "stem"}
        if unknown or not self.pattern or set(self.pattern) & set("/\\*?"):
            raise UsageError(
                f"done_marker = {self.pattern!r} is not valid: write {{name}}.done, {{stem}}.ok, "
                "or the name of a file in the same folder, such as _SUCCESS."
            )

    @property
    def is_shared(self) -> bool:
        """Whether one marker is for all the dumps in a folder."""
        return not self.pattern.startswith(".") and not _PLACEHOLDER.search(self.pattern)

    def of(self, name: str) -> str:
        """Name the marker of a dump."""
        pattern = f"{{name}}{self.pattern}" if self.pattern.startswith(".") else self.pattern
        return pattern.replace("{name}", name).replace("{stem}", PurePath(name).stem)

    def may_be(self, name: str) -> bool:
        """Whether a name is that of a marker, which is never a dump itself."""
        pattern = f"{{name}}{self.pattern}" if self.pattern.startswith(".") else self.pattern
        parts = (re.escape(part) for part in _PLACEHOLDER.split(pattern)[::2])
        return re.fullmatch(".+".join(parts), name) is not None

    def require(self, files: Iterable[Path]) -> int | None:
        """Check that every file is marked; return how many rows the markers announce together.

        It is `None` when one of them announces none, or is for other files too.

        Raises:
            RuleError: a file has no marker, or one that is older than itself.
        """
        counts = [self._require(path) for path in files]
        announced = [count for count in counts if count is not None]
        return sum(announced) if counts and len(announced) == len(counts) else None

    def _require(self, path: Path) -> int | None:
        marker = path.with_name(self.of(path.name))
        try:
            is_older = marker.stat().st_mtime_ns < path.stat().st_mtime_ns
            content = marker.read_bytes()
        except OSError:
            raise RuleError(
                f"{path} is not complete yet, since {marker.name} is missing: wait for the "
                "program that writes it. Nothing was sent."
            ) from None
        if is_older:
            raise RuleError(
                f"{path} is newer than {marker.name}, so it is being written again: wait for the "
                "program that writes it. Nothing was sent."
            )
        return None if self.is_shared else self.row_count(content)

    @staticmethod
    def row_count(content: bytes) -> int | None:
        """Read the number of rows from the content of a marker; `None` when it says none.

        Only a bare number, `rows=2000`, or JSON with such a key counts: a date or a checksum is
        no row count.
        """
        text = content[:MARKER_BYTES].decode("utf-8", "replace").strip("\ufeff \t\r\n")
        if _NUMBER.fullmatch(text):
            return _number(text)
        for line in text.splitlines():
            named = _NAMED_COUNT.fullmatch(line)
            if named and named[1].lower().replace(" ", "_") in _COUNT_NAMES:
                return _number(named[2])
        return _json_count(text)


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def _json_count(text: str) -> int | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    for name, count in value.items():
        if name.lower() in _COUNT_NAMES and isinstance(count, int) and count is not True:
            return count
    return None
