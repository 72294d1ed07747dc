"""The types of the loader: what to read, and what was read from where."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bulksms.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from bulksms.loader.row_store import RowStore

# The number of a row as people see it, and its cells.
Record = tuple[int, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The user's options about the file; `None` means detect it.

    Attributes:
        max_rows: how many rows a sheet may have; reading ends soon after as many.
    """

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    no_header: bool = False
    header_row: int | None = None
    include_hidden: bool = False
    locale: str | None = None
    max_rows: int | None = None

    @property
    def chosen_header(self) -> int | None:
        """The number of the header row as the user says; 0 without a header."""
        return 0 if self.no_header else self.header_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file and its sheet, how it was read, and how to compute the SHA-256 of its bytes."""

    path: str
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    compute_digest: "Callable[[], str]" = field(repr=False, compare=False)

    @property
    def shown(self) -> str:
        """The file as a sentence names it."""
        return shown_file(self.path)

    @property
    def digest(self) -> str:
        """The SHA-256 of the bytes in hex; it reads them again.

        Raises:
            LoadError: the file has changed.
        """
        return self.compute_digest()


def shown_file(path: str) -> str:
    """Name a file in a sentence: `-` is standard input."""
    return "standard input" if path == "-" else path


def no_rows() -> "NDArray[np.int64]":
    """Return an empty array of row numbers."""
    import numpy as np

    return np.empty(0, dtype=np.int64)


def no_cells() -> "NDArray[np.int64]":
    """Return an empty array of cells."""
    import numpy as np

    return np.empty((0, 2), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedCells:
    """Some cells, each with a text to read instead of its own.

    Attributes:
        cells: pairs of a position in the rows, from 0, and a column, in order; shape (n, 2).
    """

    cells: "NDArray[np.int64]" = field(default_factory=no_cells)
    texts: tuple[str, ...] = ()

    def put_into(self, texts: "pa.StringArray", column: int, start: int) -> "pa.StringArray":
        """Replace texts of a column; `start` is the position of the first of them in the rows."""
        if not self.texts:
            return texts
        import numpy as np
        import pyarrow.compute as pc

        from bulksms.columnar.arrays import bools_to_arrow, strings_to_arrow

        first, last = np.searchsorted(self.cells[:, 0], [start, start + len(texts)]).tolist()
        chosen = np.flatnonzero(self.cells[first:last, 1] == column) + first
        if not len(chosen):
            return texts
        mask = np.zeros(len(texts), dtype=np.bool_)
        mask[self.cells[chosen, 0] - start] = True
        replacements = strings_to_arrow([self.texts[at] for at in chosen.tolist()])
        return pc.replace_with_mask(texts, bools_to_arrow(mask), replacements)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of text.

    Attributes:
        rows: text columns 0, 1, … under `header`; an empty cell is `""`, never missing.
        ragged: the numbers of the rows whose cells may be shifted.
        broken: the numbers of the rows with a broken quote.
        unresolved: cells with an error or with a formula without a value: pairs of an index
            into `rows` and a column, both from 0; shape (n, 2).
        digits: the cells whose text does not show all digits of their number, such as `3.36E+10`:
            all digits, after the prefix of the number format, in case it is a phone number.
        hidden_rows: how many hidden rows were left out.
        hidden_columns: the filled columns that are hidden in the spreadsheet.
        hidden_sheets: the titles of the workbook's hidden sheets, which are not read; only its
            first sheet has them.
    """

    source: Source
    header: tuple[str, ...]
    rows: "RowStore"
    ragged: "NDArray[np.int64]" = field(default_factory=no_rows)
    broken: "NDArray[np.int64]" = field(default_factory=no_rows)
    unresolved: "NDArray[np.int64]" = field(default_factory=no_cells)
    digits: ReplacedCells = field(default_factory=ReplacedCells)
    hidden_rows: int = 0
    hidden_columns: frozenset[int] = frozenset()
    hidden_sheets: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
