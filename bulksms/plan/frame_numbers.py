"""The frame that each row of a plan is in, counted on from block to block."""

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from bulksms.plan.plan import Plan

__all__ = ["FrameNumbers"]


class FrameNumbers:
    """Gives the frame of each row; the rows are asked for from the first to the last."""

    def __init__(self, plan: Plan) -> None:
        sizes = plan.frames_by_variant
        self._plan = plan
        self._first_frames = [1, *accumulate((len(each) for each in sizes), initial=1)][1:]
        self._ends = [np.cumsum(each, dtype=np.int64) for each in sizes]
        self._counted = [0] * len(sizes)
        self._contacts = plan.row_table.sendable

    def of_rows(self, rows: slice) -> NDArray[np.int32]:
        """Return the frame number of each of the next rows, 0 for a row that is in none."""
        contacts = self._contacts[rows]
        frames = np.zeros(len(contacts), dtype=np.int32)
        texts = self._plan.personalised
        variants = None if texts is None else texts.variant_of_row[rows]
        for index, ends in enumerate(self._ends):
            mask = contacts if variants is None else contacts & (variants == index)
            ranks = self._counted[index] + np.arange(np.count_nonzero(mask))
            frames[mask] = self._first_frames[index] + np.searchsorted(ends, ranks, "right")
            self._counted[index] += len(ranks)
        return frames
