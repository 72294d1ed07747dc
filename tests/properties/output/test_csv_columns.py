"""Any cells are written by columns as they are written by rows."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.output.test_csv_columns import both

SIGNS = '=+-@09a é,;"\r\n\t\v\x00\x1c\x85\u00a0\u2028\u3000\ufeff\uff1d\uff0b\uff0d\uff20'


CELLS = st.text(st.sampled_from(SIGNS), max_size=6) | st.sampled_from(["+336", "+336\n", "-1"])


@given(st.integers(1, 3).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n))))
def test_any_cells_are_written_as_rows_are(rows: list[list[str]]) -> None:
    width = len(rows[0]) if rows else 1
    table = pd.DataFrame(rows, columns=range(width), dtype="str")
    fast, slow = both(["=h"] * width, table)
    assert fast == slow
