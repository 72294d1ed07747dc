"""A sheet named like a stop list is asked about; several sheets are never taken in silence."""

from pathlib import Path

import openpyxl
import pytest

from bulksms.contacts.findings.sheet_titles import is_named_like_stop_list
from bulksms.loader import ReadOptions, open_sheets
from tests.unit.contacts.conftest import MakeSheet, findings_of, screened

CASES = Path(__file__).parents[3] / "cases"
ASKED = (
    'Sheet "Désabonnés" of {} is named like a list of people who must not be texted, and its'
    " 1 row is read as contacts: choose the sheet of the contacts with --sheet."
)
SEVERAL = '2 sheets of {} are read: "Clients", "Désabonnés"; --sheet reads only one.'


@pytest.mark.parametrize(
    "title",
    [
        *("Désabonnés", "STOP", "STOP SMS 2026", "Liste noire", "Décédés", "Ne pas contacter"),
        *("Blacklist", "Opt-out", "Unsubscribed", "Do not text", "Deceased", "Suppression list"),
        *("Liste rouge", "NPAI", "Supprimés", "Deleted", "Bounces", "Kündigungen", "Rimossi"),
        *("Abgemeldet", "Sperrliste", "Verstorbene", "Widerspruch", "Keine SMS"),
        *("Bajas", "Lista negra", "Fallecidos", "No contactar", "Rechazos", "Suprimidos"),
        *("Disiscritti", "Lista nera", "Deceduti", "Non contattare"),
        *("Afgemeld", "Uitgeschreven", "Zwarte lijst", "Niet bellen", "Overleden", "Opzeggingen"),
        *("Plus de SMS", "No SMS", "Pas de SMS", "Sin SMS", "Geen SMS", "Senza consenso"),
        *("Sans accord", "Non opt-in", "DCD", "NPC", "Numéros invalides", "Rejetés", "Revocati"),
        *("Liste repoussoir", "Mauvais numéros", "Faux numéros", "Ne veulent pas", "Quiet list"),
        *(
            "Kill list",
            "Mute list",
            "Objections",
            "Erasure requests",
            "Wrong numbers",
            "Do not use",
        ),
        *("Todesfälle", "Zu löschen", "Negativliste", "Stoppliste", "Difuntos", "Borrados"),
        *("Opposizioni", "Non usare", "Sem consentimento", "Mortos", "Wypisani", "Zmarli"),
        *("Stop tabac - désabonnés", "Bajas", "Refus", "Keine SMS"),
        *("Czarna lista", "Rezygnacje", "Nie dzwonić"),
        *("Descadastrados", "Lista negra", "Falecidos", "Não contactar"),
    ],
)
def test_a_stop_list_is_recognised_by_its_title_in_seven_languages(title: str) -> None:
    assert is_named_like_stop_list(title)


@pytest.mark.parametrize(
    "title",
    [
        "Clients",
        "Clients inactifs",
        "Archives",
        "Anciens clients",
        "Annulations",
        "Feuil1",
        "Sheet1",
        "Nonstop",
        "Christophe",
        "Bestand",
        "2026",
        "Lyon",
        "Kunden",
        "Exclusif VIP",
        "Opticiens",
        "Refuge",
        "Stopover",
        "Contacts actifs",
        "Rebecca",
        "Robin",
        "Mailing",
        "Inscrits",
        "Nouveaux non clients",
        "Hoja1",
        "Blad1",
        *("Ne pas supprimer", "Do not delete", "Nicht löschen", "Motifs de refus"),
        *("Stop tabac", "Bus stops", "Planta baja", "Quiet room", "Devis refusés", "Keine Mail"),
    ],
)
def test_an_ordinary_title_is_no_stop_list(title: str) -> None:
    assert not is_named_like_stop_list(title)


def test_a_sheet_named_like_a_stop_list_is_asked_about() -> None:
    path = CASES / "stop_sheet.xlsx"
    answer = screened(*open_sheets(path))
    assert findings_of(answer, "stop_sheet") == [("error", 1, ASKED.format(path))]
    assert findings_of(answer, "several_sheets") == [("warning", 2, SEVERAL.format(path))]
    (finding,) = [finding for finding in answer.findings if finding.code == "stop_sheet"]
    assert finding.ask


