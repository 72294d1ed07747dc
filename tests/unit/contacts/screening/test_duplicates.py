"""Of several rows with one number exactly one is texted, and which one is a choice."""

from dataclasses import replace

import pytest

from bulksms.contacts import Duplicates
from tests.unit.contacts.conftest import RULES, MakeSheet, findings_of, screened

HEADER = ["Mobile", "Prénom", "Nom"]
ROWS = (
    ["0639981230", "Ana", ""],
    ["+33639981231", "Bob", "Lee"],
    ["06 39 98 12 30", "", ""],
    ["0033639981230", "Ana", "Roy"],
    ["639981230", "Eva", "Roy"],
)


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        (Duplicates.FIRST, 2),
        (Duplicates.LAST, 6),
        (Duplicates.MOST_COMPLETE, 5),
        (Duplicates.REFUSE, 2),
    ],
)
def test_the_rule_says_which_row_of_a_number_is_texted(
    make_sheet: MakeSheet, rule: Duplicates, row: int
) -> None:
    answer = screened(make_sheet(HEADER, *ROWS), rules=replace(RULES, duplicates=rule))
    assert answer.contacts["row"].tolist() == sorted([row, 3])
    assert (answer.rows, answer.duplicates) == (5, 3)
    sentence = f"The same number is in row {row}, which is texted instead."
    assert set(answer.rejections["sentence"]) == {sentence}


def test_words_of_the_text_make_a_row_more_complete(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(
        ["Mobile", "Ville", "Note"], ["0639981230", "", "x"], ["0639981230", "a", ""]
    )
    rules = replace(RULES, duplicates=Duplicates.MOST_COMPLETE)
    assert screened(sheet, rules=rules, extras=("Ville",)).contacts["row"].tolist() == [3]
    assert screened(sheet, rules=rules).contacts["row"].tolist() == [2]


def test_a_row_that_cannot_be_texted_is_no_rival(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(HEADER, ["0639981230", "Ana", ""], ["0639981230", "Ana", "R" * 51])
    rules = replace(RULES, duplicates=Duplicates.LAST)
    assert screened(sheet, rules=rules).contacts["row"].tolist() == [2]


def test_refused_duplicates_name_the_first_pair(make_sheet: MakeSheet) -> None:
    rules = replace(RULES, duplicates=Duplicates.REFUSE)
    first = make_sheet(HEADER, *ROWS[:2], path="one.csv")
    two = make_sheet(HEADER, *ROWS[1:], path="two.csv")
    ((level, count, message),) = findings_of(
        screened(first, two, rules=rules), "duplicates_refused"
    )
    assert (level, count) == ("error", 4)
    assert "in 4 rows, first that of row 3 of one.csv in row 2 of two.csv" in message
    assert message.endswith("--duplicates first, last or most_complete.")
    assert findings_of(screened(first, rules=rules), "duplicates_refused") == []


def test_different_names_of_one_number_are_reported_under_every_rule(make_sheet: MakeSheet) -> None:
    for rule in Duplicates:
        answer = screened(make_sheet(HEADER, *ROWS), rules=replace(RULES, duplicates=rule))
        assert [(level, count) for level, count, _ in findings_of(answer, "shared_number")] == [
            ("warning", 1)
        ]


def test_a_sheet_without_names_shares_numbers_with_one_that_has_them(
    make_sheet: MakeSheet,
) -> None:
    named = make_sheet(["Mobile", "First name"], ["0639981230", "Ann"], ["0639981230", "Bob"])
    bare = make_sheet(["Mobile"], ["0639981230"], ["0639981231"], path="bare.csv")
    for sheets in ((named, bare), (bare, named)):
        answer = screened(*sheets)
        assert (answer.sendable, answer.duplicates) == (2, 2)
        assert [count for _, count, _ in findings_of(answer, "shared_number")] == [1]
