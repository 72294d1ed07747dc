"""A sheet named like a stop list is asked about; several sheets are never taken in silence."""

from pathlib import Path

import pytest

from bulksms.contacts.findings.sheet_titles import is_named_like_stop_list
from bulksms.loader import ReadOptions, open_sheets
from tests.unit.contacts.conftest import findings_of, screened

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
