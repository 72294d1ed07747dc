"""Measures how long neighbouring values become, with the words between them, over all rows."""

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from bulksms.message.template import Placeholder, Template

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Span", "SpanWidths"]

Span = tuple[int, int]  # the first and the last piece of what is merged into one value


class SpanWidths:
    """The longest each span of a text becomes in any row, in characters; rows come in blocks.

    Attributes:
        positions: which pieces of the text are placeholders.
    """

    def __init__(self, template: Template) -> None:
        pieces = enumerate(template.pieces)
        self.positions = [at for at, piece in pieces if isinstance(piece, Placeholder)]
        self._template = template
        self._longest: dict[Span, tuple[int, int]] = {}  # with its row

    def add(self, contacts: "pd.DataFrame") -> None:
        """Measure a block of contacts, which have a row and a column for each placeholder."""
        ends = [np.zeros(len(contacts), dtype=np.int64)]
        for piece in self._template.pieces:
            if isinstance(piece, str):
                ends.append(ends[-1] + len(piece))
            else:
                lengths = piece.fill(contacts[piece.name]).str.len()
                ends.append(ends[-1] + lengths.to_numpy(dtype=np.int64))
        if not len(contacts):
            return
        for span in combinations(self.positions, 2):
            widths = ends[span[1] + 1] - ends[span[0]]
            longest = int(widths.argmax())
            if widths[longest] > self.longest(*span):
                self._longest[span] = int(widths[longest]), int(contacts["row"].iloc[longest])

    def longest(self, first: int, last: int) -> int:
        """Return the longest that the pieces from one to another become; 0 without rows."""
        return self._longest.get((first, last), (0, 0))[0]

    def row_of(self, span: Span) -> int:
        """Return the row in which a span is longest; 0 without rows."""
        return self._longest.get(span, (0, 0))[1]
