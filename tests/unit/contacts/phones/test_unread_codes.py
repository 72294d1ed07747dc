"""A column that may say whose country the numbers are of is read, or asked about."""

import pytest

from bulksms.contacts import read_opt_outs
from tests.unit.contacts.conftest import MakeSheet, findings_of, screened

SPAIN, FRANCE = ["612345314", "612345315"], ["0612345311", "0612345312"]
SAID = (
    "Column 2 'Code' of {} may be the dial code or the country of the numbers, and nothing reads "
    "it, in 2 rows, first in row 2 ('34'): if it is, call it 'Dial code', and have one such "
    "column only."
)


@pytest.mark.parametrize(
    ("header", "spain", "france"),
    [("Code", "34", "33"), ("Code", "ES", "FR"), ("Code", "ESP", "FRA"), ("Code", "🇪🇸", "🇫🇷"),
     ("Codes", "34", "33"), ("Code 1", "34.0", "33.0"), ("", "34", "33"), ("A", "34", "33"),
     ("Colonne1", "34", "33"), ("Zone", "Espagne", "France"), ("Zone", "34", "33"),
     ("Région", "ES", "FR"), ("Prefix", "ES", "FR"), ("Préfixe", "Spain", "France"),
     ("Prefisso", "ESP", "FRA"), ("International", "34", "33"), ("Réseau", "34", "33"),
     ("Quelque chose", "34", "33"), ("Quelque chose", "ES", "FR"), ("Phone 1", "ES", "FR")],
)  # fmt: skip
def test_codes_under_a_header_that_says_too_little_are_asked_about(
    make_sheet: MakeSheet, header: str, spain: str, france: str
) -> None:
    rows = [*(["A", spain, cell] for cell in SPAIN), *(["B", france, cell] for cell in FRANCE)]
    sheet = make_sheet(["Prénom", header, "Portable"], *rows)
    answer = screened(sheet)
    ((level, count, message),) = findings_of(answer, "dial_code_doubtful")
    assert (level, count) == ("error", 2)
    if (header, spain) == ("Code", "34"):
        assert message == SAID.format(sheet.source.path)


@pytest.mark.parametrize("header", ["Indicatif", "Ind.", "Pfx", "Landeskennziffer", "Kod kraju"])
@pytest.mark.parametrize(("spain", "france"), [("34", "33"), ("+34", "0033")])
def test_codes_under_a_header_that_says_so_are_joined(
    make_sheet: MakeSheet, header: str, spain: str, france: str
) -> None:
    sheet = make_sheet([header, "Mobile"], [spain, SPAIN[0]], [france, FRANCE[0]])
    answer = screened(sheet)
    assert answer.contacts["phone_number"].tolist() == [34612345314, 33612345311]
    assert findings_of(answer, "dial_code_doubtful") == []


@pytest.mark.parametrize("header", ["Pays", "Country", "Indicatif", "Dial code"])
def test_a_flag_is_a_country(make_sheet: MakeSheet, header: str) -> None:
    sheet = make_sheet([header, "Mobile"], ["🇪🇸", SPAIN[0]], ["🇫🇷", FRANCE[0]])
    assert screened(sheet).contacts["phone_number"].tolist() == [34612345314, 33612345311]


@pytest.mark.parametrize(
    "codes", [("+33", "+34"), ("33", "34"), ("", "+34")], ids=["plus", "bare", "one empty"]
)
def test_two_columns_of_dial_codes_that_differ_are_asked_about(
    make_sheet: MakeSheet, codes: tuple[str, str]
) -> None:
    header = ["Indicatif", "Mobile", "Indicatif 2", "Mobile 2"]
    rows = [codes[0], "", codes[1], SPAIN[0]], ["33", FRANCE[0], "33", ""]
    ((level, _, _),) = findings_of(screened(make_sheet(header, *rows)), "dial_code_doubtful")
    assert level == "error"


def test_two_columns_of_dial_codes_that_agree_are_nothing_to_say(make_sheet: MakeSheet) -> None:
    header = ["Indicatif", "Mobile", "Indicatif 2", "Mobile 2"]
    answer = screened(make_sheet(header, ["34", SPAIN[0], "34", ""], ["33", FRANCE[0], "33", ""]))
    assert findings_of(answer, "dial_code_doubtful") == []
    assert answer.contacts["phone_number"].tolist() == [34612345314, 33612345311]


@pytest.mark.parametrize(
    ("header", "cells"),
    [("Département", "34 33"), ("Âge", "34 41"), ("Points", "34 34"), ("Langue", "ES FR"),
     ("Pays de naissance", "MA ES"), ("Nationalité", "ES ES"), ("Destination", "ES MA"),
     ("Civilité", "MR MME"), ("Code client", "34 36"), ("Code", "VIP STD"), ("Agence", "34 34"),
     ("Initiales", "ES AB")],
)  # fmt: skip
def test_other_columns_are_nothing_to_ask_about(
    make_sheet: MakeSheet, header: str, cells: str
) -> None:
    # Their numbers have lost the zero, as in Excel, and would be Spanish as well.
    rows = [[cell, number] for cell, number in zip(cells.split(), SPAIN, strict=True)]
    answer = screened(make_sheet([header, "Mobile"], *rows))
    assert findings_of(answer, "dial_code_doubtful") == []
    assert answer.contacts["phone_number"].tolist() == [33612345314, 33612345315]


def test_french_numbers_beside_other_codes_are_nothing_to_ask_about(make_sheet: MakeSheet) -> None:
    answer = screened(make_sheet(["Code", "Mobile"], ["34", FRANCE[0]], ["33", FRANCE[1]]))
    assert findings_of(answer, "dial_code_doubtful") == []


@pytest.mark.parametrize("code", ["34", "ES", "ESP", "🇪🇸"])
def test_an_opt_out_counts_in_both_readings(make_sheet: MakeSheet, code: str) -> None:
    opt_outs = read_opt_outs([make_sheet(["Code", "Mobile"], [code, SPAIN[0]])], "FR")
    assert opt_outs.digits.tolist() == [33612345314, 34612345314]
