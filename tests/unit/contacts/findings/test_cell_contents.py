"""Columns that hold something else than they are for are reported, and the worst of them stop."""

import pytest

from bulksms.contacts import ScreeningRules
from tests.unit.contacts.conftest import MakeSheet, findings_of, screened

GOOD = [[f"063998{number:04}", f"Ana{number}", "Lee"] for number in range(8)]
HEADER = ["Mobile", "Prénom", "Nom"]


def test_a_column_of_emails_stops_above_a_fifth(make_sheet: MakeSheet) -> None:
    mails = [["zoe@example.com", "Zoë", "Roy"], [" bob@example.org", "Bob", "Roy"]]
    few = screened(make_sheet(HEADER, *GOOD, *mails))
    assert findings_of(few, "emails_as_numbers") == []
    many = screened(make_sheet(HEADER, *mails, mails[0], ["", "", ""], *GOOD))
    ((level, count, message),) = findings_of(many, "emails_as_numbers")
    assert (level, count) == ("error", 3)
    assert "3 of 11 cells" in message
    assert "first in row 2, column 'Mobile'" in message


def test_numbers_under_a_name_stop_above_a_fifth(make_sheet: MakeSheet) -> None:
    swapped = [[f"06399813{number:02}", f"+33 1 42 68 53 {number:02}", ""] for number in range(3)]
    few = screened(make_sheet(HEADER, *GOOD, *swapped[:2]))
    assert findings_of(few, "numbers_as_names") == []
    ((level, count, message),) = findings_of(
        screened(make_sheet(HEADER, *GOOD, *swapped)), "numbers_as_names"
    )
    assert (level, count) == ("error", 3)
    assert "3 of 11 values of first_name" in message
    assert "--map first_name=HEADER" in message


@pytest.mark.parametrize("name", ["Zoë 2", "1 rue de la Paix 75001", "2024", "R2-D2", "12345"])
def test_a_name_with_digits_is_no_number(make_sheet: MakeSheet, name: str) -> None:
    rows = [[f"063998130{number}", name, ""] for number in range(3)]
    assert findings_of(screened(make_sheet(HEADER, *rows)), "numbers_as_names") == []


def test_one_wrong_cell_is_a_slip(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(HEADER, ["a@example.com", "Zoë", ""], ["0639981300", "0639981301", ""])
    assert screened(sheet).findings == ()


def test_swapped_names_are_warned_about(make_sheet: MakeSheet) -> None:
    rows = [[number, last.upper(), first] for number, first, last in GOOD]
    ((level, count, message),) = findings_of(screened(make_sheet(HEADER, *rows)), "names_swapped")
    assert (level, count) == ("warning", 8)
    assert "--map first_name=HEADER --map last_name=HEADER" in message


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        ("Ana", "LEE", []),
        ("ANA", "LEE", ["names_in_capitals"]),
        ("JP", "Lee", []),
        ("Ana", "Lee", []),
        ("ANA", "", ["names_in_capitals"]),
    ],
)
def test_capitals_are_no_sign_of_a_swap_by_themselves(
    make_sheet: MakeSheet, first: str, last: str, codes: list[str]
) -> None:
    rows = [[number, first, last] for number, _, _ in GOOD]
    answer = screened(make_sheet(HEADER, *rows))
    assert [finding.code for finding in answer.findings] == codes


def test_words_for_nothing_are_kept_and_reported(make_sheet: MakeSheet) -> None:
    header = ["Mobile", "Prénom", "Ville", "Note"]
    sheet = make_sheet(
        header,
        ["0639981230", "Ana", "Lyon", "null"],
        ["0639981231", "Bob", "N/A", ""],
        ["0639981232", "None", "-", ""],
        ["0639981233", "0", "0", ""],
        ["x", "NULL", "", ""],
    )
    answer = screened(sheet, extras=("Ville",))
    assert answer.contacts["first_name"].tolist() == ["Ana", "Bob", "None", "0"]
    ((level, count, message),) = findings_of(answer, "words_for_nothing")
    assert (level, count) == ("warning", 3)
    assert "'N/A' in row 3" in message


@pytest.mark.parametrize(
    "word",
    ["(vide)", "(none)", "[]", '""', "undefined", "N.A.", "s/o", "k.A.", "Non renseigné", "TBD"],
)
def test_a_word_for_nothing_is_reported_in_any_column(make_sheet: MakeSheet, word: str) -> None:
    sheet = make_sheet(["Mobile", "Prénom", "Ville"], ["0639981230", "Ana", word])
    assert len(findings_of(screened(sheet, extras=("Ville",)), "words_for_nothing")) == 1


