"""Which cells of a column hold nothing but one number, and the digits of those.

Such a cell needs none of the repairs of `spelling`: what it lets through, `spelling` would have
left as it is. It knows no numbering plan.

Cells are told apart by their shapes, in which all digits are the same: of those there are few.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_from_arrow, ints_to_arrow
from bulksms.contacts.cells.characters import exclusive_cumsum, letters_of, texts_of
from bulksms.contacts.numbers import Digits

__all__ = ["Cells", "cells_of"]

FEWEST, MOST = 7, 15  # digits: what is shorter may be a short code, what is longer several numbers
DECIMAL = 2  # characters of a point and a zero
# Classes of characters, as they are written in a shape.
DIGIT, SPACE, BETWEEN, BRACKET, POINT, PLUS, EDGE, OTHER = b"0 -(.+;x"
KINDS = ((b"0123456789", DIGIT), (b" ", SPACE), (b")-", BETWEEN), (b"(", BRACKET), (b".", POINT),
         (b"+", PLUS), (b"';,:|", EDGE))  # fmt: skip


def _classes() -> bytes:
    classes = bytearray([OTHER]) * 256
    for letters, kind in KINDS:
        for letter in letters:
            classes[letter] = kind
    return bytes(classes)


CLASSES = _classes()
NO_DIGITS = bytes(letter for letter in range(256) if CLASSES[letter] != DIGIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The cells of a column that hold one number and nothing else.

    Attributes:
        rows: which cells of the column they are; all else is told of these only.
        plus: whether it begins with a +.
        bracketed: whether it has one digit in brackets, a 0 perhaps that is to be left out.
        mended: whether `.0` at its end, which a spreadsheet program has added, was left out.
        digits: the digits of the cells.
    """

    rows: NDArray[np.int64]
    plus: NDArray[np.bool_]
    bracketed: NDArray[np.bool_]
    mended: NDArray[np.bool_]
    digits: Digits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shapes:
    """What is known of cells by their shapes; `mended` where the last digit is a 0."""

    plain: NDArray[np.bool_]
    plus: NDArray[np.bool_]
    bracketed: NDArray[np.bool_]
    mended: NDArray[np.bool_]
    lengths: NDArray[np.int64]


def cells_of(texts: pa.StringArray) -> Cells:
    """Look at all cells at once; the texts hold no nulls."""
    offsets, letters = letters_of(texts)
    encoded = texts_of(offsets, letters.translate(CLASSES)).dictionary_encode()
    shapes, places = _looked_at(encoded.dictionary), ints_from_arrow(encoded.indices)
    rows = np.flatnonzero(shapes.plain.take(places))
    if len(rows) < len(texts):
        places = places.take(rows)
        letters = letters_of(texts.take(ints_to_arrow(rows)))[1]
    lengths, mended = shapes.lengths.take(places), shapes.mended.take(places)
    cells = Cells(
        rows=rows,
        plus=shapes.plus.take(places),
        bracketed=shapes.bracketed.take(places),
        mended=mended,
        digits=_digits(letters.translate(None, NO_DIGITS), lengths + mended),
    )
    return _without_decimals(cells) if mended.any() else cells


def _digits(letters: bytes, lengths: NDArray[np.int64]) -> Digits:
    offsets = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    amounts = pc.cast(texts_of(offsets, letters), pa.int64())
    return Digits(
        values=np.frombuffer(letters, dtype=np.uint8) & np.uint8(15),
        starts=offsets[:-1].astype(np.int64),
        lengths=lengths,
        amounts=ints_from_arrow(amounts),
    )


def _without_decimals(cells: Cells) -> Cells:
    """Take away the 0 behind a decimal point; what is another digit is no number."""
    mended, digits = cells.mended, cells.digits
    tens = digits.amounts // 10
    kept = np.flatnonzero(~mended | (tens * 10 == digits.amounts))
    left = Digits(
        values=digits.values,
        starts=digits.starts,
        lengths=digits.lengths - mended,
        amounts=np.where(mended, tens, digits.amounts),
    )
    if len(kept) == len(mended):
        return replace(cells, digits=left)
    return Cells(
        rows=cells.rows[kept],
        plus=cells.plus[kept],
        bracketed=cells.bracketed[kept],
        mended=mended[kept],
        digits=left.of(kept),
    )


def _looked_at(shapes: pa.StringArray) -> _Shapes:
    classes, first, end = _without_edges(shapes)
    numeric = classes == DIGIT
    digits = exclusive_cumsum(numeric)
    brackets, marked = (
        exclusive_cumsum(_digits_in_brackets(classes)),
        exclusive_cumsum(_is_marked(classes)),
    )
    plus = classes[first] == PLUS
    plus |= (classes[first] == BRACKET) & (classes[first + 1] == PLUS)
    signs = end - first - (digits[end] - digits[first]) - plus
    pointed = (signs == 1) & ((classes[end - 2] == POINT) | (classes[end - 3] == POINT))
    mended = pointed & (classes[end - 2] == POINT) & (classes[end - 1] == DIGIT)
    end = end - DECIMAL * mended
    lengths = digits[end] - digits[first]
    plain = marked[end] - marked[first] == plus
    plain &= (mended | ~pointed) & (lengths >= FEWEST) & (lengths <= MOST)
    return _Shapes(
        plain=plain,
        plus=plus,
        bracketed=brackets[end] > brackets[first],
        mended=mended,
        lengths=lengths,
    )


def _without_edges(
    shapes: pa.StringArray,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Say where each shape begins and ends, edges left out, and give the letters of all."""
    offsets, letters = letters_of(shapes)
    # Some more at the end, so that what follows an empty text can be looked at.
    classes = np.frombuffer(letters + bytes([OTHER]) * 3, dtype=np.uint8)
    first, end = offsets[:-1].astype(np.int64), offsets[1:].astype(np.int64)
    while (edge := (first < end) & _is_edge(classes[first])).any():
        first = first + edge
    while (edge := (first < end) & _is_edge(classes[end - 1])).any():
        end = end - edge
    return classes, first, end


def _digits_in_brackets(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mark the brackets about one digit; the last characters are never one."""
    marks: NDArray[np.bool_] = classes == BRACKET
    marks[:-2] &= (classes[1:-1] == DIGIT) & (classes[2:] == BETWEEN)
    return marks


def _is_edge(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    edge: NDArray[np.bool_] = (classes == SPACE) | (classes == EDGE)
    return edge


def _is_marked(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mark what no number has inside."""
    marked: NDArray[np.bool_] = (classes == PLUS) | (classes == EDGE) | (classes == OTHER)
    return marked
