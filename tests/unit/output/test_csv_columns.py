"""Columns are written byte for byte as rows are."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest

from bulksms.output.csv_columns import BLOCK, write_columns
from bulksms.output.csv_rows import write_table


def both(header: Sequence[str], table: pd.DataFrame) -> tuple[bytes, bytes]:
    with TemporaryDirectory() as folder:
        fast, slow = Path(folder, "fast.csv"), Path(folder, "slow.csv")
        write_columns(fast, header, table)
        write_table(slow, header, table.itertuples(index=False, name=None))
        return fast.read_bytes(), slow.read_bytes()


@pytest.mark.parametrize("count", [0, 1, BLOCK, BLOCK + 1])
def test_any_number_of_rows_is_written_whole(count: int) -> None:
    table = pd.DataFrame({"row": range(count), "name": pd.Series(["Zoé"] * count, dtype="str")})
    fast, slow = both(["row", "name"], table.iloc[::-1])
    assert fast == slow
    assert fast.count(b"\n") == count + 1
