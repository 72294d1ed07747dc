"""Whatever cells the program writes, it reads the same ones."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from bulksms.loader.sheets import read_sheets
from bulksms.output.formula_guard import guard
from tests.sheets import cells_of


@given(
    st.lists(
        st.text(st.sampled_from("'=+-@0a ;|\t\n\u00a0,\""), max_size=7), min_size=2, max_size=2
    )
)
def test_any_cells_survive_a_round_trip(row: list[str]) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([["a", "b", "c"], ["x", "y", "z"], [*map(guard, row), "end"]])
    (sheet,) = read_sheets(out.getvalue().encode("utf-8-sig"), "out.csv")
    assert cells_of(sheet.rows)[1] == [*row, "end"]
