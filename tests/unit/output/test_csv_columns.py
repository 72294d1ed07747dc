"""Columns are written byte for byte as rows are."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest

from bulksms.output.csv_columns import arrow_texts, write_blocks
from bulksms.output.csv_rows import write_table

BLOCK = 4


def both(header: Sequence[str], table: pd.DataFrame) -> tuple[bytes, bytes]:
    with TemporaryDirectory() as folder:
        fast, slow = Path(folder, "fast.csv"), Path(folder, "slow.csv")
        parts = (table.iloc[start : start + BLOCK] for start in range(0, len(table), BLOCK))
        write_blocks(fast, header, parts, arrow_texts)
        write_table(slow, header, table.itertuples(index=False, name=None))
        return fast.read_bytes(), slow.read_bytes()


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1])
def test_any_number_of_rows_is_written_whole(count: int) -> None:
    table = pd.DataFrame({"row": range(count), "name": pd.Series(["Zoé"] * count, dtype="str")})
    fast, slow = both(["row", "name"], table.iloc[::-1])
    assert fast == slow
    assert fast.count(b"\n") == count + 1
