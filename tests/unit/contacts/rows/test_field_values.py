"""A value over 50 characters is rejected, cut or stops everything, as the user chose."""

from dataclasses import replace

import pytest

from bulksms.contacts import LongValues
from tests.unit.contacts.conftest import RULES, MakeSheet, findings_of, screened

CUT = replace(RULES, long_values=LongValues.CUT)
STOP = replace(RULES, long_values=LongValues.STOP)
LONG = "x" * 51


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        pytest.param("y" * 50, "y" * 50, id="fits"),
        pytest.param("y" * 51, "y" * 50, id="no word border at all"),
        pytest.param("y" * 34 + " " + "z" * 20, "y" * 34 + " " + "z" * 15, id="border too early"),
        pytest.param("y" * 35 + " " + "z" * 20, "y" * 35, id="border just late enough"),
        pytest.param("y" * 40 + " zzzz" + " z" * 10, "y" * 40 + " zzzz z z", id="the last border"),
        pytest.param("y" * 50 + " z", "y" * 50, id="border at the limit"),
        pytest.param("é" * 51, "é" * 50, id="accents"),
    ],
)
def test_a_long_value_is_cut_between_words_where_that_costs_little(
    make_sheet: MakeSheet, value: str, kept: str
) -> None:
    answer = screened(make_sheet(["Mobile", "Prénom"], ["0639981230", value]), rules=CUT)
    assert answer.contacts["first_name"].tolist() == [kept]


def test_cut_values_are_counted_with_the_first_row(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(
        ["Mobile", "Prénom", "Ville"],
        ["0639981230", "Ana", "Lyon"],
        ["0639981231", "Bob", LONG],
        ["0639981232", LONG, LONG],
        ["bad", LONG, ""],
    )
    answer = screened(sheet, rules=CUT, extras=("Ville",))
    assert answer.contacts["Ville"].str.len().tolist() == [4, 50, 50]
    assert findings_of(answer, "values_cut") == [
        ("warning", 2, "A value is cut at 50 characters in 2 rows, first 'Ville' in row 3.")
    ]


def test_long_values_can_stop_everything(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(
        ["Mobile", "Full name"], ["0639981230", "Ann Lee"], ["0639981231", f"Bob {LONG}"]
    )
    answer = screened(sheet, rules=STOP)
    ((level, count, message),) = findings_of(answer, "long_values")
    assert (level, count, answer.reasons) == ("error", 1, {"value_too_long": 1})
    assert "first 'Full name' in row 3" in message


def test_a_column_the_text_does_not_use_may_be_long(make_sheet: MakeSheet) -> None:
    answer = screened(make_sheet(["Mobile", "Note"], ["0639981230", LONG]), rules=STOP)
    assert (answer.sendable, answer.findings) == (1, ())


def test_a_rejected_long_value_names_its_column_and_row(make_sheet: MakeSheet) -> None:
    answer = screened(make_sheet(["Mobile", "param1"], ["0639981230", LONG]))
    (line,) = answer.rejections.to_dict("records")
    assert (line["row"], line["reason"], line["column"]) == (2, "value_too_long", "param1")
    assert (findings_of(answer, "long_values"), findings_of(answer, "values_cut")) == ([], [])
