"""Columns find their meaning from real headers, and doubt stops the run."""

import pytest

from bulksms.contacts import map_columns
from bulksms.errors import MappingError, TemplateError
from bulksms.loader import ReadOptions, read_sheets
from tests.unit.contacts.conftest import MakeSheet


def test_consent_columns_are_found_and_those_about_email_are_not(make_sheet: MakeSheet) -> None:
    header = ["SMS", "EMAIL_BLACKLISTED", "SMS_BLACKLISTED", "Accepts SMS Marketing", "Newsletter"]
    mapping = map_columns(make_sheet(header), {})
    assert (mapping.do_not_contact, mapping.consent) == ((2,), (3,))


@pytest.mark.parametrize(
    ("header", "fields", "full_name"),
    [
        (["Prénom", "Nom"], {"first_name": 0, "last_name": 1}, None),
        (["Nom"], {}, 0),
        (["Nombre", "Apellidos"], {"first_name": 0, "last_name": 1}, None),
        (["Nombre"], {}, 0),
        (["Vorname", "Name"], {"first_name": 0, "last_name": 1}, None),
        (["full_name"], {}, 0),
        (["FIRSTNAME", "LASTNAME"], {"first_name": 0, "last_name": 1}, None),
        (["Prénom du client", "Nom du client"], {"first_name": 0, "last_name": 1}, None),
        (["Nom de l'adhérent", "Prénom de l'adhérent"], {"first_name": 1, "last_name": 0}, None),
        (["Guest First Name", "Guest Last Name"], {"first_name": 0, "last_name": 1}, None),
        (["Nombre del cliente", "Apellidos del cliente"], {"first_name": 0, "last_name": 1}, None),
        (["Vorname des Kunden", "Nachname des Kunden"], {"first_name": 0, "last_name": 1}, None),
        (["Nome próprio", "Apelido"], {"first_name": 0, "last_name": 1}, None),
        (["Nom du client"], {}, 0),
        (["First Name", "Contact Name"], {"first_name": 0}, None),
        (["Nombre de clients", "Nom"], {}, 1),
        (["Prénom du contact", "Prénom adhérent"], {}, None),
        (["Prénom", "Prénom du contact"], {"first_name": 0}, None),
        (["Prénom de l'élève", "Prénom du parent"], {}, None),
    ],
)
def test_ambiguous_name_words_depend_on_their_neighbours(
    make_sheet: MakeSheet, header: list[str], fields: dict[str, int], full_name: int | None
) -> None:
    mapping = map_columns(make_sheet([*header, "Mobile"]), {})
    assert (mapping.fields, mapping.full_name) == (fields, full_name)


