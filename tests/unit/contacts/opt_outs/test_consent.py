"""Exports say themselves who wants no texts; what speaks of e-mail decides nothing."""

import csv
from pathlib import Path

import pytest

from bulksms.contacts import OptOutList, Reason, ScreeningRules, map_columns, screen
from bulksms.contacts.columns.consent_headers import vocabulary_of_consent
from tests.unit.contacts.conftest import MakeSheet, findings_of, screened

NUMBERS = ("0639981230", "0639981231", "0639981232", "0639981233", "0639981234", "0639981235")
EXPORTS = {
    # header of the phone, other headers, cells of those row by row, rows that are texted
    "Salesforce": (
        ["MobilePhone", "IsDeleted", "DoNotCall", "HasOptedOutOfEmail"],
        [
            ["false", "false", "true"],
            ["true", "false", "false"],
            ["false", "true", "false"],
            ["0", "0", "1"],
            ["1", "0", "0"],
        ],
        [2, 5],
    ),
    "Brevo": (
        ["SMS", "EMAIL_BLACKLISTED", "SMS_BLACKLISTED"],
        [["Yes", "No"], ["No", "Yes"], ["Oui", "Non"], ["Non", "Oui"], ["", ""]],
        [2, 4, 6],
    ),
    "Shopify": (
        ["Phone", "Accepts Email Marketing", "Accepts SMS Marketing"],
        [["no", "yes"], ["yes", "no"], ["yes", ""], ["no", "TRUE"]],
        [2, 5],
    ),
    "Mailchimp": (
        ["Phone Number", "OPTIN_TIME", "MEMBER_RATING", "SMS Consent"],
        [
            ["2024-01-02 10:00:00", "2", "subscribed"],
            ["", "2", "unsubscribed"],
            ["2024-01-02 10:00:00", "5", ""],
        ],
        [2],
    ),
    "Salesforce Mobile Studio": (
        ["_MobileNumber", "_Status"],
        [["Active"], ["Unsubscribed"], ["Subscribed"]],
        [2, 4],
    ),
    "Dynamics": (
        ["Mobile Phone", "Do not allow Phone Calls", "Do not allow Bulk Emails"],
        [["Nein", "Ja"], ["Ja", "Nein"], ["sí", "no"], ["no", "sí"]],
        [2, 5],
    ),
    "PrestaShop": (
        ["Mobile Phone", "Newsletter (0/1)", "Opt-in (0/1)"],
        [["0", "0"], ["1", "1"]],
        [2, 3],
    ),
}


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_drops_the_right_rows(make_sheet: MakeSheet, export: str) -> None:
    header, cells, texted = EXPORTS[export]
    rows = [[number, *row] for number, row in zip(NUMBERS, cells, strict=False)]
    sheet = make_sheet(header, *rows)
    answer = screen([(sheet, map_columns(sheet, {}))], ScreeningRules(rehearsal=True), OptOutList())
    assert answer.contacts["row"].tolist() == texted
    assert set(answer.rejections["reason"]) <= {"no_consent"}


def test_a_row_held_back_names_the_column(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["MobilePhone", "IsDeleted"], ["0639981230", "true"])
    answer = screen([(sheet, map_columns(sheet, {}))], ScreeningRules(rehearsal=True), OptOutList())
    left = answer.rejections.iloc[0]
    assert (left["column"], left["cell"]) == ("IsDeleted", "true")
    assert left["sentence"] == "The column 'IsDeleted' says that this person must not be texted."


def read_cases(name: str) -> list[dict[str, str]]:
    return list(
        csv.DictReader(Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines())
    )


COLUMNS, CELLS = read_cases("consent_columns.csv"), read_cases("consent_cells.csv")


def outcomes(make_sheet: MakeSheet, header: str, *values: str) -> list[str]:
    """Say of each value of a column whether its row is texted, left out or asked about."""
    rows = [[f"063998{at:04}", value] for at, value in enumerate(values)]
    answer = screened(make_sheet(["Portable", header], *rows))
    left_out = answer.row_table.rejected_for(Reason.NO_CONSENT)
    asked = answer.row_table.columns.unclear_columns.tolist()
    questions = [finding.count for finding in answer.findings if finding.code == "unclear_consent"]
    assert questions == ([sum(map(bool, asked))] if any(asked) else [])
    return [
        "left_out" if left_out[at] else "asked" if asked[at] else "texted"
        for at in range(len(values))
    ]


@pytest.mark.parametrize("case", COLUMNS, ids=[f"{c['language']} {c['header']}" for c in COLUMNS])
def test_a_column_is_understood_by_its_words_and_values(
    make_sheet: MakeSheet, case: dict[str, str]
) -> None:
    said = outcomes(make_sheet, case["header"], case["refusing value"], case["agreeing value"])
    assert said == [case["outcome"], "texted"]


