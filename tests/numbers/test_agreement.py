"""A fixed part of the comparison with the library; `make tables-check` makes the whole."""

import pytest

from benchmarks.mix import mixed
from bulksms.contacts.phones.parse import NumberRules
from tests.numbers.agreement import (
    REGIONS,
    Tally,
    compare,
    compare_parsed,
    examples,
    fresh_table,
    mutated,
    renderings,
    two_tables,
)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> tuple[NumberRules, NumberRules]:
    return two_tables(tmp_path_factory.mktemp("tables"))


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


@pytest.mark.parametrize("region", REGIONS)
def test_blocks_are_judged_as_the_library_alone_would_have_it(
    region: str, rules: tuple[NumberRules, NumberRules]
) -> None:
    tally = Tally()
    texts = [text for number in examples() for text in renderings(number)]
    compare_parsed([(text, region) for text in texts[REGIONS.index(region) :: 31]], *rules, tally)
    compare_parsed([(text, region) for text in mixed(4_000, seed=3)], *rules, tally)
    assert tally.differences == []
    assert tally.counts["parsed"] > 4_000


def test_spoiled_examples_are_judged_in_blocks_as_the_library_alone_would_have_it(
    rules: tuple[NumberRules, NumberRules],
) -> None:
    tally = Tally()
    compare_parsed(mutated(10_000, seed=11), *rules, tally)
    assert tally.differences == []
