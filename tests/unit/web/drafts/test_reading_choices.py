"""The ways to read a list, each with what one would see first."""

from pathlib import Path

import pytest

from bulksms.plan.options import ReadingOptions
from bulksms.web.drafts.reading_choices import ReadingChoice, find_reading_choices

EXPORT = """Fichier;Clients;de novembre;
;;;
Prénom;Nom;Mobile;Ville
Zoé;Martin;06 39 98 01 01;Lyon
Noël;Garnier;;Nîmes
"""


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "clients.csv"
    path.write_bytes(EXPORT.encode("cp1252"))
    return path


def effects(choices: tuple[ReadingChoice, ...]) -> dict[str, tuple[str, ...] | None]:
    return {choice.value: choice.cells for choice in choices}


def test_an_encoding_shows_the_cells_with_accents(export: Path) -> None:
    choices = find_reading_choices(export, ReadingOptions())

    seen = effects(choices.encodings)
    assert choices.encoding == "cp1252"
    assert seen["cp1252"] == ("Prénom", "Zoé", "Noël", "Nîmes")
    assert seen["mac-roman"] == ("PrÈnom", "ZoÈ", "NoÎl", "NÓmes")
    assert seen["utf-8"] is None


def test_a_separator_shows_the_columns_that_it_makes(export: Path) -> None:
    choices = find_reading_choices(export, ReadingOptions())

    assert effects(choices.delimiters)[";"] == ("Prénom", "Nom", "Mobile", "Ville")
    assert {choice.value: choice.count for choice in choices.delimiters} == {
        "": 4,
        ";": 4,
        ",": 1,
        "tab": 1,
        "|": 1,
    }


def test_each_of_the_first_rows_may_be_the_titles(export: Path) -> None:
    choices = find_reading_choices(export, ReadingOptions())

    assert effects(choices.titles) == {
        "": ("Prénom", "Nom", "Mobile", "Ville"),
        "1": ("Fichier", "Clients", "de novembre"),
        "3": ("Prénom", "Nom", "Mobile", "Ville"),
        "4": ("Zoé", "Martin", "06 39 98 01 01", "Lyon"),
        "5": ("Noël", "Garnier", "Nîmes"),
    }


def test_accents_far_below_the_beginning_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    rows = "Zoe;0639980101\n" * 40_000
    path.write_text(f"Prenom;Mobile\n{rows}Noé;0639980102\n", encoding="utf-8")

    choices = find_reading_choices(path, ReadingOptions())

    assert effects(choices.encodings)["utf-8"] == ("Noé",)


def test_a_list_without_accents_has_no_encodings_to_choose(tmp_path: Path) -> None:
    path = tmp_path / "clients.csv"
    path.write_text("Prenom;Mobile\nZoe;0639980101\n", encoding="utf-8")

    assert find_reading_choices(path, ReadingOptions()).encodings == ()


@pytest.mark.parametrize(
    "reading", [ReadingOptions(region="QQ"), ReadingOptions(encoding="klingon")], ids=str
)
def test_a_wrong_setting_leaves_the_choices(export: Path, reading: ReadingOptions) -> None:
    choices = find_reading_choices(export, reading)

    assert effects(choices.encodings)["cp1252"] == ("Prénom", "Zoé", "Noël", "Nîmes")


def test_a_list_that_was_deleted_is_said(tmp_path: Path) -> None:
    assert "choose it again" in str(find_reading_choices(tmp_path, ReadingOptions()).error)