@pytest.mark.parametrize("mark", list("✓✔☑✅✗❌🚫*•+!Xx"))
def test_any_mark_in_an_opt_out_column_means_yes(make_sheet: MakeSheet, mark: str) -> None:
    assert outcomes(make_sheet, "STOP SMS", mark, "☐", "") == ["left_out", "texted", "texted"]


@pytest.mark.parametrize(
    ("mark", "outcome"), [("✓", "texted"), ("✅", "texted"), ("❌", "left_out"), ("✗", "left_out")]
)
def test_a_cross_beside_consent_means_no(make_sheet: MakeSheet, mark: str, outcome: str) -> None:
    assert outcomes(make_sheet, "SMS consent", mark) == [outcome]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Ville", "Stoppenberg"),
        ("Email", "stop@example.org"),
        ("Newsletter", "désabonné"),
        ("Unsubscribe link", "https://example.org/unsubscribe?u=1"),
        ("Société", "Refus & Fils"),
        ("Nom 2", "Robinson"),
        ("Date d'inscription", "12/03/2024"),
        ("Client actif", "Non"),
        ("Montant", "0"),
        ("Commande", "refusée"),
        ("Notes", "très contente de ne pas avoir attendu"),
        ("N° client", "NO 12"),
        ("Quiet hours", "10pm-7am"),
        ("Alertes envoyées", "0"),
        ("Avisos enviados", "0"),
        ("Baja laboral", "Sí"),
        ("Remarques", "Mari décédé en 2019"),
        ("Remarques", "Cliente depuis 2004. Sa mère est décédée"),
        ("Notes", "Deceased husband was also a client"),
        ("Notes", "Her dog passed away"),
        ("Bemerkung", "Mann verstorben 2020"),
        ("Observaciones", "Marido fallecido"),
        ("Note", "Marito deceduto"),
        ("Observações", "Marido falecido"),
    ],
)
def test_ordinary_columns_are_not_asked_about(
    make_sheet: MakeSheet, header: str, value: str
) -> None:
    assert outcomes(make_sheet, header, value) == ["texted"]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Remarques", "Décédé, mari prévenu"),
        ("Remarques", "Selon son fils décédé le 12/03"),
        ("Remarques", "Appel du mari : décédée"),
        ("Remarques", "Mari et femme décédés"),
        ("Remarques", "Mari décédé, ne veut plus de SMS"),
        ("Notes", "Deceased, wife called us"),
        ("Notes", "Deceased wife called us"),
        ("Bemerkung", "Verstorben, Mann angerufen"),
        ("Quiet", "x"),
        ("Baja", "Sí"),
    ],
)
def test_a_death_of_somebody_else_hides_no_refusal(
    make_sheet: MakeSheet, header: str, value: str
) -> None:
    assert outcomes(make_sheet, header, value) != ["texted"]


@pytest.mark.parametrize(
    "name", ["Lefèvre †", "RIP Lefèvre", "NPC Lefèvre", "Feu M. Lefèvre", "feu Monsieur Lefèvre"]
)
def test_a_sign_of_death_beside_a_name_is_asked_about(make_sheet: MakeSheet, name: str) -> None:
    rows = [["0639981230", name], ["0639981231", "Rip Feuillet"]]
    answer = screened(make_sheet(["Portable", "Nom"], *rows))
    assert answer.row_table.columns.unclear_columns.tolist() == [2, 0]


@pytest.mark.parametrize("header", ["Notifications", "Alerts", "Benachrichtigungen"])
def test_a_zero_among_counts_refuses_nothing(make_sheet: MakeSheet, header: str) -> None:
    assert outcomes(make_sheet, header, "12", "0", "", "3") == ["texted"] * 4
    assert outcomes(make_sheet, header, "1", "0") == ["texted", "asked"]
    assert outcomes(make_sheet, header, "2", "1", "0")[-1] == "asked"  # may be codes


def test_a_zero_among_long_numbers_is_no_count(make_sheet: MakeSheet) -> None:
    header = ["SMS", "Portable"]
    answer = screened(
        make_sheet(header, ["33639981230", "0639981230"], ["0", "0639981231"]),
    )
    assert answer.row_table.columns.unclear_columns.tolist() == [0, 1]


@pytest.mark.parametrize("header", ["Date de fin d'abonnement", "Subscription end date"])
def test_an_end_that_nearly_everybody_has_is_no_farewell(
    make_sheet: MakeSheet, header: str
) -> None:
    assert outcomes(make_sheet, header, "31/12/2026", "30/06/2027") == ["texted", "texted"]
    assert outcomes(make_sheet, header, "31/12/2026", "") == ["asked", "texted"]
    few = ["31/12/2026"] * 19 + ["résilié"]
    assert outcomes(make_sheet, header, *few) == ["texted"] * 19 + ["asked"]


