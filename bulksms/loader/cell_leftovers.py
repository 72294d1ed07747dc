r"""Removes leftovers of other programs from cells: entities, escapes, words for "empty".

Certain leftovers are decoded (`&eacute;`, `D\'Arcy`, `D''Arcy`, `\u00e9`) or removed (`\N`,
`(null)`, a byte order mark); what is not, such as `%C3%A9`, is asked about.
"""

import re
from collections.abc import Iterator
from html import unescape

import pyarrow as pa
import pyarrow.compute as pc

from bulksms.columnar.arrays import (
    bools_to_arrow,
    contains_bytes,
    matching_cells,
    strings_to_arrow,
)

__all__ = ["DOUBTFUL", "clean_cell", "clean_column"]

_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffc"
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_QUOTE = re.compile(r"""\\+(['"])""")
_DOUBLED_QUOTE = re.compile(r"(?<=[^\W\d_])''(?=[^\W\d_])")
_CODE_POINT = re.compile(r"\\u(?!d[89a-f])([0-9a-f]{4})", re.IGNORECASE)
_XML_CODE = re.compile(r"_x00([01][0-9A-F])_")  # as workbooks write control characters
_NOTHING = re.compile(r"\s*(?:\\N|\(null\)|<null>|\[null\]|\{null\})\s*", re.IGNORECASE)
# The bytes without which a cell has nothing of all this, one after the other, by the rarest byte
# of each: it is looked for first.
_CAUSES = {
    b"&": ((b"&",),),
    b"_": ((b"_", b"x", b"0"),),
    b"\\": ((b"\\",),),
    b"'": ((b"'", b"'"),),
    b")": ((b"l", b"l", b")"), (b"L", b"L", b")")),
    b">": ((b"l", b"l", b">"), (b"L", b"L", b">")),
    b"]": ((b"l", b"l", b"]"), (b"L", b"L", b"]")),
    b"}": ((b"l", b"l", b"}"), (b"L", b"L", b"}")),
    b"\xc2": ((b"\xc2", b"\xad"),),
    b"\xe2": ((b"\xe2", b"\x81"), (b"\xe2", b"\x80", b"\x8b\x8e\x8f\xaa\xab\xac\xad\xae")),
    b"\xef": ((b"\xef", b"\xbb", b"\xbf"), (b"\xef", b"\xbf", b"\xbc")),
}
_SUSPECT = (
    r"""_x00[01][0-9A-F]_|&[#A-Za-z]\w*;|\\+['"]|\pL''\pL|\\[uN]|(?i:^\s*[(<\[{]null[)>\]}]\s*$)"""
    r"|[\x{ad}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{2066}-\x{2069}"
    r"\x{feff}\x{fffc}]"
)
# What may be left by another program, or meant: codes of bytes, escapes, entities, tags, formulas.
DOUBTFUL = (
    r"(?:[%=][0-9A-F]{2}){2}|\pL%2[0-9A-F]\pL|\pL[%=][C-F][0-9A-F](?:\pL|$)|=\?[\w\-]+\?[BbQq]\?"
    r"|\\(?:[nrtx0]|[23][0-7]{2})|<U\+[0-9A-F]{4,5}>"
    r"|&(?:#\d{2,5}|#x[0-9a-fA-F]{2,5}|amp|quot|apos|nbsp|lt|gt|euro|rsquo|szlig|(?:ae|oe|AE|OE)lig"
    r"|[A-Za-z](?:acute|grave|circ|uml|cedil|tilde|ring|slash|caron))\b"
    r"|</?[A-Za-z][\w:.\-]*(?:\s+[\w:\-]+\s*=[^<>]*)?\s*/?>|<!\[CDATA\[|<!--"
    r"|^\[object \w+\]$|^=[A-Z]+\("
)


def clean_cell(cell: str) -> str:
    """Decode or remove the leftovers of a cell; cleaning twice changes nothing more."""
    while (cleaned := "" if _NOTHING.fullmatch(cell) else _decoded(cell)) != cell:
        cell = cleaned
    return cell


def clean_column(cells: pa.StringArray, letters: bytes) -> pa.StringArray:
    """Clean the cells of a column, given all their bytes."""
    causes = b"".join(_causes(letters))
    if not causes:
        return cells
    marks = matching_cells(cells, _SUSPECT, causes)
    if not marks.any():
        return cells
    mask = bools_to_arrow(marks)
    cleaned = [clean_cell(cell) for cell in cells.filter(mask).to_pylist()]
    return pc.replace_with_mask(cells, mask, strings_to_arrow(cleaned))


def _causes(letters: bytes) -> Iterator[bytes]:
    """Yield the rarest byte of each kind of leftover that there may be."""
    for rarest, causes in _CAUSES.items():
        if rarest in letters and any(contains_bytes(letters, *cause) for cause in causes):
            yield rarest


def _decoded(cell: str) -> str:
    cell = _ENTITY.sub(lambda match: unescape(match.group()), _UNSEEN.sub("", cell))
    cell = _XML_CODE.sub(lambda match: chr(int(match[1], 16)).replace("\r", ""), cell)
    cell = _DOUBLED_QUOTE.sub("'", _ESCAPED_QUOTE.sub(r"\1", cell))
    return _CODE_POINT.sub(lambda match: chr(int(match[1], 16)), cell)
