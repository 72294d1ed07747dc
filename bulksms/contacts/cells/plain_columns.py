"""Finds the cells of a column that hold nothing but one number, and their digits.

Such a cell needs none of the repairs of `spelling`: what it lets through, `spelling` would have
left as it is. Numbering plans are unknown here.

Cells are distinguished by their shapes, in which all digits are the same, so there are few.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import ints_from_arrow, ints_to_arrow
from bulksms.contacts.cells.characters import encoded_texts, exclusive_cumsum, texts_from_buffers
from bulksms.contacts.numbers import Digits

__all__ = ["PlainNumbers", "find_plain_numbers"]

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
class PlainNumbers:
    """The cells of a column that hold one number and nothing else.

    Attributes:
        rows: which cells of the column they are; the other columns have one value for each.
        plus: whether it begins with a +.
        bracketed: whether it has one digit in brackets, a 0 perhaps that is to be left out.
        repaired: whether `.0` at its end, which a spreadsheet program has added, was left out.
        digits: the digits of the cells.
    """

    rows: NDArray[np.int64]
    plus: NDArray[np.bool_]
    bracketed: NDArray[np.bool_]
    repaired: NDArray[np.bool_]
    digits: Digits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shapes:
    """The facts that follow from the shapes; `decimal` where the last digit is a 0."""

    plain: NDArray[np.bool_]
    plus: NDArray[np.bool_]
    bracketed: NDArray[np.bool_]
    decimal: NDArray[np.bool_]
    lengths: NDArray[np.int64]


def find_plain_numbers(texts: pa.StringArray) -> PlainNumbers:
    """Look at all cells at once; the texts hold no nulls."""
    offsets, letters = encoded_texts(texts)
    encoded = texts_from_buffers(offsets, letters.translate(CLASSES)).dictionary_encode()
    shapes, indices = _examine(encoded.dictionary), ints_from_arrow(encoded.indices)
    rows = np.flatnonzero(shapes.plain.take(indices))
    if len(rows) < len(texts):
        indices = indices.take(rows)
        letters = encoded_texts(texts.take(ints_to_arrow(rows)))[1]
    lengths, decimal = shapes.lengths.take(indices), shapes.decimal.take(indices)
    cells = PlainNumbers(
        rows=rows,
        plus=shapes.plus.take(indices),
        bracketed=shapes.bracketed.take(indices),
        repaired=decimal,
        digits=_digits(letters.translate(None, NO_DIGITS), lengths + decimal),
    )
    return _without_decimals(cells) if decimal.any() else cells


def _digits(letters: bytes, lengths: NDArray[np.int64]) -> Digits:
    offsets = np.zeros(len(lengths) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    amounts = pc.cast(texts_from_buffers(offsets, letters), pa.int64())
    return Digits(
        values=np.frombuffer(letters, dtype=np.uint8) & np.uint8(15),
        starts=offsets[:-1].astype(np.int64),
        lengths=lengths,
        amounts=ints_from_arrow(amounts),
    )


def _without_decimals(cells: PlainNumbers) -> PlainNumbers:
    """Take away the 0 behind a decimal point; with another digit there the cell is not a number."""
    decimal, digits = cells.repaired, cells.digits
    tens = digits.amounts // 10
    kept = np.flatnonzero(~decimal | (tens * 10 == digits.amounts))
    whole = Digits(
        values=digits.values,
        starts=digits.starts,
        lengths=digits.lengths - decimal,
        amounts=np.where(decimal, tens, digits.amounts),
    )
    if len(kept) == len(decimal):
        return replace(cells, digits=whole)
    return PlainNumbers(
        rows=cells.rows[kept],
        plus=cells.plus[kept],
        bracketed=cells.bracketed[kept],
        repaired=decimal[kept],
        digits=whole.of(kept),
    )


def _examine(shapes: pa.StringArray) -> _Shapes:
    classes, first, end = _without_edges(shapes)
    numeric = classes == DIGIT
    digits = exclusive_cumsum(numeric)
    brackets = exclusive_cumsum(_digits_in_brackets(classes))
    foreign = exclusive_cumsum(_is_foreign(classes))
    plus = classes[first] == PLUS
    plus |= (classes[first] == BRACKET) & (classes[first + 1] == PLUS)
    signs = end - first - (digits[end] - digits[first]) - plus
    pointed = (signs == 1) & ((classes[end - 2] == POINT) | (classes[end - 3] == POINT))
    decimal = pointed & (classes[end - 2] == POINT) & (classes[end - 1] == DIGIT)
    end = end - DECIMAL * decimal
    lengths = digits[end] - digits[first]
    plain = foreign[end] - foreign[first] == plus
    plain &= (decimal | ~pointed) & (lengths >= FEWEST) & (lengths <= MOST)
    return _Shapes(
        plain=plain,
        plus=plus,
        bracketed=brackets[end] > brackets[first],
        decimal=decimal,
        lengths=lengths,
    )


def _without_edges(
    shapes: pa.StringArray,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Return the letters of all shapes, and where each begins and ends without its edges."""
    offsets, letters = encoded_texts(shapes)
    # Some more at the end, so that what follows an empty text can be looked at.
    classes = np.frombuffer(letters + bytes([OTHER]) * 3, dtype=np.uint8)
    first, end = offsets[:-1].astype(np.int64), offsets[1:].astype(np.int64)
    while (edge := (first < end) & _is_edge(classes[first])).any():
        first = first + edge
    while (edge := (first < end) & _is_edge(classes[end - 1])).any():
        end = end - edge
    return classes, first, end


def _digits_in_brackets(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mark the brackets around one digit; the last characters are never one."""
    marks: NDArray[np.bool_] = classes == BRACKET
    marks[:-2] &= (classes[1:-1] == DIGIT) & (classes[2:] == BETWEEN)
    return marks


def _is_edge(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    edge: NDArray[np.bool_] = (classes == SPACE) | (classes == EDGE)
    return edge


def _is_foreign(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mark what no number has inside."""
    marks: NDArray[np.bool_] = (classes == PLUS) | (classes == EDGE) | (classes == OTHER)
    return marks
