"""Writes workbooks by hand, and reads one in either way."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import orjson
from openpyxl.utils import get_column_letter

from bulksms.errors import BulkSmsError
from bulksms.loader import ReadOptions, Sheet, Source
from bulksms.loader.display_locale import find_locale
from bulksms.loader.workbook.protocol import RESTART, RowBatch
from bulksms.loader.workbook.worksheets import make_sheets
from bulksms.loader.workbook.xlsx_reader import read_xlsx
from tests.sheets import cells_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PLAIN = ReadOptions()

Shown = dict[str, object]
# What each sheet says, or why there is none.
Answer = list[Shown] | str
# Styles by their number: 1 to 3 are dates and times, 4 is elapsed time, 5 and 6 pad.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts>'
    '<numFmt numFmtId="170" formatCode="[h]:mm"/><numFmt numFmtId="171" formatCode="0000000000"/>'
    '<numFmt numFmtId="172" formatCode="&quot;+&quot;0"/></numFmts><cellXfs>'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/>'
    '<xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="172"/><xf numFmtId="49"/>'
    "</cellXfs></styleSheet>"
)


def book(rows: str, shared: str | None = None, *, head: str = "", tail: str = "") -> bytes:
    """Write a workbook of one sheet from the XML of its rows and its shared strings."""
    sheet = f'<worksheet xmlns="{MAIN}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": sheet,
    }
    if shared is not None:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode())
    return out.getvalue()


def letters(column: int) -> str:
    """Name a column, from 0."""
    name = get_column_letter(column + 1)
    assert isinstance(name, str)
    return name


def _relations(kind: str, target: str) -> str:
    link = f'<Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{PACKAGE}/relationships">{link}</Relationships>'


def by_tags(data: bytes, options: ReadOptions = PLAIN) -> Answer:
    """Read a workbook tag by tag."""
    return _answer(_lines(data, options, large_bytes=len(data) * 1_000), options)


def by_bytes(
    data: bytes, options: ReadOptions = PLAIN, piece_bytes: int = 1 << 20
) -> Answer | None:
    """Read a workbook many bytes at a time; `None` when it is not simple enough."""
    lines = []
    for line in _lines(data, options, large_bytes=0, piece_bytes=piece_bytes):
        if line == RESTART:
            return None
        lines.append(line)
    return _answer(iter(lines), options)


def _lines(data: bytes, options: ReadOptions, **sizes: int) -> Iterator[Any]:
    locale = find_locale("en-US")
    assert locale is not None
    try:
        for line in read_xlsx(data, "a.xlsx", options, locale, **sizes):
            is_batch = isinstance(line, RowBatch)
            yield line if is_batch else orjson.loads(orjson.dumps(line))
    except BulkSmsError as error:
        yield {"error": repr(error)}


def _answer(lines: Iterator[Any], options: ReadOptions) -> Answer:
    read = list(lines)
    if "error" in read[-1]:
        return str(read[-1]["error"])
    source = Source(path="a.xlsx", format="xlsx", compute_digest=str)
    try:
        sheets = make_sheets(iter(read), source, options)
    except BulkSmsError as error:
        return repr(error)
    return [_shown(sheet) for sheet in sheets]


def _shown(sheet: Sheet) -> Shown:
    return {
        "name": sheet.source.sheet,
        "header": sheet.header,
        "rows": cells_of(sheet.rows),
        "numbers": sheet.rows.row_numbers.tolist(),
        "ragged": sheet.ragged.tolist(),
        "unresolved": sheet.unresolved.tolist(),
        "digits": (sheet.digits.cells.tolist(), sheet.digits.texts),
        "hidden": (sheet.hidden_rows, sheet.hidden_columns),
        "findings": sheet.findings,
    }
