"""Reads the cells that are more than digits or characters: formats, formulas, errors, escapes."""

import re
from xml.parsers import expat

from bulksms.loader.workbook.cell_text import EMPTY, CellText
from bulksms.loader.workbook.fast_xlsx.byte_windows import NotSimpleXml, give_up_unless
from bulksms.loader.workbook.fast_xlsx.shared_strings import is_text
from bulksms.loader.workbook.sheet_xml import CellReader, SheetXmlHandler, new_parser

MAX_REMEMBERED = 100_000
_CELL = re.compile(
    rb'(?: [st]="(\w+)")*>(?:<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?'
    rb"(?:<v ?/>|<v>[^<]*</v>|<is>(?P<inline>.*)</is>)?</c>",
    re.DOTALL,
)
# A number with a style; any other writing of one is left to the parser.
_NUMBER = re.compile(rb'(?: s="(\d{1,6})")?(?: t="n")?><v>(-?\d+(?:\.\d+)?(?:E-?\d+)?)</v></c>')


class UnusualCells:
    """Reads unusual cells, each distinct one once."""

    def __init__(self, cell_reader: CellReader) -> None:
        self._cell_reader = cell_reader
        self._met: dict[bytes, CellText] = {}

    def read(self, cells: list[bytes]) -> list[CellText]:
        """Read cells, each the XML from behind its reference to its end."""
        new = list(dict.fromkeys(cell for cell in cells if cell not in self._met))
        if len(self._met) + len(new) > MAX_REMEMBERED:
            self._met = {}
            new = list(dict.fromkeys(cells))
        if new:
            self._met.update(zip(new, self._parse(new), strict=True))
        return [self._met[cell] for cell in cells]

    def _parse(self, cells: list[bytes]) -> list[CellText]:
        texts = [self._number(cell) for cell in cells]
        others = [at for at, text in enumerate(texts) if text is None]
        parsed = self._parse_tags([cells[at] for at in others]) if others else []
        for at, text in zip(others, parsed, strict=True):
            texts[at] = text
        return [text or EMPTY for text in texts]

    def _number(self, cell: bytes) -> CellText | None:
        """Read a cell with nothing but a number; `None` for any other."""
        match = _NUMBER.fullmatch(cell)
        if match is None:
            return None
        return self._cell_reader.writer.number(float(match[2]), int(match[1] or 0))

    def _parse_tags(self, cells: list[bytes]) -> list[CellText]:
        for cell in cells:
            match = _CELL.fullmatch(cell)
            give_up_unless(match and is_text(match["inline"] or b""), "a cell of another kind")
        texts: dict[int, CellText] = {}
        handler = SheetXmlHandler(
            self._cell_reader, lambda row, _, cell: texts.__setitem__(row, cell)
        )
        numbered = [b'<c r="A%d"%b' % (at, cell) for at, cell in enumerate(cells, start=1)]
        try:
            new_parser(handler).Parse(b"<x>" + b"".join(numbered) + b"</x>", True)  # noqa: FBT003
        except expat.ExpatError as error:
            raise NotSimpleXml("a cell that is no XML") from error
        return [texts.get(at, EMPTY) for at in range(1, len(cells) + 1)]
