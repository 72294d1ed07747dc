"""Reads cells that are not plain: dates, formulas, errors, escapes, numbers that Excel pads.

The library says what each is worth, once for all that are alike.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat

from bulksms.loader.cells import Value, text_of
from bulksms.loader.workbook.cell_text import Padding
from bulksms.loader.workbook.fast_xlsx.calamine_probe import Probe, sheet
from bulksms.loader.workbook.fast_xlsx.plainness import NotPlain, require
from bulksms.loader.workbook.fast_xlsx.shared_strings import is_text
from bulksms.loader.workbook.sheet_metadata import Overlay, Walker, new_parser

MAX_KNOWN = 100_000
_FORMULA = rb"(?P<formula><f(?: [^<>]*)?(?:/>|>[^<]*</f>))?"
_ODD = re.compile(
    rb'(?: [st]="\w+")*>'
    + _FORMULA
    + rb"(?:(?P<value><v ?/>|<v>[^<]*</v>)|(?P<inline><is>.*</is>))?</c>",
    re.DOTALL,
)
_TYPE = re.compile(rb' t="(\w+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """What a cell is worth.

    Attributes:
        used: the sheet reaches as far as it.
        broken: an error, or a formula without a value.
    """

    text: bytes
    used: bool
    broken: bool


class OddCells:
    """The odd cells that were met."""

    def __init__(self, probe: Probe, paddings: dict[str, Padding]) -> None:
        self._probe, self._paddings = probe, paddings
        self._known: dict[bytes, Odd] = {}

    def read(self, cells: list[bytes]) -> list[Odd]:
        """Say what each cell is worth, which is XML from behind its reference."""
        new = list(dict.fromkeys(cell for cell in cells if cell not in self._known))
        if len(self._known) + len(new) > MAX_KNOWN:
            self._known = {}
            new = list(dict.fromkeys(cells))
        if new:
            self._known.update(zip(new, self._judge(new), strict=True))
        return [self._known[cell] for cell in cells]

    def _judge(self, cells: list[bytes]) -> Iterable[Odd]:
        overlay = _overlay(cells, self._paddings)
        values = self._probe.values(cells)
        for row, (cell, value) in enumerate(zip(cells, values, strict=True), start=1):
            yield _odd(cell, value, overlay, (row, 0))


def _overlay(cells: list[bytes], paddings: dict[str, Padding]) -> Overlay:
    """Read formulas, errors and padded numbers as the library reader does."""
    walker = Walker(paddings)
    parser = new_parser(walker)
    numbered = [b'<c r="A%d"%b' % (at, cell) for at, cell in enumerate(cells, start=1)]
    try:
        parser.Parse(sheet(numbered), True)  # noqa: FBT003 - expat takes it by position
    except expat.ExpatError as error:
        raise NotPlain("a cell that is no XML") from error
    return walker.overlay


def _odd(cell: bytes, value: Value, overlay: Overlay, here: tuple[int, int]) -> Odd:
    match = _ODD.fullmatch(cell)
    if match is None:
        raise NotPlain("a cell of another kind")
    found = _TYPE.search(cell, 0, cell.index(b">"))
    kind = found[1] if found else b"n"
    require(kind != b"s", "a shared string in another way")
    require((match["inline"] is not None) <= (kind == b"inlineStr"), "text of another kind")
    require((match["value"] is not None) <= (kind != b"inlineStr"), "a value of another kind")
    require(is_text(match["inline"] or b""), "text in another way")
    text = text_of(value, overlay.padded.get(here))
    used = bool(text) or _holds_nothing(kind, match["value"], match["inline"])
    return Odd(text=text.encode(), used=used, broken=here in overlay.broken)


def _holds_nothing(kind: bytes, value: bytes | None, inline: bytes | None) -> bool:
    """Whether a cell without a text is one all the same to the library, and not just empty."""
    if inline is not None:
        return True
    if value is None or kind not in {b"str", b"e"}:
        return False
    require(value.endswith(b"</v>") and (kind, value) != (b"e", b"<v></v>"), "an empty value")
    return True
