"""Reads xlsx, xlsm, xls and ods: the cells people see, as text. It never trusts a stated size."""

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd

from bulksms.errors import EmptySheet, LoadError, NoSuchSheet
from bulksms.loader.cells import Value, text_of
from bulksms.loader.container import BAD_XML, check_parts, damaged, open_container, read_part
from bulksms.loader.detection import Kind, password_protected
from bulksms.loader.interface import Note, ReadOptions
from bulksms.loader.opendocument import read_overlays
from bulksms.loader.overlay import Overlay, read_overlay
from bulksms.loader.styles import Padding, read_paddings
from bulksms.loader.table import Record, Table, build

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_CELLS = 40_000_000
_CUT = frozenset({65_536, 1_048_576})


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """One sheet of a workbook, read."""

    name: str
    table: Table
    damaged: pd.DataFrame
    hidden_rows: int
    hidden_columns: frozenset[int]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The zip behind an xlsx: where each sheet lives, and which formats pad."""

    archive: zipfile.ZipFile
    paths: dict[str, str]
    paddings: dict[str, Padding]
    name: str

    def overlay(self, sheet: str) -> Overlay:
        part = self.paths.get(sheet)
        if part is None or part not in self.archive.NameToInfo:
            return Overlay()
        return read_overlay(self.archive, part, self.name, self.paddings)


def read_workbook(
    data: bytes, name: str, kind: Kind, options: ReadOptions
) -> tuple[Worksheet, ...]:
    """Read the named sheet, or every visible sheet that has rows."""
    overlays = _overlays(data, name, kind)
    try:
        found, hidden = _read_sheets(data, name, overlays, options)
    except BaseException as error:
        # A bug of calamine panics: no `Exception`, and of a class that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged(name) from error
    return _with_rows(found, hidden, name)


def _read_sheets(
    data: bytes, name: str, overlays: Callable[[str], Overlay], options: ReadOptions
) -> tuple[list[Worksheet], list[str]]:
    """The sheets that were read, and the names of the hidden ones that were not."""
    found = []
    with _open(data, name) as book:
        chosen, hidden = _choose(book, name, options)
        for title in chosen:
            overlay = overlays(title)
            _refuse_far(overlay, name, title)
            found.append(_read_sheet(_sheet(book, title, name), overlay, options))
    return found, hidden


def _overlays(data: bytes, name: str, kind: Kind) -> Callable[[str], Overlay]:
    """What gives the overlay of a sheet; an xls has none that we can read."""
    if kind is Kind.XLS:
        return lambda _: Overlay()
    archive = open_container(data, name)
    check_parts(archive, name)
    if kind is Kind.ODS:
        known = read_overlays(archive, name)
        return lambda title: known.get(title, Overlay())
    return _parts(archive, name).overlay


def _parts(archive: zipfile.ZipFile, name: str) -> _Parts:
    try:
        paths = _sheet_parts(archive, name)
        paddings = read_paddings(read_part(archive, "xl/styles.xml", name))
    except BAD_XML as error:
        raise damaged(name) from error
    return _Parts(archive=archive, paths=paths, paddings=paddings, name=name)


def _sheet_parts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    book = read_part(archive, "xl/workbook.xml", name)
    relations = read_part(archive, "xl/_rels/workbook.xml.rels", name)
    if not book or not relations:
        raise damaged(name)
    targets = {
        node.get("Id", ""): node.get("Target", "")
        for node in ET.fromstring(relations)  # noqa: S314 - DOCTYPE is refused before
    }
    found = {}
    for node in ET.fromstring(book).iter():  # noqa: S314 - DOCTYPE is refused before
        if node.tag.endswith("}sheet"):
            link = next((node.attrib[key] for key in node.attrib if key.endswith("}id")), "")
            path = posixpath.normpath(posixpath.join("/xl", targets.get(link, "")))
            found[node.get("name", "")] = path.lstrip("/")
    return found


def _open(data: bytes, name: str) -> "CalamineWorkbook":
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise password_protected(name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise damaged(name) from error


def _sheet(book: "CalamineWorkbook", title: str, name: str) -> "CalamineSheet":
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(title)
    except (CalamineError, OSError, ValueError) as error:
        raise damaged(name) from error


def _choose(
    book: "CalamineWorkbook", name: str, options: ReadOptions
) -> tuple[list[str], list[str]]:
    """The sheets to read, and the hidden ones left out."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    titles = [sheet.name for sheet in sheets]
    if options.sheet is not None:
        wanted = options.sheet.strip().casefold()
        exact = [title for title in titles if title == options.sheet]
        loose = [title for title in titles if title.strip().casefold() == wanted]
        if not exact and len(loose) != 1:
            known = ", ".join(f'"{title}"' for title in titles)
            raise NoSuchSheet(f'{name} has no sheet "{options.sheet}": it has {known}.')
        return exact or loose, []
    hidden = [sheet.name for sheet in sheets if sheet.visible != SheetVisibleEnum.Visible]
    if options.include_hidden:
        return titles, []
    return [title for title in titles if title not in hidden], hidden


