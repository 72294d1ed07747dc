"""Columns are written byte for byte as rows are."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.output.csv_columns import BLOCK, write_columns
from bulksms.output.csv_rows import write_table

SIGNS = '=+-@09a é,;"\r\n\t\v\x00\x1c\x85\u00a0\u2028\u3000\ufeff\uff1d\uff0b\uff0d\uff20'
CELLS = st.text(st.sampled_from(SIGNS), max_size=6) | st.sampled_from(["+336", "+336\n", "-1"])


def both(header: Sequence[str], table: pd.DataFrame) -> tuple[bytes, bytes]:
    with TemporaryDirectory() as folder:
        fast, slow = Path(folder, "fast.csv"), Path(folder, "slow.csv")
        write_columns(fast, header, table)
        write_table(slow, header, table.itertuples(index=False, name=None))
        return fast.read_bytes(), slow.read_bytes()


@given(st.integers(1, 3).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n))))
def test_any_cells_are_written_as_rows_are(rows: list[list[str]]) -> None:
    width = len(rows[0]) if rows else 1
    table = pd.DataFrame(rows, columns=range(width), dtype="str")
    fast, slow = both(["=h"] * width, table)
    assert fast == slow


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1])
def test_any_number_of_rows_is_written_whole(count: int) -> None:
    table = pd.DataFrame({"row": range(count), "name": pd.Series(["Zoé"] * count, dtype="str")})
    fast, slow = both(["row", "name"], table.iloc[::-1])
    assert fast == slow
    assert fast.count(b"\n") == count + 1
