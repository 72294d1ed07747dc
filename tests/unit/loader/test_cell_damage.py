"""What only people can know is asked, and nothing is asked of an honest file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.finding import Finding, Level
from bulksms.loader import ReadOptions, open_sheets
from bulksms.loader.cell_damage import fix_mojibake
from bulksms.loader.sheets import read_sheets
from tests.corpus.formats import xlsx

HEADER = "phone;name;city\n"
ROW = "0639980001;Ada;Lyon\n"


def asked(tmp_path: Path, data: str | bytes, **options: str) -> dict[str, Finding]:
    path = tmp_path / "a.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (sheet,) = open_sheets(path, ReadOptions(**options))  # type: ignore[arg-type]
    return {note.code: note for note in sheet.findings if note.level is Level.ERROR}


def test_a_damaged_cell_counts_in_each_row_that_has_it(tmp_path: Path) -> None:
    damaged = "0639980002;Zoé;Orl?ans\n"
    findings = asked(tmp_path, HEADER + ROW + damaged + ROW + damaged * 2)
    (lost,) = findings.values()
    assert (lost.code, lost.count) == ("replacement_characters", 3)
    assert '"Orl?ans" in row 3, "Orl?ans" in row 5, "Orl?ans" in row 6' in lost.message


@pytest.mark.parametrize("last", ["06399800", "0639980002;B"])
def test_a_last_line_that_breaks_off_is_asked_about(tmp_path: Path, last: str) -> None:
    findings = asked(tmp_path, HEADER + ROW * 2 + last)
    assert list(findings) == ["last_line_incomplete"]
    assert "The last row, 4, ends after" in findings["last_line_incomplete"].message


@pytest.mark.parametrize(
    "text",
    [
        HEADER + ROW + ROW.strip(),
        HEADER + ROW + "0639980002;B\n",
        HEADER + "0639980003;C\n" + "0639980002;B",
        HEADER + ROW + "\n\n",
        HEADER + ROW + "\n ",
        "phone\n0639980001\n06",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_honest_end_is_not_asked_about(tmp_path: Path, text: str, encoding: str) -> None:
    assert asked(tmp_path, text.encode(encoding), encoding=encoding) == {}


def test_a_lone_carriage_return_among_line_feeds_is_asked_about(tmp_path: Path) -> None:
    findings = asked(tmp_path, HEADER + ROW + "0639980002;B;Ly\ron;;\n" + ROW)
    assert list(findings) == ["lone_cr"]
    assert "row 3 may be half a row" in findings["lone_cr"].message


@pytest.mark.parametrize(
    "text",
    [
        (HEADER + ROW * 3).replace("\n", "\r"),
        (HEADER + ROW * 3).replace("\n", "\r\n"),
        (HEADER + ROW * 3).replace("\n", "\r\r\n"),
        HEADER + '0639980001;"A\rda";Lyon\n',
        (HEADER + ROW).replace("\n", "\r") + '0639980001;"A\nda";Lyon\r',
    ],
)
def test_one_kind_of_line_end_is_not_asked_about(tmp_path: Path, text: str) -> None:
    assert asked(tmp_path, text) == {}


@given(st.text("éèêëàâùûüïîôöçœÉÈŸßñáíóúåøæ", min_size=1))
def test_text_that_was_encoded_twice_is_known_again(text: str) -> None:
    twice = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())
    assert fix_mojibake(twice) != twice


@pytest.mark.parametrize("text", ["São João", "MANHÃ”", "Łódź", "Åse Ærø", "«Zoé»", "à Â", "€ 5"])
def test_text_that_is_right_is_left_alone(text: str) -> None:
    assert fix_mojibake(text) == text


def test_spoilt_cells_are_shown_with_what_they_may_mean(tmp_path: Path) -> None:
    rows = [["phone", "PrÃ©nom"], ["1", "ZoÃ©"], ["2", "Zo\ufffd"], ["3", "Zoé"]]
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx(rows))
    (sheet,) = open_sheets(path)
    lost, twice = sheet.findings
    assert (lost.code, lost.count, lost.level) == ("replacement_characters", 1, "error")
    assert '"Zo\ufffd" in row 3' in lost.message
    assert (twice.code, twice.count, twice.level) == ("double_encoded", 2, "error")
    assert '"PrÃ©nom" for "Prénom" in row 1, "ZoÃ©" for "Zoé" in row 2' in twice.message


@pytest.mark.parametrize(("ragged", "of", "many"), [(1, 3, False), (2, 199, True), (2, 200, False)])
def test_more_than_one_ragged_row_in_a_hundred_is_asked_about(
    tmp_path: Path, ragged: int, of: int, many: bool
) -> None:
    text = HEADER + ROW * (of - ragged) + ROW.replace("\n", ";x\n") * ragged
    assert ("ragged_rows" in asked(tmp_path, text)) == many


def test_a_header_of_dates_is_no_contact(tmp_path: Path) -> None:
    assert asked(tmp_path, "phone;2026-11-23;202612\n0639980001;2026-11-24;202601\n") == {}


def test_an_encoding_that_is_given_is_not_asked_about(tmp_path: Path) -> None:
    data = (HEADER + ROW).encode("utf-16-le")
    assert list(asked(tmp_path, data)) == ["utf16_without_bom"]
    assert asked(tmp_path, data, encoding="utf-16-le") == {}


@pytest.mark.parametrize(
    "cell",
    [
        *("Orl?ans", "Fran?ois", "C?cile", "ORL?ANS", "Saint-?tienne?s", "L'?le d?Yeu"),
        *("Orl\u201aans", "Orl\u251c\xaeans", "Orl\uff83\uff69ans"),
    ],
)
def test_a_sign_for_a_letter_inside_a_word_is_asked_about(cell: str) -> None:
    (sheet,) = read_sheets(f"phone,city\n0639980001,{cell}\n".encode(), "list.csv")
    (finding,) = sheet.findings
    assert (finding.code, finding.count, finding.ask) == ("replacement_characters", 1, True)
    assert f'"{cell}" in row 2' in finding.message


@pytest.mark.parametrize(
    "cell",
    [
        *("Lyon ?", "?", "Déjà client ? Oui", "https://x.example/a?b=c", "a?b", "?Zoé"),
        *(
            "Lyon \u2014 Nord",
            "\u201aZoé\u2018",
            "L\u2019Isle",
            "\u2500\u2500\u2500",
            "\uff83\uff69",
        ),
        "Est-ce que la cliente est contente de sa commande?oui je crois",
    ],
)
def test_question_marks_and_quotes_that_are_meant_are_kept_in_peace(cell: str) -> None:
    (sheet,) = read_sheets(f"phone,city\n0639980001,{cell}\n".encode(), "list.csv")
    assert sheet.findings == ()