def _refuse_far(overlay: Overlay, name: str, title: str) -> None:
    rows, columns = overlay.last
    if rows * columns > MAX_CELLS:
        raise LoadError(
            f'{name}, sheet "{title}": a stray cell stands as far as row {rows}, column {columns};'
            " delete it and save again.",
        )


def _read_sheet(sheet: "CalamineSheet", overlay: Overlay, options: ReadOptions) -> Worksheet:
    skipped = set() if options.include_hidden else overlay.hidden_rows
    unseen = set() if options.include_hidden else overlay.hidden_columns
    seen: list[int] = []
    width = max(_size(sheet)[1], overlay.last[1] if overlay.broken else 0)
    keep = {row for row, _ in overlay.broken}
    records = _records(sheet, overlay, skipped, seen)
    table = build(records, no_header=options.no_header, width=width, keep=keep)
    hidden = frozenset(at for at in unseen if at < width and _is_filled(table, at))
    return Worksheet(
        name=sheet.name,
        table=table,
        damaged=_damaged(table.rows, overlay),
        hidden_rows=len(seen),
        hidden_columns=hidden,
        notes=(*table.notes, *_notes(sheet, len(hidden))),
    )


def _is_filled(table: Table, position: int) -> bool:
    return bool(table.header[position] or table.rows[position].str.strip().any())


def _records(
    sheet: "CalamineSheet", overlay: Overlay, skipped: set[int], seen: list[int]
) -> Iterator[Record]:
    """Number the rows from the sheet's first; hidden ones with content are counted in `seen`."""
    # calamine gives the blank rows above the first filled one, but not the blank columns.
    left = [""] * (sheet.start[1] if sheet.start else 0)
    special = {row for row, _ in overlay.padded}
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = [value if type(value) is str else text_of(value) for value in values]
        if number in skipped:
            if any(map(str.strip, cells)):
                seen.append(number)
            continue
        if number in special:
            cells = _padded(values, number, len(left), overlay)
        yield number, left + cells
    below = {row for row, _ in overlay.broken if row > _size(sheet)[0]}
    for number in sorted(below - skipped):
        yield number, []


def _size(sheet: "CalamineSheet") -> tuple[int, int]:
    """Rows and columns counted from A1; `total_height` is one short."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


def _padded(values: Sequence[Value], number: int, first: int, overlay: Overlay) -> list[str]:
    return [
        text_of(value, overlay.padded.get((number, column)))
        for column, value in enumerate(values, start=first)
    ]


def _damaged(rows: pd.DataFrame, overlay: Overlay) -> pd.DataFrame:
    cells = np.array(sorted(overlay.broken), dtype="int64").reshape(-1, 2)
    places = rows.index.get_indexer(pd.Index(cells[:, 0]))
    inside = (places >= 0) & (cells[:, 1] < rows.shape[1])
    if not inside.any():
        return pd.DataFrame()
    marks = np.zeros(rows.shape, dtype=bool)
    marks[places[inside], cells[inside, 1]] = True
    return pd.DataFrame(marks, index=rows.index, columns=rows.columns)


def _notes(sheet: "CalamineSheet", hidden: int) -> Iterator[Note]:
    if hidden:
        message = (
            f'{hidden} hidden columns of sheet "{sheet.name}" are left out, save those that say'
            " who is not to be texted; --include-hidden takes them."
        )
        yield Note(code="hidden_columns", message=message, count=hidden)
    if _size(sheet)[0] in _CUT:
        message = f'Sheet "{sheet.name}" fills {_size(sheet)[0]} rows: Excel may have cut it.'
        yield Note(code="row_limit", message=message)


def _with_rows(found: list[Worksheet], hidden: list[str], name: str) -> tuple[Worksheet, ...]:
    full = [sheet for sheet in found if len(sheet.table.rows)]
    if not full:
        raise EmptySheet(f"{name} has no contacts below the header.{_hint(found, hidden)}")
    if not hidden:
        return tuple(full)
    known = ", ".join(f'"{title}"' for title in hidden)
    message = f"Hidden sheets were left out: {known}; --include-hidden takes them."
    note = Note(code="hidden_sheets", message=message, count=len(hidden))
    first = full[0]
    marked = Worksheet(
        name=first.name,
        table=first.table,
        damaged=first.damaged,
        hidden_rows=first.hidden_rows,
        hidden_columns=first.hidden_columns,
        notes=(*first.notes, note),
    )
    return (marked, *full[1:])


def _hint(found: list[Worksheet], hidden: list[str]) -> str:
    unseen = bool(hidden) or any(sheet.hidden_rows for sheet in found)
    return " What is hidden was left out; --include-hidden takes it." if unseen else ""
