"""A dial code in a column of its own is joined to the number beside it."""

import pytest

from bulksms.contacts import OptOutList, ScreeningRules, map_columns, read_opt_outs, screen
from bulksms.contacts.columns.dial_codes import calling_code, is_area_code
from tests.unit.contacts.conftest import MakeSheet, screened

HEADERS = (
    "Indicatif", "Indicatif pays", "Préfixe", "Code pays", "Dial code", "Country code",
    "Calling code", "Phone country code", "Prefix", "Vorwahl", "Ländervorwahl", "Landeskennzahl",
    "Prefijo", "Código de país", "Prefisso", "Prefisso internazionale", "Indicativo", "DDI",
    "Quelque chose",
)  # fmt: skip
ROWS = (
    ("A", "+33", "0612345311", 33612345311),
    ("B", "33", "0612345312", 33612345312),
    ("C", "+33", "612345313", 33612345313),
    ("D", "0034", "612345314", 34612345314),
    ("E", "+44 (UK)", "07911 123456", 447911123456),
    ("F", "+262", "692123457", 262692123457),
    ("G", "", "0612345315", 33612345315),
    ("H", "+33", "+34612345316", 34612345316),
)


@pytest.mark.parametrize("header", HEADERS)
def test_a_dial_code_is_joined_whatever_its_column_is_called(
    make_sheet: MakeSheet, header: str
) -> None:
    sheet = make_sheet(["Prénom", header, "Portable"], *[row[:3] for row in ROWS])
    answer = screened(sheet)
    assert answer.contacts["phone_number"].tolist() == [row[3] for row in ROWS]


@pytest.mark.parametrize(
    "header",
    ["Codice paese", "Código país", "Code téléphonique", "Intl prefix", "Telefonvorwahl",
     "Prefijo internacional", "Codice internazionale", "Cód. do país", "Phone code",
     "Mobile country code", "Code pays tél", "Ländercode", "dial_code", "countryCallingCode",
     "Ind.", "Ind. tél", "Code téléphone", "Landcode", "Landnummer", "Kierunkowy", "phone_cc",
     "Mobile - Country"],
)  # fmt: skip
def test_a_code_without_a_plus_is_known_by_the_words_of_its_header(
    make_sheet: MakeSheet, header: str
) -> None:
    sheet = make_sheet([header, "Móvil"], ["34", "612345314"], ["33", "0612345311"])
    assert screened(sheet).contacts["phone_number"].tolist() == [34612345314, 33612345311]


@pytest.mark.parametrize("cells", [("34", "33"), ("+34", "+33"), ("(34)", "(33)")])
def test_a_phone_column_of_nothing_but_codes_is_joined_to_its_neighbour(
    make_sheet: MakeSheet, cells: tuple[str, str]
) -> None:
    rows = zip(cells, ("612345314", "612345311"), strict=True)
    sheet = make_sheet(["Tél. 1", "Portable"], *map(list, rows))
    assert screened(sheet).contacts["phone_number"].tolist() == [34612345314, 33612345311]


@pytest.mark.parametrize(
    ("header", "spain", "france"),
    [("Indicatif", "Espagne", "France"), ("Vorwahl", "Spanien", "Frankreich"),
     ("Dialling code", "ES", "FR"), ("Indicativo", "ESPAÑA", "FRANCIA"),
     ("Pays de résidence", "Espagne", "France"), ("Country of residence", "Spain", "France"),
     ("Land", "Spanje", "Frankrijk")],
)  # fmt: skip
def test_a_country_is_known_by_its_name_whatever_its_column_is_called(
    make_sheet: MakeSheet, header: str, spain: str, france: str
) -> None:
    sheet = make_sheet([header, "Mobile"], [spain, "612345314"], [france, "0612345311"])
    assert screened(sheet).contacts["phone_number"].tolist() == [34612345314, 33612345311]


@pytest.mark.parametrize("header", ["Pays préféré", "Country manager", "Préfixe"])
def test_other_words_beside_a_country_say_nothing_of_the_number(
    make_sheet: MakeSheet, header: str
) -> None:
    sheet = make_sheet([header, "Mobile"], ["Espagne", "0612345314"])
    assert map_columns(sheet, {}).country is None