@pytest.mark.parametrize("word", ["0", "FAUX", "false", "Prénom", "First Name", "_"])
def test_no_one_is_called_zero_or_like_the_column(make_sheet: MakeSheet, word: str) -> None:
    sheet = make_sheet(["Mobile", "Prénom", "Ville"], ["0639981230", word, word])
    answer = screened(sheet, extras=("Ville",))
    ((_, count, message),) = findings_of(answer, "words_for_nothing")
    assert (count, f"{word!r} in row 2" in message) == (1, True)
    other = make_sheet(["Mobile", "Prénom", "Ville"], ["0639981230", "Ana", word])
    assert findings_of(screened(other, extras=("Ville",)), "words_for_nothing") == []


@pytest.mark.parametrize(
    "error", ["#N/A", "#REF!", "#¿NOMBRE?", "#VALEUR!", "#CHAMP!", "#NV", "#ÜBERLAUF!", "Err:502"]
)
def test_an_error_of_a_spreadsheet_in_a_text_is_no_name(make_sheet: MakeSheet, error: str) -> None:
    sheet = make_sheet(
        ["Mobile", "Prénom", "Ville"],
        ["0639981230", error, "Lyon"],
        ["0639981231", "Ana", error],
        ["0639981232", "Bob", "#VIP"],
    )
    assert screened(sheet).reasons == {"formula_or_error_cell": 1}
    used = screened(sheet, extras=("Ville",))
    assert used.reasons == {"formula_or_error_cell": 2}
    assert used.contacts["first_name"].tolist() == ["Bob"]


@pytest.mark.parametrize(
    "cell", ["#N/A", "#ref! ", "#DIV/0!", "Err:502", "=A1", "=NA()", "=+33639981230"]
)
def test_an_error_or_a_formula_for_a_number_is_called_so_in_text_files(
    make_sheet: MakeSheet, cell: str
) -> None:
    sheet = make_sheet(["Mobile"], [cell], ["0639981230"], ["#VIP"])
    assert screened(sheet).reasons == {"formula_or_error_cell": 1, "not_a_number": 1}
    two = make_sheet(["Mobile", "Portable 2"], [cell, "0639981230"], ["", cell])
    assert screened(two).reasons == {"formula_or_error_cell": 1}


def test_destroyed_digits_say_which_cell_and_how_to_export_again(make_sheet: MakeSheet) -> None:
    rows = [["0639981230"], ["3.36399E+10"], ["3,36E+10"]]
    ((level, count, message),) = findings_of(screened(make_sheet(["Mobile"], *rows)), "digits_lost")
    assert (level, count) == ("warning", 2)
    assert "'3.36399E+10' in row 3: format the column as text" in message


def test_fictitious_numbers_name_the_rehearsal_that_accepts_them(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Mobile"], ["0612345678"], ["06 39 98 12 30"], ["+1 212 555 0101"])
    ((level, count, message),) = findings_of(
        screened(sheet, rules=ScreeningRules()), "fictitious_numbers"
    )
    assert (level, count) == ("warning", 2)
    assert "'06 39 98 12 30' in row 3: try such a list with bulksms rehearse" in message
    assert findings_of(screened(sheet), "fictitious_numbers") == []


def test_a_mobile_taken_from_several_numbers_is_reported(make_sheet: MakeSheet) -> None:
    answer = screened(make_sheet(["Mobile"], ["0142685300 / 0639981230"], ["0639981231"]))
    assert findings_of(answer, "split_cells") == [
        ("note", 1, "A mobile beside other numbers is taken from 1 cell.")
    ]


@pytest.mark.parametrize(
    ("header", "yes", "other"),
    [
        ("Opt-in (0/1)", "1", "0"),
        ("Opt-in", "oui", ""),
        ("Attendee Status", "Attending", "Not Attending"),
        ("Attendee Status", "Checked In", "Deleted"),
    ],
)
def test_a_column_that_may_speak_of_consent_is_asked_about(
    make_sheet: MakeSheet, header: str, yes: str, other: str
) -> None:
    agreed = make_sheet(["Mobile", header], ["0639981230", yes], ["x", other])
    assert screened(agreed).findings == ()
    answer = screened(make_sheet(["Mobile", header], ["0639981230", yes], ["0639981231", other]))
    ((level, count, message),) = findings_of(answer, "unclear_consent")
    assert (level, count, answer.sendable) == ("error", 1, 2)
    assert f"The column {header!r} does not say yes in 1 row, first in row 3" in message
