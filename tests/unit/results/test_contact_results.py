import csv
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bulksms.errors import InputError
from bulksms.ledger import FrameState
from bulksms.results import summarise
from bulksms.results.contact_results import write_contact_results
from tests.builders import a_campaign, a_frame_record, an_unposted_frame, totals_of
from tests.unit.results.rows import DUPLICATE, REJECTED, SourceRow, a_row, parts

NAMES = [
    "Nom",
    "Mobile",
    "bulksms_row",
    "bulksms_number",
    "bulksms_column",
    "bulksms_class",
    "bulksms_frame",
    "bulksms_ticket",
    "bulksms_reason",
    "bulksms_delivery",
]
WHY, SAME = "This is not a number.", "Row 2 has it."
ADVICE = "Replace the words by a number."
FRAMES = [
    a_frame_record(),
    an_unposted_frame(number=2, state=FrameState.REFUSED, message="Unknown sender", code=106),
    a_frame_record(number=3, state=FrameState.IN_DOUBT, message="no answer"),
    an_unposted_frame(number=4),
]


def _write(path: Path, *rows: SourceRow, language: str = "en") -> None:
    report = summarise(a_campaign(), totals_of(FRAMES))
    write_contact_results(path, parts(rows, FRAMES), report, FRAMES, language=language)


def _csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _sheet(path: Path, title: str) -> list[list[object]]:
    rows = load_workbook(path)[title].iter_rows(values_only=True)
    return [["" if value is None else value for value in row] for row in rows]


def test_every_row_of_the_source_has_a_line(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"

    _write(path, a_row(), REJECTED, DUPLICATE)

    assert _csv(path) == [
        NAMES,
        ["Zoë", "0639980102", "2", "+33639980102", "Mobile", "sent", "1", "sms_1", "", ""],
        ["Paul", "demander", "3", "", "Mobile", "rejected", "", "", WHY, ""],
        ["Zoë", "0639980102", "4", "", "Mobile", "suppressed", "", "", SAME, ""],
    ]


def test_a_formula_in_the_source_is_guarded_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"

    _write(path, a_row("=1+1"))

    assert _csv(path)[1][0] == "'=1+1"


@pytest.mark.parametrize("title", ["All rows", "Sent"])
def test_a_formula_in_the_source_stays_text_in_a_workbook(tmp_path: Path, title: str) -> None:
    path = tmp_path / "people.xlsx"

    _write(path, a_row("=1+1"))

    cell = load_workbook(path)[title]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_first_sheet_of_a_workbook_has_the_lines_of_the_csv(tmp_path: Path) -> None:
    path = tmp_path / "people.XLSX"

    _write(path, a_row(), REJECTED)

    assert load_workbook(path).sheetnames[0] == "All rows"
    assert _sheet(path, "All rows") == [
        NAMES,
        ["Zoë", "0639980102", 2, "+33639980102", "Mobile", "sent", 1, "sms_1", "", ""],
        ["Paul", "demander", 3, "", "Mobile", "rejected", "", "", WHY, ""],
    ]


def test_a_workbook_has_a_sheet_for_each_outcome_and_each_list(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    people = (a_row(name, frame, frame + 10) for frame, name in enumerate("ABCD", start=1))

    _write(path, *people, REJECTED, DUPLICATE)

    names = {
        title: [row[0] for row in _sheet(path, title)[1:]]
        for title in load_workbook(path).sheetnames
    }
    assert names == {
        "All rows": ["A", "B", "C", "D", "Paul", "Zoë"],
        "Summary": names["Summary"],
        "Sent": ["A"],
        "Left out": ["Paul", "Zoë"],
        "Failed": ["B"],
        "In doubt": ["C"],
        "Not attempted": ["D"],
        "To correct": ["Paul"],
        "Dead numbers": [],
        "Requests": ["spring"] * 4,
    }


def test_a_row_left_out_has_the_reason_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"

    _write(path, a_row(), REJECTED)

    assert _sheet(path, "Left out") == [
        ["Nom", "Mobile", "bulksms_row", "bulksms_code", "Why", "bulksms_reason", "What to do"],
        ["Paul", "demander", 3, "not_a_number", "Not a number", WHY, ADVICE],
    ]


def test_the_summary_and_the_requests_have_real_amounts_and_times(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"

    _write(path, a_row())

    summary = {row[0]: row[1] for row in _sheet(path, "Summary")}
    assert summary["People: sent"] == 310
    assert summary["Cost in EUR"] == 55.8
    assert summary["First request"] == datetime(2026, 3, 1, 9, 0)  # noqa: DTZ001
    assert _sheet(path, "Requests")[1][9] == 27.9


def test_a_control_character_in_the_source_does_not_break_the_workbook(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"

    _write(path, a_row("Zo\x0bë"))

    assert _sheet(path, "All rows")[1][0] == "Zoë"


def test_a_workbook_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(InputError, match=r"people\.xlsx cannot be written"):
        _write(tmp_path / "file" / "people.xlsx", a_row())


def test_a_french_workbook_gives_reasons_and_titles_in_french_and_a_csv_does_not(
    tmp_path: Path,
) -> None:
    people = (a_row(name, frame, frame + 10) for frame, name in enumerate("ABC", start=1))
    rows = [*people, REJECTED, DUPLICATE]

    _write(tmp_path / "people.xlsx", *rows, language="fr")
    _write(tmp_path / "people.csv", *rows, language="fr")

    book = tmp_path / "people.xlsx"
    assert load_workbook(book).sheetnames == [
        *("Toutes les lignes", "Résumé", "Envoyés", "Laissées de côté", "Refusés", "En doute"),
        *("Pas envoyés", "À corriger", "Numéros morts", "Lots"),
    ]
    lines = _sheet(book, "Toutes les lignes")
    assert lines[0] == NAMES
    assert [line[-2] for line in lines[4:]] == ["Pas un numéro", "En double"]
    assert _sheet(book, "À corriger")[1][-1] == "Pas un numéro"
    assert _sheet(book, "Laissées de côté")[1][-3:] == [
        *("Pas un numéro", "Pas un numéro", "Remplacez le texte par un numéro."),
    ]
    assert _sheet(book, "Résumé")[0] == ["Chiffre", "Valeur"]
    assert _csv(tmp_path / "people.csv")[4][-2] == WHY
