r"""Removes what other programs left in cells: entities, escapes, words for nothing.

What is certain is decoded (`&eacute;`, `D\'Arcy`, `D''Arcy`, `\u00e9`) or removed (`\N`, `(null)`,
a byte order mark); what is not, such as `%C3%A9`, is asked about.
"""

import re
from html import unescape

import pyarrow as pa
import pyarrow.compute as pc

from bulksms.columnar.arrays import strings_to_arrow

__all__ = ["DOUBTFUL", "clean_cell", "clean_column"]

_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffc"
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPED_QUOTE = re.compile(r"""\\+(['"])""")
_DOUBLED_QUOTE = re.compile(r"(?<=[^\W\d_])''(?=[^\W\d_])")
_CODE_POINT = re.compile(r"\\u(?!d[89a-f])([0-9a-f]{4})", re.IGNORECASE)
_NOTHING = re.compile(r"\s*(?:\\N|\(null\)|<null>|\[null\]|\{null\})\s*", re.IGNORECASE)
# The bytes without which a cell has nothing of all this, by the rarest byte of each: one byte is
# looked for many times faster than two.
_CAUSES = {
    b"&": (b"&",),
    b"\\": (b"\\",),
    b"'": (b"''",),
    b")": (b"ll)", b"LL)"),
    b">": (b"ll>", b"LL>"),
    b"]": (b"ll]", b"LL]"),
    b"}": (b"ll}", b"LL}"),
    b"\xc2": (b"\xc2\xad",),
    b"\xe2": (
        b"\xe2\x81",
        *(b"\xe2\x80" + bytes([last]) for last in b"\x8b\x8e\x8f\xaa\xab\xac\xad\xae"),
    ),
    b"\xef": (b"\xef\xbb\xbf", b"\xef\xbf\xbc"),
}
_SUSPECT = (
    r"""&[#A-Za-z]\w*;|\\+['"]|\pL''\pL|\\[uN]|(?i:^\s*[(<\[{]null[)>\]}]\s*$)"""
    r"|[\x{ad}\x{200b}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{2066}-\x{2069}"
    r"\x{feff}\x{fffc}]"
)
# What may be left by another program, or meant.
DOUBTFUL = (
    r"(?:%[0-9A-F]{2}){2}|\pL%2[0-9A-F]\pL|^\[object \w+\]$|<!\[CDATA\["
    r"|(?:=[0-9A-F]{2}){2}|\\[nrtx]|&(?:eacute|egrave|ccedil|amp|quot|nbsp|lt|gt)\b"
    r"|</?(?i:b|i|p|br|div|span|strong|em|td|tr|font|a)(?:\s[^<>]*)?/?>"
)


def clean_cell(cell: str) -> str:
    """Decode or remove the leftovers of a cell; cleaning twice changes nothing more."""
    if _NOTHING.fullmatch(cell):
        return ""
    while (cleaned := _decoded(cell)) != cell:
        cell = cleaned
    return cell


def clean_column(cells: pa.StringArray, letters: bytes) -> pa.StringArray:
    """Clean the cells of a column, given all their bytes."""
    if not _may_have_leftovers(letters):
        return cells
    mask = pc.match_substring_regex(cells, _SUSPECT)
    cleaned = [clean_cell(cell) for cell in cells.filter(mask).to_pylist()]
    return pc.replace_with_mask(cells, mask, strings_to_arrow(cleaned)) if cleaned else cells


def _may_have_leftovers(letters: bytes) -> bool:
    return any(
        cause in letters
        for rarest, causes in _CAUSES.items()
        if rarest in letters
        for cause in causes
    )


def _decoded(cell: str) -> str:
    cell = _ENTITY.sub(lambda match: unescape(match.group()), _UNSEEN.sub("", cell))
    cell = _DOUBLED_QUOTE.sub("'", _ESCAPED_QUOTE.sub(r"\1", cell))
    return _CODE_POINT.sub(lambda match: chr(int(match[1], 16)), cell)
