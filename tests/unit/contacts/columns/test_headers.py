"""Header words mean the same in any spelling, and never-words never reach a phone."""

import pytest

from bulksms.contacts.columns.headers import compact, phone_kind, phone_owner, words


@pytest.mark.parametrize(
    "header",
    [
        "Téléphone portable",
        "TELEPHONE_PORTABLE",
        " telephone-portable* ",
        "\ufeffTéléphone\u00a0Portable",
    ],
)
def test_spellings_of_one_header_are_one(header: str) -> None:
    assert compact(header) == "telephoneportable"
    assert phone_kind(header) == "mobile"


@pytest.mark.parametrize(
    ("header", "in_capitals"),
    [("Τηλέφωνος", "ΤΗΛΕΦΩΝΟΣ"), ("Straße", "STRASSE"), ("Straße", "STRAẞE"), ("şehir", "ŞEHİR")],
)
def test_a_header_in_capitals_is_the_same_in_any_language(header: str, in_capitals: str) -> None:
    assert compact(header) == compact(in_capitals)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("SMS", "sms"),
        ("WHATSAPP", "sms"),
        ("WhatsApp Phone Number", "sms"),
        ("OptInPhone", "sms"),
        ("MobilePhone", "mobile"),
        ("Mobile Phone Number", "mobile"),
        ("Person - Phone - Mobile", "mobile"),
        ("phone_mobile", "mobile"),
        ("_MobileNumber", "mobile"),
        ("CellPhone", "mobile"),
        ("Cell Phone", "mobile"),
        ("Main Contact Mobile", "mobile"),
        ("Tél. mobile", "mobile"),
        ("Portable", "mobile"),
        ("Mobil-Tel.-Nr.", "mobile"),
        ("Mobiltelefon 2", "mobile"),
        ("Portable mère", "mobile"),
        ("Portable resp. 1", "mobile"),
        ("Portable du responsable légal", "mobile"),
        ("Guest Mobile", "mobile"),
        ("Telemóvel do encarregado", "mobile"),
        ("Handynummer", "mobile"),
        ("Teléfono móvil", "mobile"),
        ("Cellulare", "mobile"),
        ("Telemóvel", "mobile"),
        ("Mob.", "mobile"),
        ("Mobiele telefoon", "mobile"),
        ("Telefoonnummer", "phone"),
        ("Contact No.", "phone"),
        ("Phone", "phone"),
        ("phone_number", "phone"),
        ("Téléphone", "phone"),
        ("Telefonnummer", "phone"),
        ("Phone (Billing)", "phone"),
        ("Phone 1 - Value", "phone"),
        ("Primary Phone", "primary"),
        ("Téléphone principal", "primary"),
        ("Haupttelefon", "primary"),
        ("HomePhone", "home"),
        ("Téléphone (domicile)", "home"),
        ("Telefon privat 2", "home"),
        ("Particular", "home"),
        ("Business Phone 2", "work"),
        ("Téléphone 2 (bureau)", "work"),
        ("Tel. dienstlich", "work"),
        ("Teléfono del trabajo", "work"),
        ("Other Phone", "other"),
        ("Weiteres Telefon", "other"),
        ("Otro teléfono", "other"),
        ("Shipping Phone", "other"),
        ("Default Address Phone", "other"),
        ("LANDLINE_NUMBER", "other"),
    ],
)
def test_a_phone_header_has_its_kind(header: str, kind: str) -> None:
    assert phone_kind(header) == kind


@pytest.mark.parametrize(
    "header",
    [
        "Fax",
        "Home Fax",
        "Télécopie (bureau)",
        "Pager",
        "Pager Number",
        "AssistantPhone",
        "Asst Phone",
        "Assistant's Phone",
        "Téléphone de l'assistant(e)",
        "Telefon Assistent",
        "Car Phone",
        "Téléphone (voiture)",
        "Autotelefon",
        "Callback",
        "Rappel",
        "Rückmeldung",
        "Company Main Phone",
        "Téléphone société",
        "Telefon Firma",
        "ISDN",
        "RNIS",
        "Radio Phone",
        "Radio téléphone",
        "Récepteur de radiomessagerie",
        "TTY/TDD Phone",
        "Telefon für Hörbehinderte",
        "Telex",
        "Phone 1 - Type",
        "Phone 1 - Label",
        "Phone Country Code",
        "IsHomePhoneACellExchange",
        "OptInPhoneType",
        "Record ID",
        "Mobile App Version",
        "Name",
        "Email",
        "SMS Consent Timestamp",
    ],
)
def test_a_header_that_is_no_persons_phone_is_left_alone(header: str) -> None:
    assert phone_kind(header) is None


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Mobiltelefonnummer", "mobile"),
        ("Matkapuhelin", "mobile"),
        ("Komórka", "mobile"),
        ("Telefon komórkowy", "mobile"),
        ("Mobilní telefon", "mobile"),
        ("Cep Telefonu", "mobile"),
        ("Κινητό τηλέφωνο", "mobile"),
        ("Tel. kom.", "mobile"),
        ("Tél. port.", "mobile"),
        ("Tél. dom.", "home"),
        ("Telefon P", "home"),
        ("Telefon służbowy", "work"),
        ("Telefono (uff.)", "work"),
        ("Hoofdtelefoon", "primary"),
        ("Téléphone secondaire", "other"),
        ("Téléphone de livraison", "other"),
        ("Puhelin", "phone"),
        ("Τηλέφωνο", "phone"),
        ("Telefonnummern", None),
        ("Headphone", None),
        ("Autotelefoon", None),
        ("Faksi", None),
        ("Φαξ", None),
        ("Faxnummer", None),
        ("Hoofdtelefoon bedrijf", None),
        ("Handy Notfallkontakt", None),
        ("CEP", None),  # a postal code of Brazil
        ("Mobilité", None),
    ],
)
def test_compounds_short_forms_and_other_languages_name_a_phone(
    header: str, kind: str | None
) -> None:
    assert phone_kind(header) == kind


@pytest.mark.parametrize(
    ("header", "owner"),
    [
        ("Tél. portable", set()),
        ("Customer's mobile phone", {"s"}),
        ("Contact Phone 1", set()),
        ("Tél. commercial", {"commercial"}),
        ("agentMobilePhoneNumber", {"agent"}),
        ("Responsable 1 - Portable", {"responsable", "1"}),
        ("Portable mère", {"mere"}),
        ("Organisation - Telefon", {"organisation"}),
    ],
)
def test_a_header_may_say_that_a_phone_is_another_persons(header: str, owner: set[str]) -> None:
    assert phone_owner(header) == owner


@pytest.mark.parametrize(
    ("header", "plain"),
    [
        ("Główny", "glowny"),
        ("Kør", "kor"),
        ("Ad\N{LATIN SMALL LETTER DOTLESS I}", "adi"),
        ("đ", "d"),
    ],
)
def test_strokes_are_taken_off_letters(header: str, plain: str) -> None:
    assert words(header) == (plain,)
