"""Every file in tests/cases goes through `check`, as a user's does, and gives what is here."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from tests.corpus.polluted import CITIES, NAMES

CASES = Path(__file__).parents[1] / "cases"
# row, number, first name, and the column that is mapped to param1
Person = tuple[str, str, str, str]


class Answer(NamedTuple):
    """What `check` gave: its exit code, the people, the codes of the rows left out, findings."""

    code: int
    people: list[Person]
    left_out: dict[str, str]
    findings: dict[str, str]
    answer: dict[str, Any]


Check = Callable[..., Answer]


@pytest.fixture
def check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path / "home"))

    def check_file(name: str, *options: str, path: Path | None = None) -> Answer:
        contacts, rejects = tmp_path / "contacts.csv", tmp_path / "rejects.csv"
        outputs = ["--contacts-out", str(contacts), "--rejects-out", str(rejects)]
        outputs += ["--output-delimiter", ";", "--json"]
        code = run(cli, ["check", str(path or CASES / name), *outputs, *options])
        answer = json.loads(capsys.readouterr().out)
        if "rows" not in answer:
            return Answer(code, [], {}, {}, answer["error"])
        return Answer(
            code=code,
            people=[
                (row["row"], row["phone_number"], row["first_name"], row["param1"])
                for row in _rows(contacts)
            ],
            left_out={row["bulksms_row"]: row["bulksms_code"] for row in _rows(rejects)},
            findings={finding["code"]: finding["level"] for finding in answer["findings"]},
            answer=answer,
        )

    return check_file


def _rows(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def _people(numbers: str, *people: str) -> list[Person]:
    """Write people as "row suffix name value" behind the digits that their numbers share."""
    parts = (person.split("|") for person in people)
    return [(row, numbers + suffix, name, value) for row, suffix, name, value in parts]


SHIFTED_NAMES = (*NAMES, "Karim", "Léa")
SHIFTED = [
    (str(at + 2), f"+336123456{at:02}", name, (*CITIES, "Reims", "Caen")[at])
    for at, name in enumerate(SHIFTED_NAMES)
]


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("shifted_row_less_sep_r3_c2.csv", "4", "broken_row"),
        ("shifted_row_more_sep_r3_c1.csv", "4", "ragged_row"),
        ("shifted_row_cut_r5.csv", "6", "broken_row"),
        ("shifted_row_sep_semicolon_r3.csv", "4", "ragged_row"),
        ("shifted_row_extra_quote_r4_c2.csv", "5", "broken_row"),
    ],
)
def test_a_shifted_row_is_left_out_and_the_others_are_sent(
    check: Check, name: str, row: str, reason: str
) -> None:
    answer = check(name, "--map", "param1=Ville")
    assert answer.left_out == {row: reason}
    assert answer.people == [person for person in SHIFTED if person[0] != row]
    assert answer.code == 0


def test_blanks_behind_separators_are_no_part_of_the_cells(check: Check) -> None:
    answer = check("shifted_file_sep_comma_space.csv", "--map", "param1=Ville")
    assert (answer.people, answer.left_out, answer.code) == (SHIFTED, {}, 0)


def test_two_header_rows_are_asked_about_and_can_be_chosen(check: Check) -> None:
    name = "shifted_file_header_two_rows.csv"
    asked = check(name)
    assert (asked.code, asked.findings["two_header_rows"]) == (3, "error")
    columns = [
        "--map",
        "phone_number=mobile",
        "--map",
        "first_name=usuel",
        "--map",
        "param1=commune",
    ]
    chosen = check(name, "--header-row", "2", *columns)
    below = [(str(int(row) + 1), *rest) for row, *rest in SHIFTED]
    assert (chosen.people, chosen.code) == (below, 0)


def test_the_lower_of_two_header_rows_of_a_workbook_is_understood(check: Check) -> None:
    answer = check("two_row_header.xlsx", "--map", "param1=Ville")
    assert (answer.code, answer.left_out) == (0, {})
    assert [person[:3] for person in answer.people] == [
        ("3", "+33612342701", "Zoé"),
        ("4", "+33612342702", "Max"),
        ("5", "+33612342703", "Léo"),
    ]


READ: dict[str, tuple[str, list[Person]]] = {
    "backslash_apostrophe.csv": (
        "ville",
        _people("+336123411", "2|31|D'Arcy|L'Isle", "3|32|Max|Nice"),
    ),
    "backslash_n.csv": ("ville", _people("+336123412", "2|01||Lyon", "3|02|Max|")),
    "backslash_entries.xlsx": ("Ville", _people("+336123423", "2|01|Zoé|Lyon", "3|02|Max|Nice")),
    "strings_at_root.xlsx": ("Ville", _people("+336123423", "2|01|Zoé|Lyon", "3|02|Max|Nice")),
    "cp850_french.csv": (
        "Ville",
        _people(
            *("+336123422", "2|01|Zoé|Orléans", "3|02|François|Nîmes", "4|03|Eloïse|Besançon"),
            *("5|04|Maëlle|Sète", "6|05|Jérôme|Évry"),
        ),
    ),
    "ctrl_z.csv": ("", _people("+336123421", "2|51|Zoé|", "3|52|Max|")),
    "nul_tail.csv": ("", _people("+336123421", "2|21|Zoé|", "3|22|Max|")),
    "html_entities.csv": (
        "Ville",
        _people("+336123424", "2|01|Zoé|L'Isle-d'Abeau", "4|03|Max & Léa|Nîmes"),
    ),
    "single_quotes.csv": (
        "Ville",
        _people("+336123428", "2|01|Zoé|Lyon", "3|02|Max|Nice", "4|03|Léo|Saint-Jean, Haut"),
    ),
    "wrapped_lines.csv": ("Ville", _people("+336123409", "2|01|Zoé|Lyon", "3|02|Max|Nice")),
    "dial_code_column.csv": (
        "",
        _people("+336123453", "2|11|A|", "3|12|B|", "4|13|C|"),
    ),
    "number_prefix_in_format.ods": (
        "",
        [
            ("2", "+34612345001", "Zoé", ""),
            ("3", "+33612342612", "Max", ""),
            ("4", "+33612342613", "Léo", ""),
        ],
    ),
    "ticks_as_opt_out.csv": ("", _people("+336123416", "2|00|P0|", "6|04|P4|")),
}
LEFT_OUT = {
    "backslash_n.csv": {"4": "missing_number"},
    "html_entities.csv": {"3": "no_consent"},
    "ticks_as_opt_out.csv": dict.fromkeys(("3", "4", "5", *map(str, range(7, 16))), "no_consent"),
}


@pytest.mark.parametrize("name", READ)
def test_a_case_is_read_as_its_writer_meant(check: Check, name: str) -> None:
    column, people = READ[name]
    mapped = ["--map", f"param1={column}"] if column else []
    answer = check(name, *mapped, "--max-rejected", "100")
    assert answer.people == people
    assert answer.left_out == LEFT_OUT.get(name, {})
    assert answer.code == 0


def test_a_polish_code_page_is_read(check: Check) -> None:
    answer = check("cp1250_polish.csv", "--map", "first_name=Imię", "--map", "param1=Miasto")
    people = _people(
        "+48512345", "2|601|Łukasz|Łódź", "3|602|Żaneta|Kraków", "4|603|Małgorzata|Gdańsk"
    )
    assert (answer.people, answer.findings["encoding_guess"]) == (people, "note")


def test_a_number_is_read_with_the_prefix_that_its_format_shows(check: Check) -> None:
    answer = check("number_prefix_in_format.xlsx")
    numbers = "+34612345201 +41791234202 +212612345203 +34612345204 +34612345205 +34612345206"
    assert [person[1] for person in answer.people] == [
        *numbers.split(),
        "+34612345207",
        "+212612345208",
    ]


@pytest.mark.parametrize(
    ("name", "cells"), [("displayed_values.xlsx", 29), ("displayed_values.ods", 6)]
)
def test_a_cell_is_texted_as_it_is_seen(check: Check, name: str, cells: int) -> None:
    # Three of the workbook's cells in `Vu` were written as an English reader sees them.
    english = {"15.5%": "15,5%", "12.50": "12,50", "€ 1,500": "€ 1 500", "1,234.50": "1 234,50"}
    shown = {row: value for row, _, _, value in check(name, "--map", "param1=Valeur").people}
    seen = {row: value for row, _, _, value in check(name, "--map", "param1=Vu").people}
    assert shown == {row: english.get(value, value) for row, value in seen.items()}
    assert len(shown) == cells


def test_people_on_a_sheet_named_like_a_stop_list_are_asked_about(check: Check) -> None:
    answer = check("stop_sheet.xlsx")
    assert (answer.code, answer.findings["stop_sheet"]) == (3, "error")
    assert answer.findings["several_sheets"] == "warning"
    chosen = check("stop_sheet.xlsx", "--sheet", "Clients")
    assert [person[2] for person in chosen.people] == ["Zoé", "Max"]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("optouts_originator_recipient.csv", "+33612343601"),
        ("optouts_expediteur_destinataire.csv", "+33612343601"),
    ],
)
def test_the_sender_of_a_stop_is_opted_out_and_our_own_number_is_not(
    check: Check, tmp_path: Path, name: str, number: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"Portable\n{number}\n+33644600001\n", encoding="utf-8")
    answer = check("", "--optouts", str(CASES / name), path=path)
    assert answer.left_out == {"2": "opted_out"}
    assert [person[1] for person in answer.people] == ["+33644600001"]


def test_signs_and_marks_around_numbers_hide_no_duplicate(check: Check) -> None:
    answer = check("invisible_and_signs.csv")
    assert [person[1] for person in answer.people] == [f"+336123414{at:02}" for at in range(1, 41)]
    assert answer.left_out == {"42": "duplicate", "43": "duplicate"}


OVERSEAS = {
    2: "+262692123456", 3: "+262693123456", 4: "+262692123457", 6: "+590690123456",
    8: "+594694123456", 9: "+596696123456", 10: "+596697123456", 12: "+262692123458",
    13: "+262692123459", 14: "+262692123460", 16: "+262692123461", 17: "+262692123462",
    18: "+590690123457", 19: "+596709101234", 20: "+594709301234", 21: "+590709001234",
    22: "+687761234", 24: "+68987123456", 28: "+262639991234", 29: "+2693211234",
    30: "+33698123456", 31: "+262692123463",
}  # fmt: skip
NOT_OVERSEAS = {
    5: "invalid_number", 7: "invalid_number", 11: "duplicate", 15: "landline", 23: "too_short",
    25: "too_short", 26: "landline", 27: "landline", 32: "landline",
}  # fmt: skip


def test_a_number_overseas_is_one_number_in_each_spelling(check: Check) -> None:
    answer = check("overseas_spellings.csv")
    assert {int(row): number for row, number, _, _ in answer.people} == OVERSEAS
    assert {int(row): code for row, code in answer.left_out.items()} == NOT_OVERSEAS


def test_a_corrected_rejects_file_reads_as_the_original_did(check: Check, tmp_path: Path) -> None:
    first = check("guarded_cells.csv", "--map", "param1=Offre", "--max-rejected", "100")
    assert first.left_out == {"2": "too_short", "3": "too_short"}
    rejects = (tmp_path / "rejects.csv").read_text(encoding="utf-8-sig")
    assert "'-20%" in rejects
    assert "'+5 points" in rejects
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(
        rejects.replace("06 12 34 33;", "0612343312;").replace("06 12 34 34;", "0612343412;"),
        encoding="utf-8-sig",
    )
    text = ["--text", "{Offre} STOP au 30101", "--map", "param1=Offre"]
    again = check("", *text, path=corrected)
    # The guard is in the file against formulas, and not in the text.
    assert [person[3] for person in again.people] == ["'-20%", "'+5 points"]
    assert again.answer["message"]["segments_total"] == 2
    assert again.left_out == {}


def test_a_title_is_no_first_name(check: Check) -> None:
    answer = check("titles_in_names.csv")
    assert [person[2] for person in answer.people] == [""] * 6
    assert answer.findings["titles_in_names"] == "warning"


@pytest.mark.parametrize(
    ("name", "what"),
    [("vcard.csv", "a vCard address book"), ("mhtml.xls", "a web archive or an e-mail (MHTML)")],
)
def test_another_format_is_named(check: Check, name: str, what: str) -> None:
    answer = check(name)
    assert (answer.code, answer.answer["message"]) == (
        3,
        f"{CASES / name} is {what}, which cannot be read: save the contacts as xlsx or csv.",
    )


def test_every_case_is_tested_here() -> None:
    tested = Path(__file__).read_text(encoding="utf-8") + "README.md"
    assert [path.name for path in CASES.iterdir() if path.name not in tested] == []