def test_a_choice_that_could_be_two_columns_stops(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Phone", "Name", "phone "], ["0639981234", "A", "0639981235"])
    with pytest.raises(MappingError, match=r"Columns 1 and 3 of list\.csv are both called 'phone'"):
        map_columns(sheet, {"phone_number": ("PHONE",)})
    assert map_columns(sheet, {"phone_number": ("3",)}).phone_numbers == (2,)
    assert map_columns(sheet, {"phone_number": ("3", "1", "3")}).phone_numbers == (2, 0)


def test_a_number_with_a_label_is_no_header(make_sheet: MakeSheet) -> None:
    with pytest.raises(MappingError, match=r"looks like a phone number column"):
        map_columns(make_sheet(["Tél. 06 39 98 01 02"], ["Tél. 06 39 98 01 03"]), {})


def test_a_list_without_headers_gets_advice_how_to_read_it(make_sheet: MakeSheet) -> None:
    with pytest.raises(MappingError, match=r"add --no-header --map phone_number=2\.$"):
        map_columns(make_sheet(["Zoé", "06 39 98 01 02"], ["Paul", "06 39 98 01 03"]), {})


def test_no_phone_column_names_the_headers_and_the_option(make_sheet: MakeSheet) -> None:
    with pytest.raises(MappingError, match=r"'Email', 'Fax'.*--map phone_number=HEADER"):
        map_columns(make_sheet(["Email", "Fax"]), {})


def test_a_chosen_header_or_number_wins(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Mobile", "Kontakt", "Ort"])
    mapping = map_columns(sheet, {"phone_number": ("kontakt",), "param1": ("3",)})
    assert (mapping.phone_numbers, mapping.fields) == ((1,), {"param1": 2})


def test_an_unknown_choice_names_the_nearest(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Mobile", "Prénom"])
    with pytest.raises(MappingError, match="did you mean 'Prénom'"):
        map_columns(sheet, {"first_name": ("Prenon",)})
    with pytest.raises(MappingError, match="from 1 to 2"):
        map_columns(sheet, {"first_name": ("3",)})


def test_words_of_the_text_are_found_loosely(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Mobile", "Prénom", "Date de fin"])
    mapping = map_columns(sheet, {}, ["first_name", "date_de_fin", "Prenom"])
    assert mapping.extras == {"date_de_fin": 2, "Prenom": 1}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Vile", "did you mean 'Ville'"),
        ("first_name", r"--map first_name=HEADER\.$"),
        ("param1", r"--map param1=HEADER\.$"),
        ("country", "write it as {Country}"),
    ],
)
def test_a_word_with_no_column_stops(make_sheet: MakeSheet, word: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        map_columns(make_sheet(["Mobile", "Ville", "Country"]), {}, [word])


def test_a_whole_name_serves_both_names(make_sheet: MakeSheet) -> None:
    mapping = map_columns(make_sheet(["Mobile", "Full Name"]), {}, ["first_name", "last_name"])
    assert (mapping.full_name, mapping.extras) == (1, {})


@pytest.mark.parametrize(("own", "expected"), [("bulksms_code", [0, 1]), ("Code", [0, 1, 2, 3])])
def test_the_columns_that_the_program_adds_say_nothing_of_consent(
    make_sheet: MakeSheet, own: str, expected: list[int]
) -> None:
    sheet = make_sheet(["Mobile", "Remarque", own, "bulksms_reason"])

    assert sorted(map_columns(sheet, {}).consent_roles) == expected


def test_a_header_row_below_one_without_phones_is_named() -> None:
    text = "Q1;Q2\nVotre téléphone ?;Votre prénom ?\n0639980001;Zoé\n0639980002;Max\n"
    (sheet,) = read_sheets(text.encode(), "a.csv")
    with pytest.raises(MappingError) as refused:
        map_columns(sheet, {})
    assert str(refused.value) == (
        "No column of a.csv looks like a phone number column (its columns: 'Q1', 'Q2'): say which "
        "it is with --map phone_number=HEADER, or choose the row of words below it with "
        "--header-row."
    )
    (lower,) = read_sheets(text.encode(), "a.csv", ReadOptions(header_row=2))
    assert list(map_columns(lower, {}).phone_numbers) == [0]


@pytest.mark.parametrize(
    ("header", "phones"),
    [
        (["Portable", "Tél. commercial"], ["Portable"]),
        (["Manager Phone", "Business Phone", "Mobile Phone"], ["Mobile Phone", "Business Phone"]),
        (["Portable mère", "Portable père", "Portable"], ["Portable"]),
        (["Mobile", "Mobile conjoint"], ["Mobile"]),
        (["Tel. kom.", "Tel. opiekuna"], ["Tel. kom."]),
        (["Telefone celular", "Telefone do carro"], ["Telefone celular"]),
        (["Tél. client", "Tél. garage"], ["Tél. client"]),
        (["Tél. mère", "Tél. père"], ["Tél. mère", "Tél. père"]),
        (["Tél. fixe", "Tél. mobile France"], ["Tél. mobile France", "Tél. fixe"]),
        (["Tél dom", "Tél port"], ["Tél port", "Tél dom"]),
        (["Nom", "Tél. (ex : 06 39 98 01 01)"], ["Tél. (ex : 06 39 98 01 01)"]),
        (["Mobile secondaire", "Mobile"], ["Mobile", "Mobile secondaire"]),
        (["Fixe", "Portable mère"], ["Portable mère", "Fixe"]),
        (["Alternate phone", "Preferred phone"], ["Preferred phone", "Alternate phone"]),
        (["Custom: mobile phone", "Phone"], ["Custom: mobile phone", "Phone"]),
        (["Numéro", "Tél. du salarié"], ["Tél. du salarié", "Numéro"]),
        (["Tél. du salarié"], ["Tél. du salarié"]),
    ],
)
def test_a_phone_of_someone_else_is_not_taken_beside_the_own(
    make_sheet: MakeSheet, header: list[str], phones: list[str]
) -> None:
    mapping = map_columns(make_sheet(header), {})
    assert [header[at] for at in mapping.phone_numbers] == phones


@pytest.mark.parametrize(
    "header",
    [
        ["GSM porteur", "Tél magasin"],
        ["Tél. magasin", "Tél. parrain"],
        ["Tél. salarié", "Tél. responsable"],
        ["Portable mère", "Tél. vétérinaire"],
    ],
)
def test_phones_of_different_people_are_asked_about(
    make_sheet: MakeSheet, header: list[str]
) -> None:
    with pytest.raises(MappingError, match="may be the phones of different people: say which"):
        map_columns(make_sheet(header), {})


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        (["Nom adhérent", "Prénom adhérent", "Nom payeur", "Prénom payeur", "Tél. payeur"], 3, 2),
        (["NOM", "PRENOM", "Responsable 1 - Nom", "Responsable 1 - Prénom",
          "Responsable 2 - Nom", "Responsable 1 - Portable"], 3, 2),
        (["Vorname Kind", "Vorname Eltern", "Nachname Eltern", "Handy Eltern"], 1, 2),
        (["Prénom", "Nom", "Prénom du conjoint", "Portable"], 0, 1),
    ],
)  # fmt: skip
def test_the_names_are_those_of_the_phones_owner(
    make_sheet: MakeSheet, header: list[str], first: int, last: int
) -> None:
    fields = map_columns(make_sheet(header), {}).fields
    assert fields == {"first_name": first, "last_name": last}


def test_no_phone_of_another_owner_gets_the_first_ones_names(make_sheet: MakeSheet) -> None:
    header = ["Prénom mère", "Portable mère", "Portable père", "param1"]
    mapping = map_columns(make_sheet(header), {})
    assert (mapping.phone_numbers, mapping.fields) == ((1,), {"first_name": 0, "param1": 3})


@pytest.mark.parametrize(
    "header",
    [
        ["Imię", "Nazwisko"], ["Förnamn", "Efternamn"], ["Fornavn", "Etternavn"],
        ["Etunimi", "Sukunimi"], ["Prenume", "Nume"], ["Jméno", "Příjmení"], ["Meno", "Priezvisko"],
        ["ADI", "SOYADI"], ["Όνομα", "Επώνυμο"], ["Keresztnév", "Vezetéknév"],
    ],
)  # fmt: skip
def test_names_are_found_in_more_languages(make_sheet: MakeSheet, header: list[str]) -> None:
    mapping = map_columns(make_sheet([*header, "Mobil"]), {})
    assert mapping.fields == {"first_name": 0, "last_name": 1}
