"""A list with one defect anywhere texts nobody the words of somebody else."""

from collections import Counter

import pytest

from tests.corpus.polluted import Outcome, outcome_of, polluted_lists


@pytest.mark.parametrize("separator", [",", ";"])
def test_no_defect_texts_wrong_words_and_none_costs_the_list(separator: str) -> None:
    outcomes = {polluted.name: outcome_of(polluted) for polluted in polluted_lists(separator)}
    counts = Counter(outcomes.values())
    assert len(outcomes) == 379
    assert [name for name, outcome in outcomes.items() if outcome is Outcome.WRONG] == []
    assert counts[Outcome.REFUSED] == 0
    # A row in three pieces leaves several rows that are too short: people are asked.
    asked = [name for name, outcome in outcomes.items() if outcome is Outcome.ASKED]
    assert asked == [f"end_r{row}" for row in range(9)]
