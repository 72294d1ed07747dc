"""Reads the sheets of an Excel 97 workbook with xlrd, as their number formats show them."""

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bulksms.errors import LoadError
from bulksms.loader.archive import damaged_workbook
from bulksms.loader.detection import password_protected
from bulksms.loader.display_locale import DisplayLocale
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook.cell_text import (
    EMPTY,
    CellFormat,
    CellText,
    CellWriter,
    make_cell_format,
)
from bulksms.loader.workbook.row_batches import RowCollector
from bulksms.loader.workbook.sheet_choice import SheetTitle, choose_sheets

if TYPE_CHECKING:
    from xlrd.book import Book  # type: ignore[import-untyped]
    from xlrd.sheet import Sheet  # type: ignore[import-untyped]

__all__ = ["read_xls"]

# What xlrd raises at a file that is not what it says.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
    struct.error,
)


def read_xls(data: bytes, name: str, options: ReadOptions, locale: DisplayLocale) -> Iterator[Any]:
    """Yield the lines of the protocol.

    Raises:
        LoadError: the workbook is damaged or protected, or has no such sheet.
    """
    book = _open(data, name)
    titles = [
        SheetTitle(title, bool(visibility))
        for title, visibility in zip(book.sheet_names(), book._sheet_visibility, strict=True)  # noqa: SLF001
    ]
    chosen, hidden = choose_sheets(titles, name, options)
    yield {"hidden_sheets": hidden}
    formats = _formats(book, locale)
    writer = CellWriter(formats, locale, date_1904=bool(book.datemode))
    for at in chosen:
        yield {"sheet": titles[at].title}
        yield from _read_sheet(_load(book, at, name), writer)
        book.unload_sheet(at)


def _open(data: bytes, name: str) -> "Book":
    import xlrd  # type: ignore[import-untyped]

    try:
        return xlrd.open_workbook(
            file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO()
        )
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError, *_BROKEN) as error:
        raise _explain(error, name) from error


def _load(book: "Book", at: int, name: str) -> "Sheet":
    import xlrd

    try:
        return book.sheet_by_index(at)
    except (xlrd.XLRDError, xlrd.compdoc.CompDocError, *_BROKEN) as error:
        raise _explain(error, name) from error


def _explain(error: Exception, name: str) -> LoadError:
    return password_protected(name) if "encrypted" in str(error) else damaged_workbook(name)


def _formats(book: "Book", locale: DisplayLocale) -> list[CellFormat]:
    """The number format of each cell style."""
    made = {
        key: make_cell_format(key, number_format.format_str or "", locale)
        for key, number_format in book.format_map.items()
    }
    general = CellFormat("General")
    return [made.get(style.format_key, general) for style in book.xf_list]


def _read_sheet(sheet: "Sheet", writer: CellWriter) -> Iterator[Any]:
    collector = RowCollector()
    hidden_rows = sorted(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
    for row in range(sheet.nrows):
        kinds, values = sheet.row_types(row), sheet.row_values(row)
        styles = sheet._cell_xf_indexes[row]  # noqa: SLF001 - one call per cell takes long
        for column, (kind, value, style) in enumerate(zip(kinds, values, styles, strict=True)):
            cell = _read_cell(kind, value, style, writer)
            if cell.text or cell.is_unresolved:
                collector.take(row + 1, column, cell)
        if collector.is_full():
            yield collector.batch(hidden_rows)
    hidden_columns = {column for column, info in sheet.colinfo_map.items() if info.hidden}
    yield from collector.finish(hidden_rows, hidden_columns)


def _read_cell(kind: int, value: Any, style: int, writer: CellWriter) -> CellText:  # noqa: ANN401 - of any kind
    import xlrd

    if kind == xlrd.XL_CELL_TEXT:
        return writer.text(value, style)
    if kind in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        return writer.number(float(value), style)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return writer.truth(value=bool(value))
    return writer.error() if kind == xlrd.XL_CELL_ERROR else EMPTY
