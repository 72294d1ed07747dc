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
        unresolved: whether an empty cell of the type is an error.
    """

    def __init__(self, writer: CellWriter) -> None:
        self._writer = writer
        self._attributes: list[bytes] = []
        self.shapes: list[Shape] = []
        self.unresolved: list[bool] = []

    def find(self, windows: Windows, starts: Positions, lengths: Positions) -> NDArray[np.int64]:
        """Return the type of each cell by its attributes, which begin at `starts`."""
        give_up_unless(not len(lengths) or lengths.max() <= MAX_LENGTH, "long attributes")
        types = np.empty(len(starts), dtype=np.int64)
        left = np.arange(len(starts))
        kind = 0
        while len(left):
            if kind == len(self._attributes):
                first = left[0]
                self._add(windows.bytes[starts[first] :][: lengths[first]].tobytes())
            attributes = self._attributes[kind]
            same = lengths[left] == len(attributes)
            same[same] = windows.matches(starts[left[same]], attributes)
            types[left[same]] = kind
            left = left[~same]
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
        self.unresolved.append(kind == b"e")
        self.shapes.append(Shape.EMPTY if match[2] else self._shape(kind, int(style)))

    def _shape(self, kind: bytes, style: int) -> Shape:
        cell_format = self._writer.format_of(style)
        if kind == b"n":
            return Shape.NUMBER if cell_format.shows_digits_unchanged else Shape.UNUSUAL
        if not cell_format.shows_text_unchanged:
            return Shape.UNUSUAL
        shapes = {b"s": Shape.SHARED, b"str": Shape.TEXT, b"inlineStr": Shape.INLINE}
        return shapes.get(kind, Shape.UNUSUAL)