def test_one_sheet_that_is_chosen_is_nothing_to_say() -> None:
    answer = screened(*open_sheets(CASES / "stop_sheet.xlsx", ReadOptions(sheet="Clients")))
    assert findings_of(answer, "several_sheets") == findings_of(answer, "stop_sheet") == []


def test_a_hidden_sheet_named_like_a_stop_list_is_asked_about(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for row in (["Portable"], ["06 39 98 01 01"]):
        (book.worksheets or [book.create_sheet("Clients")])[0].append(row)
    book.create_sheet("Ne plus contacter").append(["06 39 98 01 01"])
    book["Ne plus contacter"].sheet_state = "hidden"
    path = tmp_path / "clients.xlsx"
    book.save(path)
    asked = (
        f'The hidden sheet "Ne plus contacter" of {path} is named like a list of people who must '
        "not be texted, and is not read: save it as a file of its own and give that with "
        "--optouts, or choose the sheet of the contacts with --sheet."
    )
    assert findings_of(screened(*open_sheets(path)), "stop_sheet") == [("error", 1, asked)]
    chosen = screened(*open_sheets(path, ReadOptions(sheet="Clients")))
    assert findings_of(chosen, "stop_sheet") == []


@pytest.mark.parametrize("title", ["Désinscrits :", "NE PAS CONTACTER", "Unsubscribed"])
def test_a_title_in_the_middle_of_a_list_is_asked_about(make_sheet: MakeSheet, title: str) -> None:
    rows = [["Zoé", "0639980101", ""], [title, "", ""], ["Max", "0639980102", ""]]
    (finding,) = findings_of(
        screened(make_sheet(["Prénom", "Portable", "Ville"], *rows)), "stop_sheet"
    )
    asked = (
        f"Row 3 of list.csv ({title!r}) reads like the title of a list of people who must not be "
        "texted, and 1 row below it is read as contacts: put these people into a file of their own "
        "and give that with --optouts."
    )
    assert finding == ("error", 1, asked)


@pytest.mark.parametrize(
    "rows",
    [
        [["Zoé", "0639980101", ""], ["Inès", "", "Ne plus contacter"], ["Max", "0639980102", ""]],
        [["Zoé", "0639980101", ""], ["Total", "", ""], ["Max", "0639980102", ""]],
        [["Zoé", "0639980101", ""], ["Désinscrits :", "", ""]],
    ],
)
def test_a_person_a_total_and_an_end_are_no_such_title(
    make_sheet: MakeSheet, rows: list[list[str]]
) -> None:
    answer = screened(make_sheet(["Prénom", "Portable", "Ville"], *rows))
    assert findings_of(answer, "stop_sheet") == []


def test_numbers_of_others_in_an_opt_out_column_are_asked_about(make_sheet: MakeSheet) -> None:
    header = ["Prénom", "Portable", "Désinscrits"]
    rows = [["Zoé", "0639980101", "06 39 98 01 02"], ["Max", "0639980102", ""]]
    asked = (
        "Column 3 'Désinscrits' of list.csv holds numbers of other people, first in row 2 "
        "('06 39 98 01 02'): if they opted out, put them into a file of their own and give "
        "that with --optouts."
    )
    assert findings_of(screened(make_sheet(header, *rows)), "stop_sheet") == [("error", 1, asked)]


@pytest.mark.parametrize("cell", ["+33 6 39 98 01 01", "2026-01-05 10:00", "1767607200", "Oui"])
def test_dates_and_the_own_number_in_an_opt_out_column_are_only_a_no(
    make_sheet: MakeSheet, cell: str
) -> None:
    answer = screened(
        make_sheet(["Prénom", "Portable", "Désinscrits"], ["Zoé", "0639980101", cell])
    )
    assert findings_of(answer, "stop_sheet") == []
    assert len(answer.contacts) == 0
