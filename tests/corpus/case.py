"""What a file of the corpus is, and what must come out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bulksms.errors import BulkSmsError
from bulksms.loader import ReadOptions

Row = tuple[str, ...]
Rows = Mapping[int, Row]

HEADER: Row = ("phone", "first_name", "city")
# Letters that every encoding of the corpus has, and a comma to be quoted.
ROWS: Rows = {
    2: ("0639980001", "Zoé", "Saint-Étienne"),
    3: ("+33639980002", "Héloïse", "Besançon"),
    4: ("0639980003", "Cœur, Strauß", "Málaga"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file: its name, its bytes, and either a table or an error and words of its sentence."""

    file: str
    data: bytes | Callable[[], bytes]  # large ones are made when they are needed
    header: Row = HEADER
    rows: Rows = field(default_factory=lambda: ROWS)
    findings: frozenset[str] = frozenset()
    hidden_rows: int = 0
    ragged: tuple[int, ...] = ()
    broken: tuple[int, ...] = ()
    unresolved: frozenset[tuple[int, int]] = frozenset()
    error: type[BulkSmsError] | None = None
    sentence: str = ""
    options: ReadOptions = field(default_factory=ReadOptions)
    seconds: float = 10.0

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.data if isinstance(self.data, bytes) else self.data()
