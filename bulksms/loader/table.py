"""Builds columns of text from numbered records: header found, blanks skipped, widths made even.

It must not know where the records came from.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from bulksms.columnar.arrays import strings_to_arrow
from bulksms.finding import Finding, Level
from bulksms.loader.cell_damage import Spoilt
from bulksms.loader.gate import Gate
from bulksms.loader.interface import Record
from bulksms.loader.row_store import RowStore, RowStoreWriter

SAMPLE = 100
HEADER_SEARCH = 20
BLOCK = 20_000
GAP = 100
RAGGED_SHARE = 0.01
_NUMBER = re.compile(r"\s*\+?(?:\d[\s.\-/()]*){8,}$")
_DATE = re.compile(r"\s*(?:\d{4}[.\-/]\d\d?[.\-/]\d\d?|\d\d?[.\-/]\d\d?[.\-/]\d{4})\s*$")
_ADDRESS = re.compile(r"\s*\S+@\S+\.\w+\s*$")
_LONG_NUMBER = re.compile(r"(?:\d[\s.\-/()]*){6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The columns of a sheet, before it is known as one.

    Attributes:
        spoilt: the cells that look spoilt, noted as the rows were read.
    """

    header: tuple[str, ...]
    rows: RowStore
    ragged: NDArray[np.int64]
    findings: tuple[Finding, ...]
    spoilt: Spoilt


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first filled records, and what they say of the rest.

    Attributes:
        place: where the header stands among the records; -1 when there is none.
        names: what it calls the columns, their numbers when there is none.
        gaps: the numbers of the records that stand below more than `GAP` blank ones.
    """

    records: list[Record]
    place: int
    names: tuple[str, ...]
    gaps: list[int]

    @property
    def number(self) -> int:
        """The number of the header; 0 when there is none."""
        return self.records[self.place][0] if self.place >= 0 else 0


def build(
    records: Iterable[Record],
    *,
    no_header: bool,
    width: int | None = None,
    keep: Container[int] = (),
    guarded: bool = False,
) -> Table:
    """Find the header and lay the records below it into columns.

    Args:
        records: numbered as people see them, blank ones included or not.
        no_header: the first record is already a contact.
        width: the number of columns when it is known; else the header decides.
        keep: numbers of rows that look blank and are not, as they hold an error.
        guarded: take Excel's guards off the cells.
    """
    gaps: list[int] = []
    stream = _filled(records, keep, gaps)
    head = _head(stream, gaps, no_header=no_header, width=width)
    body = chain(head.records[head.place + 1 :], stream)
    gate = Gate(guarded=guarded)
    rows, ragged = _columns(body, len(head.names), gate)
    return assemble(head, rows, ragged, gaps, gate.spoilt)


def find_head(records: Iterable[Record], *, no_header: bool) -> Head:
    """Find the header among the first records; no more of them are taken than it needs."""
    gaps: list[int] = []
    return _head(_filled(records, (), gaps), gaps, no_header=no_header, width=None)


def head_of(records: list[Record], *, no_header: bool, width: int | None) -> Head:
    """Find the header among the first filled records."""
    return _head(iter(records), [], no_header=no_header, width=width)


def _head(stream: Iterator[Record], gaps: list[int], *, no_header: bool, width: int | None) -> Head:
    records = list(islice(stream, SAMPLE))
    place = -1 if no_header or not records else _header_place([cells for _, cells in records])
    return Head(records=records, place=place, names=_names(records, place, width), gaps=gaps)


def assemble(
    head: Head,
    rows: RowStore,
    ragged: NDArray[np.int64],
    gaps: Sequence[int],
    spoilt: Spoilt,
) -> Table:
    """Put the columns below a header, with what people must know of them.

    `gaps` are the numbers of the rows that stand below more than `GAP` blank ones.
    """
    findings = (
        *_notes(head.records, head.place),
        *_gap_notes(gaps),
        *_ragged_notes(ragged, len(rows)),
    )
    return Table(header=head.names, rows=rows, ragged=ragged, findings=findings, spoilt=spoilt)


def _filled(records: Iterable[Record], keep: Container[int], gaps: list[int]) -> Iterator[Record]:
    """Leave blank records out; where many stand together, the next filled row goes to `gaps`."""
    blank = 0
    started = False
    for number, cells in records:
        if any(map(str.strip, cells)) or number in keep:
            if started and blank > GAP:
                gaps.append(number)
            blank, started = 0, True
            yield number, cells
        else:
            blank += 1


def typical_width(records: Sequence[Sequence[str]]) -> int:
    """The commonest width, trailing blanks not counted."""
    widths = Counter(_width(cells) for cells in records)
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def looks_like_data(cells: Sequence[str]) -> bool:
    """Whether a cell holds a long number or an address, as no header does."""
    return any(_LONG_NUMBER.search(cell) or "@" in cell for cell in cells)


def _width(cells: Sequence[str]) -> int:
    for position in range(len(cells), 0, -1):
        if cells[position - 1].strip():
            return position
    return 0


def _header_place(head: Sequence[Sequence[str]]) -> int:
    """The first record as wide as what stands below it.

    When that one looks like a contact, the record above it is the header if it has two
    cells: a header one cell short must not cost the first contact.
    """
    for place, cells in enumerate(head[:-1][:HEADER_SEARCH]):
        typical = typical_width(head[place + 1 :])
        filled = sum(1 for cell in cells if cell.strip())
        if _width(cells) >= typical and filled * 2 > typical:
            if place and looks_like_data(cells) and _could_head(head[place - 1]):
                return place - 1
            return place
    return 0


def _could_head(cells: Sequence[str]) -> bool:
    return _width(cells) > 1 and not looks_like_data(cells)


def _names(head: Sequence[Record], place: int, width: int | None) -> tuple[str, ...]:
    if place < 0:
        wide = Counter(len(cells) for _, cells in head)
        return tuple(str(n + 1) for n in range(width or max(wide, key=wide.__getitem__, default=1)))
    cells = head[place][1]
    missing = max((width or 0) - len(cells), 0)
    return tuple(cell.strip() for cell in cells) + ("",) * missing


def _columns(body: Iterator[Record], width: int, gate: Gate) -> tuple[RowStore, NDArray[np.int64]]:
    ragged: list[int] = []
    writer = RowStoreWriter(width, gate)
    while block := list(islice(body, BLOCK)):
        for number, cells in [record for record in block if len(record[1]) != width]:
            if any(map(str.strip, cells[width:])):
                ragged.append(number)
            cells[width:] = [""] * (width - len(cells))
        columns = zip(*(cells for _, cells in block), strict=True)
        numbers = np.array([number for number, _ in block])
        writer.add([strings_to_arrow(column) for column in columns], numbers)
    return writer.done(), np.array(ragged, dtype=np.int64)


def _notes(head: Sequence[Record], place: int) -> tuple[Finding, ...]:
    findings = []
    if place > 0:
        message = f"{place} lines above the header in row {head[place][0]} were skipped as titles."
        findings.append(Finding(code="title_lines", message=message, count=place))
    if head and place >= 0 and looks_like_data(head[place][1]):
        message = f"The header in row {head[place][0]} looks like a contact: is --no-header meant?"
        level = Level.ERROR if _is_contact(head, place) else Level.NOTE
        ask = level is Level.ERROR
        findings.append(
            Finding(code="header_looks_like_data", message=message, level=level, ask=ask)
        )
    return tuple(findings)


def _is_contact(head: Sequence[Record], place: int) -> bool:
    """Whether a number or an address heads a column of its like: a date heads many a column."""
    below = [cells for _, cells in head[place + 1 :]]
    for position, name in enumerate(head[place][1]):
        column = [cells[position] for cells in below if len(cells) > position]
        alike = sum(map(_tells_a_person, column))
        if _tells_a_person(name) and alike * 2 > sum(1 for cell in column if cell.strip()):
            return True
    return False


def _tells_a_person(cell: str) -> bool:
    return bool(_ADDRESS.match(cell) or (_NUMBER.match(cell) and not _DATE.match(cell)))


def _ragged_notes(ragged: NDArray[np.int64], rows: int) -> tuple[Finding, ...]:
    """Ask when many rows are ragged; each is left out, but its neighbours may be shifted too."""
    if len(ragged) < 2 or len(ragged) <= rows * RAGGED_SHARE:  # noqa: PLR2004 - one is no pattern
        return ()
    message = (
        f"{len(ragged)} of {rows} rows have more cells than the header has columns, the first in"
        f" row {ragged[0]}: mend the separators or quotes."
    )
    return (
        Finding(
            code="ragged_rows", message=message, count=len(ragged), level=Level.ERROR, ask=True
        ),
    )


def _gap_notes(gaps: Sequence[int]) -> tuple[Finding, ...]:
    if not gaps:
        return ()
    message = f"Over {GAP} blank rows stand above row {gaps[0]}: are the rows below them meant?"
    return (Finding(code="gap", message=message, count=len(gaps), level=Level.ERROR, ask=True),)
