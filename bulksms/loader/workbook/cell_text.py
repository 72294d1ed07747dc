"""Knows which number formats show zeros or a plus that the stored number does not have."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_NOISE = re.compile(r"""\[[^\]]*\]|"[ .\-()/\u00a0]*"|\\[ .\-()/]|[ \u00a0\-()]|_.|\*.""")
_SHAPE = re.compile(r"""^((?:"\+"|\\\+|\+)?)#*(0[0#]*)?$""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Padding:
    """The digits a format always shows, and whether a plus stands before them."""

    digits: int
    plus: bool = False

    def show(self, digits: str) -> str:
        """The digits as Excel shows them."""
        return ("+" if self.plus else "") + digits.zfill(self.digits)


def padding_of(code: str) -> Padding | None:
    """What a format code such as `0000000000` adds to a whole number, if anything."""
    match = _SHAPE.match(_NOISE.sub("", code.partition(";")[0]))
    if not match:
        return None
    digits, plus = len(match[2] or ""), bool(match[1])
    return Padding(digits=digits, plus=plus) if digits > 1 or plus else None


def read_paddings(styles: bytes) -> dict[str, Padding]:
    """Cell style numbers, as the sheet writes them, to what their format adds."""
    if not styles:
        return {}
    root = ET.fromstring(styles)  # noqa: S314 - the container has refused any DOCTYPE
    codes = {
        node.get("numFmtId", ""): node.get("formatCode", "")
        for node in root.iter()
        if node.tag.endswith("}numFmt")
    }
    cells = next((node for node in root if node.tag.endswith("}cellXfs")), ())
    found = {}
    for position, style in enumerate(cells):
        padding = padding_of(codes.get(style.get("numFmtId", ""), "General"))
        if padding:
            found[str(position)] = padding
    return found
