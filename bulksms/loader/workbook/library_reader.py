"""Reads xlsx, xlsm, xls and ods: the cells people see, as text. It never trusts a stated size.

It runs in the child process of `isolated`, so it must not need what lays tables out.
"""

import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bulksms.errors import LoadError, NoSuchSheet
from bulksms.loader.archive import BAD_XML, check_parts, damaged, open_container, read_part
from bulksms.loader.cells import Value, text_of
from bulksms.loader.detection import Kind, password_protected
from bulksms.loader.interface import ReadOptions, Record
from bulksms.loader.workbook.cell_text import Padding, read_paddings
from bulksms.loader.workbook.ods_metadata import read_overlays
from bulksms.loader.workbook.sheet_metadata import Overlay, read_overlay

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_CELLS = 40_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One sheet while it is read.

    Attributes:
        size: the last row and column that are used, counted from A1.
        overlay: what stands over the values.
        skipped: the hidden rows that are left out.
        records: the rows that are not, numbered as people see them; they can be read once.
        unseen: the numbers of filled rows that were left out, known when all is read.
    """

    name: str
    size: tuple[int, int]
    overlay: Overlay
    skipped: set[int]
    records: Iterator[Record]
    unseen: list[int]


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


def read_pages(
    data: bytes, name: str, kind: Kind, options: ReadOptions
) -> Iterator[Page | list[str]]:
    """Give the names of the hidden sheets left out, then the named or every visible sheet."""
    overlays = _overlays(data, name, kind)
    with _open(data, name) as book:
        chosen, hidden = choose_sheets(book, name, options)
        yield hidden
        for title in chosen:
            overlay = overlays(title)
            _refuse_far(overlay, name, title)
            yield _page(_sheet(book, title, name), overlay, options)


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
        paths = sheet_parts(archive, name)
        paddings = read_paddings(read_part(archive, "xl/styles.xml", name))
    except BAD_XML as error:
        raise damaged(name) from error
    return _Parts(archive=archive, paths=paths, paddings=paddings, name=name)


def sheet_parts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Where each sheet lives in the archive of an xlsx."""
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


def choose_sheets(
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


def _page(sheet: "CalamineSheet", overlay: Overlay, options: ReadOptions) -> Page:
    skipped = set() if options.include_hidden else overlay.hidden_rows
    unseen: list[int] = []
    return Page(
        name=sheet.name,
        size=_size(sheet),
        overlay=overlay,
        skipped=skipped,
        records=_records(sheet, overlay, skipped, unseen),
        unseen=unseen,
    )


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
        yield number, left + cells if any(cells) else []
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