@pytest.mark.parametrize("header", ["Subscription cancelled on", "Date de fin abonnement SMS"])
def test_an_end_in_words_is_asked_about_though_all_have_one(
    make_sheet: MakeSheet, header: str
) -> None:
    assert outcomes(make_sheet, header, "31/12/2026", "30/06/2027") == ["asked", "asked"]


NOT_YES = (
    "The column 'RGPD' does not say yes in 1 row, first in row 2 ('Non'), and it is not clear "
    "whether it is about SMS: if it is, call it 'SMS consent', and these people are left out."
)
MAY_REFUSE = (
    "A cell may say that this person wants no texts in 1 row, first in row 2 ('ne plus "
    "contacter'), column 'Notes': take these people out, or call the column 'SMS opt-out' to "
    "leave out all that it marks."
)


@pytest.mark.parametrize(
    ("header", "value", "message"),
    [
        ("RGPD", "Non", NOT_YES),
        ("Notes", "ne plus contacter", MAY_REFUSE),
    ],
)
def test_the_question_names_column_row_and_cell(
    make_sheet: MakeSheet, header: str, value: str, message: str
) -> None:
    answer = screened(make_sheet(["Portable", header], ["0639981230", value]))
    assert [f.message for f in answer.findings if f.code == "unclear_consent"] == [message]


def test_a_plain_no_in_a_column_called_sms_is_asked_about(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Mobile", "SMS"], ["0639981230", "Non"], ["0639981231", "Oui"])
    answer = screened(sheet)
    ((level, count, _),) = findings_of(answer, "unclear_consent")
    assert (level, count, answer.sendable) == ("error", 1, 2)


def test_a_column_about_consent_is_no_phone_column(make_sheet: MakeSheet) -> None:
    header = ["Do Not Phone", "Téléphone autorisé", "Portable"]
    assert map_columns(make_sheet(header), {}).phone_numbers == (2,)


@pytest.mark.parametrize("case", CELLS, ids=[f"{c['header']}={c['value']}" for c in CELLS])
def test_a_refusal_is_obeyed_or_asked_about_and_nothing_else_is(
    make_sheet: MakeSheet, case: dict[str, str]
) -> None:
    (outcome,) = outcomes(make_sheet, case["header"], case["value"])
    assert (outcome == "texted") == (case["texted without a question"] == "yes")


def test_a_column_chosen_as_a_parameter_is_obeyed_anyway(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Portable", "STOP SMS"], ["0639981230", "x"], ["0639981231", ""])
    mapping = map_columns(sheet, {"param1": ("STOP SMS",)}, ("STOP SMS",))
    answer = screen([(sheet, mapping)], ScreeningRules(rehearsal=True), OptOutList())
    assert answer.contacts["phone_number"].tolist() == [33639981231]


@pytest.mark.parametrize(
    "note",
    [
        "Einwilligung verweigert",
        "hates SMS",
        "nosms",
        "Her husband died. A retirer stp",
        "SMS no. Her husband died",
    ],
)
def test_a_refusal_in_a_long_column_of_remarks_is_asked_about(
    make_sheet: MakeSheet, note: str
) -> None:
    notes = [*(f"une remarque {at}" for at in range(1_001)), note]
    assert outcomes(make_sheet, "Notes", *notes) == ["texted"] * 1_001 + ["asked"]


@pytest.mark.parametrize("sign", ["\u00a0", "\u202f", "\u2011", "\u2013", "\u202a", "\u2032"])
@pytest.mark.parametrize(
    "said", ["STOP", "\U0001d412\U0001d413\U0001d40e\U0001d40f", "\uff33\uff34\uff2f\uff30"]
)
def test_a_refusal_in_a_long_column_of_numbers_is_asked_about(
    make_sheet: MakeSheet, sign: str, said: str
) -> None:
    """Numbers have signs beyond ASCII between their digits, and refusals may, too."""
    numbers = [f"01{sign}99{sign}00{sign}{at:04}" for at in range(1_001)]
    assert outcomes(make_sheet, "Notes", *numbers, f"{sign}{said}{sign}") == ["texted"] * 1_001 + [
        "asked"
    ]


@pytest.mark.parametrize(
    ("header", "lists"),
    [
        ("Notes", ["refusal_alone"]),
        ("Statut", ["refusal_alone", "refusing_state"]),
        ("Communication preference", ["refusal_alone", "refusing_state", "preferring_nothing"]),
    ],
)
@pytest.mark.parametrize("cell", ["{}", "Her husband died. {}", "{}! Son mari est décédé."])
def test_a_whole_cell_that_refuses_is_asked_about(
    make_sheet: MakeSheet, header: str, lists: list[str], cell: str
) -> None:
    words = [word for name in lists for word in vocabulary_of_consent()["cells"][name]]
    said = outcomes(make_sheet, header, *map(cell.format, words))
    assert [word for word, outcome in zip(words, said, strict=True) if outcome != "asked"] == []