@pytest.mark.parametrize("first", ["34.0", "+34-", "34:", "ES +34", "Spain (+34)", "🇪🇸 +34"])
def test_a_code_is_read_beside_its_country_and_as_a_decimal(
    make_sheet: MakeSheet, first: str
) -> None:
    header = "Préf." if first in {"34.0", "34:"} else "Quelque chose"
    rows = [[first, "612345314"], [first.replace("34", "33"), "612345311"]]
    sheet = make_sheet([header, "Mobile"], *rows)
    assert screened(sheet).contacts["phone_number"].tolist() == [34612345314, 33612345311]


@pytest.mark.parametrize(
    ("header", "cell"),
    [("Code postal", "33000"), ("Code client", "34"), ("Product code", "33"), ("Code promo", "34"),
     ("Area", "33"), ("Postleitzahl", "34117"), ("Codice cliente", "39"), ("Magasin", "001"),
     ("Caisse", "0034"), ("Budget max", "250 000 €"), ("Invités", "+1"), ("Points", "+33")],
)  # fmt: skip
def test_other_codes_are_no_dial_codes(make_sheet: MakeSheet, header: str, cell: str) -> None:
    sheet = make_sheet([header, "Mobile"], [cell, "0612345311"])
    assert map_columns(sheet, {}).dial_code is None


def test_an_opt_out_list_joins_them_too(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Indicatif", "Mobile"], ["+34", "612345314"], ["+33", "0612345311"])
    assert read_opt_outs([sheet], "FR").digits.tolist() == [33612345311, 34612345314]


def test_an_area_code_is_written_before_the_number(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Vorwahl", "Handy", "Land"], ["0151", "23456789", "DE"])
    assert screened(sheet).contacts["phone_number"].tolist() == [4915123456789]


@pytest.mark.parametrize(
    ("header", "code", "region", "number"),
    [
        (["DDD", "Celular"], "51", "BR", 5551961234568),  # 51 is Peru, too
        (["Código de área", "Celular"], "51", "BR", 5551961234568),
        (["Area code", "Phone"], "212", "US", 12125550123),  # 212 is Morocco, too
        (["Préfixe", "Numéro"], "06", "FR", 33661234568),  # no country has a code with a 0
    ],
)
def test_a_code_of_an_area_is_none_of_a_country_that_has_the_same(
    make_sheet: MakeSheet, header: list[str], code: str, region: str, number: int
) -> None:
    digits = str(number)[-9:] if region == "BR" else str(number)[-7 if region == "US" else -8 :]
    sheet = make_sheet(header, [code, digits])
    rules = ScreeningRules(region=region, rehearsal=True, allowed_countries=frozenset({region}))
    answer = screen([(sheet, map_columns(sheet, {}))], rules, OptOutList())
    assert answer.contacts["phone_number"].tolist() == [number]


def test_a_dial_code_and_an_area_code_are_both_joined(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["DDI", "DDD", "Celular"], ["+55", "51", "961234568"])
    assert screened(sheet).contacts["phone_number"].tolist() == [5551961234568]


def test_a_dial_code_wins_over_a_country(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Pays", "Indicatif", "Mobile"], ["France", "+34", "612345314"])
    assert screened(sheet).contacts["phone_number"].tolist() == [34612345314]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Prefix", ["Mr", "Dr", "Mrs"]),
        ("Country code", ["FR", "ES", "BE"]),
        ("Code pays", ["250", "724", "056"]),
        ("Département", ["33", "34", "75"]),
        ("Quantité", ["1", "2", "33"]),
    ],
)
def test_other_columns_are_no_dial_codes(
    make_sheet: MakeSheet, header: str, cells: list[str]
) -> None:
    rows = [[cell, f"06123453{at:02}"] for at, cell in enumerate(cells)]
    assert map_columns(make_sheet([header, "Mobile"], *rows), {}).dial_code is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("+33", 33), ("0033", 33), ("33", 33), ("FR +33", 33), ("(+44)", 44), ("+1-268", 1),
     ("Espagne (34)", 34), ("+999", None), ("France", None), ("0171", None), ("", None)],
)  # fmt: skip
def test_a_dial_code_is_read_in_many_spellings(text: str, code: int | None) -> None:
    assert calling_code(text) == code


def test_an_area_code_is_none_of_a_country() -> None:
    assert [is_area_code(text) for text in ("0171", "333", "33", "+33", "x")] == [
        True, True, False, False, False,
    ]  # fmt: skip
