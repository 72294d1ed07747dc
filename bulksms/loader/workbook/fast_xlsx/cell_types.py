"""Decides by its attributes how to read a cell; a sheet has few types of cells."""

import re
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from bulksms.loader.workbook.cell_text import CellWriter
from bulksms.loader.workbook.fast_xlsx.byte_windows import (
    NotSimpleXml,
    Positions,
    Windows,
    as_integer,
    give_up_unless,
)

MAX_KINDS = 256
MAX_LENGTH = 48
_ATTRIBUTES = re.compile(rb'((?: [st]="\w{1,9}")*)( ?/)?')
_STYLE = re.compile(rb' s="(0|[1-9]\d{0,5})"')
_TYPE = re.compile(rb' t="(n|s|str|inlineStr|b|e|d)"')


class Shape(IntEnum):
    """How a cell is to be read."""

    EMPTY = 0
    UNUSUAL = 1
    NUMBER = 2
    SHARED = 3
    TEXT = 4
    INLINE = 5


class CellTypes:
    """The types of cells of a sheet: their attributes after the reference, each with its shape.

    Attributes:
        shapes: of each type.
        broken: whether an empty cell of the type is an error.
    """

    def __init__(self, writer: CellWriter) -> None:
        self._writer = writer
        self._attributes: list[bytes] = []
        self.shapes: list[Shape] = []
        self.broken: list[bool] = []

    def find(self, windows: Windows, starts: Positions, lengths: Positions) -> NDArray[np.int64]:
        """Return the type of each cell by its attributes, which begin at `starts`."""
        give_up_unless(not len(lengths) or lengths.max() <= MAX_LENGTH, "long attributes")
        eight_bytes = _AttributeBytes(windows, starts)
        types = np.full(len(starts), -1, dtype=np.int64)
        left: Positions | slice = slice(None)
        kind = 0
        while len(behind := starts[left]):
            if kind == len(self._attributes):
                end = behind[0] + lengths[left][0]
                self._add(windows.bytes[behind[0] : end].tobytes())
            same = lengths[left] == len(self._attributes[kind])
            if same.any():
                same &= eight_bytes.are(left, self._attributes[kind])
                if isinstance(left, slice) and same.all():
                    return np.full(len(starts), kind, dtype=np.int64)
                types[np.arange(len(starts))[left][same]] = kind
                left = np.arange(len(starts))[left][~same]
            kind += 1
        return types

    def _add(self, attributes: bytes) -> None:
        give_up_unless(len(self._attributes) < MAX_KINDS, "many kinds of cells")
        match = _ATTRIBUTES.fullmatch(attributes)
        styles, types = _STYLE.findall(attributes), _TYPE.findall(attributes)
        if match is None or len(styles) > 1 or len(types) > 1:
            raise NotSimpleXml("attributes of a cell")
        give_up_unless(match[1].count(b"=") == len(styles) + len(types), "attributes of a cell")
        style, kind = (styles or [b"0"])[0], (types or [b"n"])[0]
        self._attributes.append(attributes)
        self.broken.append(kind == b"e")
        self.shapes.append(Shape.EMPTY if match[2] else self._shape(kind, int(style)))

    def _shape(self, kind: bytes, style: int) -> Shape:
        cell_format = self._writer.format_of(style)
        if kind == b"n":
            return Shape.NUMBER if cell_format.shows_digits_unchanged else Shape.UNUSUAL
        if not cell_format.shows_text_unchanged:
            return Shape.UNUSUAL
        shapes = {b"s": Shape.SHARED, b"str": Shape.TEXT, b"inlineStr": Shape.INLINE}
        return shapes.get(kind, Shape.UNUSUAL)


class _AttributeBytes:
    """The bytes of the attributes of cells, eight at a time, looked up on demand."""

    def __init__(self, windows: Windows, starts: Positions) -> None:
        self._windows, self._starts = windows, starts
        self._loaded: list[NDArray[np.uint64]] = []

    def are(self, positions: Positions | slice, literal: bytes) -> NDArray[np.bool_]:
        """Whether the literal is at the positions; anything may follow it."""
        same = np.ones(len(self._starts[positions]), dtype=np.bool_)
        for at in range(0, len(literal), 8):
            part = literal[at : at + 8]
            if at // 8 == len(self._loaded):
                self._loaded.append(self._windows.eight_bytes(self._starts, at))
            loaded = self._loaded[at // 8][positions]
            if len(part) < 8:  # noqa: PLR2004 - fewer than fit
                loaded = loaded & as_integer(b"\xff" * len(part))
            same &= loaded == as_integer(part)
        return same
