"""A fixed part of the comparison with the library; `make tables-check` makes the whole."""

import pytest

from benchmarks.mix import mixed
from tests.numbers.agreement import (
    REGIONS,
    Tally,
    compare,
    examples,
    fresh_table,
    mutated,
    renderings,
)


@pytest.mark.parametrize("region", REGIONS)
def test_examples_of_the_world_are_read_as_the_library_reads_them(region: str) -> None:
    tally = Tally()
    # Each region starts at another number: together they meet every example in every writing.
    texts = [text for number in examples() for text in renderings(number)]
    compare(fresh_table(), [(text, region) for text in texts[REGIONS.index(region) :: 7]], tally)
    assert tally.differences == []
    assert tally.counts["valid"] > 400


def test_spoiled_examples_are_read_as_the_library_reads_them() -> None:
    tally = Tally()
    compare(fresh_table(), mutated(25_000, seed=7), tally)
    assert tally.differences == []
    assert min(tally.counts["valid"], tally.counts["not valid"]) > 3_000
    assert tally.counts["left to the library"] < 4_000


@pytest.mark.parametrize("region", REGIONS)
def test_a_customer_list_is_read_as_the_library_reads_it(region: str) -> None:
    tally = Tally()
    compare(fresh_table(), ((text, region) for text in mixed(2_000)), tally)
    assert tally.differences == []
    assert tally.counts["valid"] > 400
