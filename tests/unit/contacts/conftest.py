"""Small tables, as the loader would hand them over."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd
import pytest

from bulksms.loader import Sheet, Source


class MakeSheet(Protocol):
    def __call__(
        self,
        header: Sequence[str],
        *rows: Sequence[str],
        path: str = "list.csv",
        ragged: Sequence[int] = (),
        damaged: Sequence[tuple[int, int]] = (),
    ) -> Sheet: ...


def build_sheet(
    header: Sequence[str],
    *rows: Sequence[str],
    path: str = "list.csv",
    ragged: Sequence[int] = (),
    damaged: Sequence[tuple[int, int]] = (),
) -> Sheet:
    index = pd.RangeIndex(2, 2 + len(rows), name="row")
    frame = pd.DataFrame(list(rows), index=index, columns=range(len(header)), dtype="str")
    marks = pd.DataFrame()
    if damaged:
        marks = pd.DataFrame(data=False, index=index, columns=frame.columns)
        for row, column in damaged:
            marks.loc[row, column] = True
    return Sheet(
        source=Source(
            path=path, format="csv", encoding="utf-8", delimiter=",", sheet=None, digest="0" * 64
        ),
        header=tuple(header),
        rows=frame,
        ragged=pd.Index(list(ragged), dtype="int64", name="row"),
        damaged=marks,
    )


@pytest.fixture
def make_sheet() -> MakeSheet:
    return build_sheet
