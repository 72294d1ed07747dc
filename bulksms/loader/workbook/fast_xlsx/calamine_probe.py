"""Asks the library what single cells mean, in a small workbook with the styles of the large one.

It must not know where the cells stood.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from bulksms.loader.cells import Value
from bulksms.loader.workbook.fast_xlsx.plainness import NotPlain, require

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Answer = TypeVar("Answer")

STRINGS = "xl/sharedStrings.xml"
_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_DECLARED = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_FIRST = "bulksms first"
_LAST = "bulksms last"


class Probe:
    """One sheet of a workbook, without its cells."""

    def __init__(self, parts: Mapping[str, bytes], part: str, title: str) -> None:
        self._parts, self._part, self._title = parts, part, title
        self._check()

    def values(self, cells: Sequence[bytes]) -> list[Value]:
        """Give the value of each cell, which is XML from behind its reference."""
        rows = [f'<c r="A1" t="str"><v>{_FIRST}</v></c>'.encode()]
        rows += [b'<c r="A%d"%b' % (at, cell) for at, cell in enumerate(cells, start=2)]
        rows.append(f'<c r="A{len(rows) + 1}" t="str"><v>{_LAST}</v></c>'.encode())
        found = self._column(sheet(rows), [])
        require(len(found) == len(rows), "the library found other rows")
        require((found[0], found[-1]) == (_FIRST, _LAST), "the library found other cells")
        return found[1:-1]

    def texts(self, items: Sequence[bytes]) -> list[str]:
        """Give the text of each shared string, which is XML."""
        ends = [f"<si><t>{text}</t></si>".encode() for text in (_FIRST, _LAST)]
        rows = [b'<c r="A%d" t="s"><v>%d</v></c>' % (at + 1, at) for at in range(len(items) + 2)]
        found = self._column(sheet(rows), [ends[0], *items, ends[1]])
        require((found[0], found[-1]) == (_FIRST, _LAST), "the library counts other strings")
        require(len(found) == len(rows), "the library found other strings")
        return [str(text) for text in found[1:-1]]

    def _check(self) -> None:
        """See that the library looks for the sheet and its shared strings where we do."""
        require(self.texts([]) == [], "the library reads another sheet")

    def _column(self, body: bytes, shared: Iterable[bytes]) -> list[Value]:
        strings = b"".join([_DECLARED, b"<sst ", _MAIN, b">", *shared, b"</sst>"])
        book = open_small({**self._parts, self._part: body, STRINGS: strings})
        found = asked(lambda: book.get_sheet_by_name(self._title))
        return asked(lambda: [row[0] for row in found.iter_rows()])


def sheet(cells: Sequence[bytes]) -> bytes:
    """Write a sheet of which each row has one cell."""
    rows = [b'<row r="%d">%b</row>' % (at, cell) for at, cell in enumerate(cells, start=1)]
    body = [b"<worksheet ", _MAIN, b"><sheetData>", *rows, b"</sheetData></worksheet>"]
    return b"".join([_DECLARED, *body])


def open_small(parts: Mapping[str, bytes]) -> "CalamineWorkbook":
    """Let the library open a workbook of these parts."""
    from python_calamine import CalamineWorkbook

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    out.seek(0)
    return asked(lambda: CalamineWorkbook.from_filelike(out))


def asked(question: Callable[[], Answer]) -> Answer:
    """Ask the library; what it refuses is not plain."""
    from python_calamine import CalamineError

    try:
        return question()
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise NotPlain(str(error)) from error
