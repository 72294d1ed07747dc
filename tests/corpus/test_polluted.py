"""A list with one defect anywhere texts no one the words of someone else."""

import sys
from collections import Counter

import pytest

from bulksms.loader.sheets import read_sheets
from tests.corpus.polluted import Outcome, outcome_of, polluted_lists
from tests.sheets import cells_of


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_defect_texts_wrong_words_and_none_costs_the_list(
    separator: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = {polluted.name: outcome_of(polluted) for polluted in polluted_lists(separator)}
    counts = Counter(outcomes.values())
    with capsys.disabled():
        share = counts[Outcome.REFUSED] / len(outcomes)
        sys.stdout.write(f"{len(outcomes)} polluted lists, {share:.1%} refused whole\n")
    assert len(outcomes) == 459
    assert [name for name, outcome in outcomes.items() if outcome is Outcome.WRONG] == []
    assert counts[Outcome.REFUSED] == 0
    # A row in pieces leaves several rows that are too short: people are asked.
    asked = [name for name, outcome in outcomes.items() if outcome is Outcome.ASKED]
    assert [name for name in asked if name.startswith("end_")] == [f"end_r{at}" for at in range(9)]
    assert {name.split("_r")[0] for name in asked} <= {"end", "break_before_sep", "break_for_sep"}


def test_a_bad_quote_in_row_40_of_100_000_costs_that_row_only() -> None:
    rows = [f"06399800{at % 100:02};Zoé {at};Lyon\n" for at in range(100_000)]
    rows[38] = '0639980038;"Zoé 38;Lyon\n'
    (sheet,) = read_sheets(("phone;name;city\n" + "".join(rows)).encode(), "list.csv")
    assert len(sheet.rows) == 100_000
    assert (sheet.broken.tolist(), sheet.ragged.tolist()) == ([40], [])
    assert cells_of(sheet.rows)[39] == ["0639980039", "Zoé 39", "Lyon"]
