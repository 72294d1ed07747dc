"""Which cells of a column hold nothing but one number, and the digits of those.

Such a cell needs none of the repairs of `spelling`: what it lets through, `spelling` would have
left as it is. It knows no numbering plan.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bulksms.contacts.numbers import Digits

__all__ = ["Cells", "cells_of"]

FEWEST, MOST = 7, 15  # digits: what is shorter may be a short code, what is longer several numbers
LARGE = 1 << 31  # characters that can no longer be counted in 32 bits
DECIMAL = 2  # characters of a point and a zero
# Classes of characters; a digit is its own class.
SPACE, BETWEEN, BRACKET, POINT, PLUS, EDGE, OTHER = range(10, 17)


def _classes() -> NDArray[np.uint8]:
    classes = np.full(256, OTHER, dtype=np.uint8)
    classes[48:58] = np.arange(10)
    kinds = (
        (" ", SPACE),
        (")-", BETWEEN),
        ("(", BRACKET),
        (".", POINT),
        ("+", PLUS),
        ("';,:|", EDGE),
    )
    for letters, kind in kinds:
        classes[[ord(letter) for letter in letters]] = kind
    return classes


CLASSES = _classes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What stands in the cells of a column; where `plain` is false, the rest means nothing.

    Attributes:
        plain: whether a cell holds one number and nothing else.
        plus: whether it begins with a +.
        bracketed: whether it has a 0 in brackets, which may be meant to be left out.
        mended: whether `.0` at its end, which a spreadsheet program has added, was left out.
        digits: the digits of the cells.
    """

    plain: NDArray[np.bool_]
    plus: NDArray[np.bool_]
    bracketed: NDArray[np.bool_]
    mended: NDArray[np.bool_]
    digits: Digits


def cells_of(texts: pa.LargeStringArray) -> Cells:
    """Look at all cells at once; the texts hold no nulls."""
    classes, first, end = _letters(texts)
    numeric = classes < SPACE
    digits = _counted(numeric)
    brackets, marked = _counted(_zeros_in_brackets(classes)), _counted(classes >= PLUS)
    plus = classes[first] == PLUS
    plus |= (classes[first] == BRACKET) & (classes[first + 1] == PLUS)
    signs = end - first - (digits[end] - digits[first]) - plus
    pointed = (signs == 1) & ((classes[end - 2] == POINT) | (classes[end - 3] == POINT))
    mended = pointed & (classes[end - 2] == POINT) & (classes[end - 1] == 0)
    end = end - DECIMAL * mended
    lengths = digits[end] - digits[first]
    plain = marked[end] - marked[first] == plus
    plain &= (mended | ~pointed) & (lengths >= FEWEST) & (lengths <= MOST)
    return Cells(
        plain=plain,
        plus=plus,
        bracketed=brackets[end] > brackets[first],
        mended=mended,
        digits=Digits(
            values=np.append(classes[numeric], np.zeros(3, dtype=np.uint8)),
            starts=digits[first],
            lengths=np.where(plain, lengths, 0),
        ),
    )


def _letters(
    texts: pa.LargeStringArray,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Class every character, and say where each text begins and ends, edges left out."""
    _, places, letters = texts.buffers()
    offsets = np.frombuffer(places, dtype=np.int64)[texts.offset :][: len(texts) + 1]
    kept = np.frombuffer(letters or b"", dtype=np.uint8)[offsets[0] : offsets[-1]]
    # Some more at the end, so that what follows an empty text can be looked at.
    classes = np.append(CLASSES[kept], np.full(3, OTHER, dtype=np.uint8))
    first, end = offsets[:-1] - offsets[0], offsets[1:] - offsets[0]
    while (edge := (first < end) & _is_edge(classes[first])).any():
        first = first + edge
    while (edge := (first < end) & _is_edge(classes[end - 1])).any():
        end = end - edge
    return classes, first, end


def _zeros_in_brackets(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Mark the brackets about a 0; the last characters are never one."""
    marks: NDArray[np.bool_] = classes == BRACKET
    marks[:-2] &= (classes[1:-1] == 0) & (classes[2:] == BETWEEN)
    return marks


def _is_edge(classes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    edge: NDArray[np.bool_] = (classes == SPACE) | (classes == EDGE)
    return edge


def _counted(marks: NDArray[np.bool_]) -> NDArray[np.signedinteger]:
    """Count the marks before each place."""
    kind = np.int32 if len(marks) < LARGE else np.int64
    counted: NDArray[np.signedinteger] = np.zeros(len(marks) + 1, dtype=kind)
    np.cumsum(marks, out=counted[1:], dtype=kind)
    return counted
