"""What each block of rows passes before it is kept: guards come off, spoilt cells are noted.

So nobody has to read the rows again for it. It must not know what the columns mean.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import all_bytes, bools_to_arrow, first_bytes, strings_to_arrow
from bulksms.loader.cell_damage import Spoilt, may_be_spoilt

__all__ = ["Gate"]

_GUARDED = re.compile(r"""^=\s*"([^"]*)"$|^'(\+?\d[\d .]*)$""")


class Gate:
    """Passes blocks of rows on.

    Args:
        guarded: take off Excel's own guards, `="0612"` and `'0612`, and nothing else.

    Attributes:
        spoilt: the cells that look spoilt, of all rows that passed.
    """

    def __init__(self, *, guarded: bool) -> None:
        self.spoilt = Spoilt()
        self._guarded = guarded

    def __call__(self, texts: pa.RecordBatch, numbers: NDArray[np.int32]) -> pa.RecordBatch:
        """Look at some rows and their numbers, and give the rows as they shall be kept."""
        suspects = []
        for at, cells in enumerate(texts.columns):
            letters, bare = all_bytes(cells), cells
            if self._guarded and (b"=" in letters or b"'" in letters):
                bare = _bare(cells)
                texts = texts.set_column(at, texts.schema.field(at), bare)
            if may_be_spoilt(letters):
                suspects.append(bare)
        self.spoilt.look(suspects, numbers)
        return texts


def _bare(cells: pa.StringArray) -> pa.StringArray:
    first = first_bytes(cells)
    guarded = (first == ord("=")) | (first == ord("'"))
    if not guarded.any():
        return cells
    mask = bools_to_arrow(guarded)
    bare = [_GUARDED.sub(r"\1\2", cell) for cell in cells.filter(mask).to_pylist()]
    return pc.replace_with_mask(cells, mask, strings_to_arrow(bare))
