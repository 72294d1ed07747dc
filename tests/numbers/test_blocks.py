"""A column parsed in blocks gives the same as in one piece, whatever thread parses a block."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.mix import mixed
from bulksms.contacts.phones.parse import NumberRules
from bulksms.contacts.phones.parse_columns import ColumnParser
from tests.numbers.agreement import REGIONS, parsed_in_blocks
from tests.numbers.test_odd_cells import JOINED, TEXTS

RULES = NumberRules()
PLAIN = st.integers(0, 10**12).map(str) | st.integers(0, 10**9).map("06{:08}".format)


@settings(max_examples=60)
@given(
    cells=st.lists(PLAIN | JOINED | TEXTS, min_size=1, max_size=60),
    region=st.sampled_from(REGIONS),
    block=st.integers(1, 40),
)
def test_any_cells_are_judged_in_blocks_as_in_one_piece(
    cells: list[str], region: str, block: int
) -> None:
    whole = parsed_in_blocks(cells, region, RULES, size=len(cells))
    assert parsed_in_blocks(cells, region, RULES, size=block) == whole


def test_a_customer_list_is_judged_in_blocks_of_any_size_as_in_one_piece() -> None:
    texts = list(mixed(20_000, seed=5))
    whole = parsed_in_blocks(texts, "FR", RULES, size=20_000)
    for block in (999, 4_096, 7_777):
        assert parsed_in_blocks(texts, "FR", RULES, size=block) == whole


def test_large_texts_and_slices_of_longer_columns_are_judged_alike() -> None:
    texts = list(mixed(300, seed=6))
    parser = ColumnParser(RULES)
    columns = [
        pa.array(texts, pa.string()),
        pa.array(texts, pa.large_string()),
        pa.array([*mixed(50), *texts, *mixed(9)], pa.string()).slice(50, 300),
        pa.array([*mixed(50), *texts, *mixed(9)], pa.large_string()).slice(50, 300),
    ]
    first, *others = (parser.parse(column, "FR") for column in columns)
    for other in others:
        assert other.codes.tolist() == first.codes.tolist()
        assert other.phone_numbers.tolist() == first.phone_numbers.tolist()
