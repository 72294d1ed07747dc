"""Finds words with letters that an earlier program lost or read in a wrong encoding.

They look like `Orl?ans`, `Zo√©`, `Pawe³`, `FranÁois` or `Jiøí`: letters and signs side by side that
are so in no language. Only people can say whether one is right.
"""

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    all_bytes,
    bools_to_arrow,
    strings_to_arrow,
    with_sequences,
)

__all__ = ["misread_cells", "misread_words"]

# ruff: noqa: RUF001, RUF003 - letters and signs that look like those of ASCII are meant

_WORD = r"[\w'’?\-]{0,40}"
_L, _NOT_SIGN = r"[^\W\d_]", r"\w\s"
# A question mark, unless a sentence begins behind a word: "Ça va?Oui".
_ASK = r"\?(?!(?<=[a-zß-öø-ÿ][a-zß-öø-ÿ]\?)[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])"
_LOST = rf"{_L}{_L}{_ASK}{_L}|{_L}{_ASK}{_L}{_L}|{_L}-\?{_L}{_L}"
# Letters as other encodings read them.
_MISREAD = re.compile("|".join((
    # lost inside a few words: "Orl?ans"
    rf"^(?:{_WORD} ){{0,2}}{_WORD}(?:{_LOST}){_WORD}(?: {_WORD}){{0,2}}$",
    # UTF-8 in a page of DOS, of the Mac, or of Central Europe
    rf"{_L}[\u2500-\u257f]|[\u2500-\u257f]{_L}|√[^\d\s]|‚Ä|Ă[^{_NOT_SIGN}]|Ă[°²³¹]|{_L}Ĺ[^{_NOT_SIGN}]",
    # a page of DOS as Windows-1252: "Fran‡ois", "r‚serv‚"
    rf"{_L}[‚†‡‰ˆ•”™]{_L}|{_L}ƒ|ƒ{_L}",
    # a page of the Mac or of DOS the other way round: "LefËvre", "HÚlÞne", "AndrŽ"
    rf"{_L}[À-ÖØ-ÞŠŽŒŸ][a-zß-öø-ÿ]|[a-zß-öø-ÿ]{{2}}[ŠŽ]$|{_L}[\x80-\x84\x86-\x9f]|[\x80-\x84\x86-\x9f]{_L}",
    # Central Europe as the West: "£ukasz", "Pawe³", "Jiøí", "Timiºoara"
    rf"[£¯]{_L}{_L}|{_L}[¹³¿¯¦¤¬£]{_L}|{_L}{{3}}[¹³](?:\s|$)|ª[a-z]{{2}}|[a-z]º[a-z]",
    rf"ø[áíýéìèù]|[ìè]ø|ì{_WORD}è|è{_WORD}ì",
    # Turkish as the West: "Gülþah", "Çaðrý"
    rf"[þðÞÐ]{_WORD}[çüÇÜ]|[çüÇÜ]{_WORD}[þðÞÐ]",
    # accents beside their letters: "Franc¸ois"
    rf"{_L}[¸¨˜˛ˇ˘˝˙˚]|{_L}´(?:\s|$)",
    # other alphabets: "Zoй", and half-width Japanese
    r"[a-zé][бвгдёжзийклмнптфцчшщъыьэюяα-ω\u05d0-\u05ea\u0621-\u064a]|[a-zß-ÿ][\uff61-\uff9f]",
)))  # fmt: skip
_SMALL = bytes(range(ord("a"), ord("z") + 1)) + bytes(range(0x80, 0x100))
_LETTER = _SMALL + bytes(range(ord("A"), ord("Z") + 1))
# The bytes side by side without which there is none; few cells have them.
_CAUSES = (
    (_LETTER, b"?", _LETTER),
    (_LETTER, b"-", b"?", _LETTER),
    (b"\xc2", bytes(range(0x80, 0xA0)) + b"\xa3\xa4\xa6\xa8\xaa\xac\xaf\xb3\xb4\xb8\xb9\xba\xbf"),
    (_LETTER, b"\xc3", bytes(range(0x80, 0x9F)), _SMALL),
    *((b"\xc3", b"\x90\x9e\xac\xb0\xbe"), (b"\xc3", b"\xb8", b"\xc3")),
    (b"\xc3", b"\xa8\xac", b"\xc3", b"\xb8"),
    *((b"\xc4", b"\x82\xb9", b"\xc2\xcb\xe2"), (_LETTER, b"\xc5", b"\x92\xb8", _SMALL)),
    *((_SMALL, b"\xc5", b"\xa0\xbd"), (b"\xc6", b"\x92"), (b"\xcb",)),
    *((_SMALL, bytes([lead])) for lead in b"\xce\xcf\xd0\xd1\xd7\xd8\xd9"),
    *((b"\xe2", b"\x94\x95"), (b"\xe2", b"\x80", b"\x9a\x9d\xa0\xa1\xa2\xb0")),
    *((b"\xe2", b"\x88", b"\x9a"), (b"\xe2", b"\x84", b"\xa2"), (b"\xef", b"\xbd\xbe")),
)
_CAUSES_BY_KEY = {
    key: [cause for cause in _CAUSES if min(cause, key=len) == key]
    for key in (min(cause, key=len) for cause in _CAUSES)
}


def misread_cells(cells: pa.StringArray, letters: bytes) -> NDArray[np.bool_]:
    """Mark the cells with such a word, given all their bytes."""
    marks = np.zeros(len(cells), dtype=np.bool_)
    if letters.isascii() and b"?" not in letters:
        return marks
    for key, causes in _CAUSES_BY_KEY.items():
        if key in letters:
            marks |= with_sequences(cells, key, causes)
    if marks.any():
        suspects = cells.filter(bools_to_arrow(marks)).to_pylist()
        marks[marks] = [_MISREAD.search(cell) is not None for cell in suspects]
    return marks


def misread_words(words: Sequence[str]) -> list[str]:
    """Return those of the words that have such letters."""
    texts = strings_to_arrow(words)
    marks = misread_cells(texts, all_bytes(texts))
    return [word for word, is_misread in zip(words, marks.tolist(), strict=True) if is_misread]
