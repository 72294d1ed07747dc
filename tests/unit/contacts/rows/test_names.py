"""A title is not a first name, and a family name in capitals is not a first name either."""

import unicodedata

import pyarrow as pa
import pytest

from bulksms.contacts.rows.field_values import clean_texts
from bulksms.contacts.rows.names import drop_lone_titles, split_names
from tests.unit.contacts.conftest import MakeSheet, findings_of, screened

NAMES = {
    "Monsieur DURAND": ("", "DURAND"),
    "Madame PETIT": ("", "PETIT"),
    "Mme ROY": ("", "ROY"),
    "M. BLEU": ("", "BLEU"),
    "M.BLEU": ("", "BLEU"),
    "Mlle Zoé": ("", "Zoé"),
    "Famille NOIR": ("", "NOIR"),
    "M. et Mme MARTIN": ("", "MARTIN"),
    "Mr/Mrs Smith": ("", "Smith"),
    "M./Mme BLANC": ("", "BLANC"),
    "Me Dupont": ("", "Dupont"),
    "Veuve Noir": ("", "Noir"),
    "Herr Müller": ("", "Müller"),
    "Eheleute Braun": ("", "Braun"),
    "Dott.ssa Sala": ("", "Sala"),
    "Avv. Riva": ("", "Riva"),
    "Exmo. Sr. Lopes": ("", "Lopes"),
    "Dra. Ana Reis": ("Ana", "Reis"),
    "Sra. García": ("", "García"),
    "Sig.ra Rossi": ("", "Rossi"),
    "DUPONT Monsieur": ("", "DUPONT"),
    "Monsieur": ("", ""),
    "Mgr Durand": ("", "Durand"),
    "Fru Hansen": ("", "Hansen"),
    "Pani Anna Kowalska": ("Anna", "Kowalska"),
    "Pan Wei": ("Pan", "Wei"),
    "Indivision Durand": ("", "Indivision Durand"),
    "Succession DURAND": ("", "Succession DURAND"),
    "Pharmacie du Marché": ("", "Pharmacie du Marché"),
    "Mairie de Lyon": ("", "Mairie de Lyon"),
    "M. Jean DUPONT": ("Jean", "DUPONT"),
    "Monsieur DUPONT Jean": ("Jean", "DUPONT"),
    "DURAND, M. Paul": ("Paul", "DURAND"),
    "Dr. Gregory House": ("Gregory", "House"),
    "Frau Anna Schmidt": ("Anna", "Schmidt"),
    "DURAND Paul": ("Paul", "DURAND"),
    "VAN DER BERG Jan": ("Jan", "VAN DER BERG"),
    "Jean-Marc DE LA TOUR": ("Jean-Marc", "DE LA TOUR"),
    "JP Martin": ("JP", "Martin"),
    "ANNA SCHMIDT": ("ANNA", "SCHMIDT"),
    "Anna Schmidt": ("Anna", "Schmidt"),
    "Zoé": ("Zoé", ""),
    "Dhr. de Vries": ("", "de Vries"),
    "M. DE LA TOUR": ("", "DE LA TOUR"),
    "Mr Ben Grey": ("Ben", "Grey"),
    "Mevr. Jansen": ("", "Jansen"),
    "de heer Jansen": ("", "Jansen"),
    "Dhr. Jan de Vries": ("Jan", "de Vries"),
    "D. José García": ("José", "García"),
    "Sra. D.ª Maria Silva": ("Maria", "Silva"),
    "Dr.ª Maria Silva": ("Maria", "Silva"),
    "Eng.º João Silva": ("João", "Silva"),
    "Mᵐᵉ Durand": ("", "Durand"),
    "Mᵉ Durand": ("", "Durand"),
    "Gent.ma Sig.ra Anna Rossi": ("Anna", "Rossi"),
    "Dipl.-Ing. Hans Müller": ("Hans", "Müller"),
    "Capt. John Smith": ("John", "Smith"),
    "The Smith Family": ("", "Smith"),
    "La famille Durand": ("", "Durand"),
    "SARL Durand": ("", "SARL Durand"),
    "Durand SA": ("", "Durand SA"),
    "Paul Durand SARL": ("", "Paul Durand SARL"),
    "Muster GmbH": ("", "Muster GmbH"),
    "Paul Durand Jr.": ("Paul", "Durand"),
    "Paul Durand, Jr.": ("Paul", "Durand"),
    "M. Paul & Mme Zoé Durand": ("", "Paul & Mme Zoé Durand"),
    "Mme DURAND née MARTIN": ("", "DURAND"),
    "Zoé DURAND née MARTIN": ("Zoé", "DURAND"),
    "Zoé DURAND épouse MARTIN": ("Zoé", "DURAND"),
    "De Vries Jan": ("De Vries Jan", ""),
    "La Toya": ("La", "Toya"),
    "D Martin": ("D", "Martin"),
    "Sas Kovács": ("", "Sas Kovács"),
    "Sa Silva": ("Sa", "Silva"),
}


@pytest.mark.parametrize(("whole", "names"), NAMES.items())
def test_a_whole_name_is_split(whole: str, names: tuple[str, str]) -> None:
    first, last = split_names(pa.array([whole]))
    assert (first[0].as_py(), last[0].as_py()) == names


def test_a_title_with_a_family_name_is_reported(make_sheet: MakeSheet) -> None:
    header = ["Nom du client", "Portable"]
    rows = [["Monsieur DURAND", "0639981230"], ["DURAND Paul", "0639981231"]]
    answer = screened(make_sheet(header, *rows))
    assert answer.contacts["first_name"].tolist() == ["", "Paul"]
    ((level, count, message),) = findings_of(answer, "titles_in_names")
    assert (level, count) == ("warning", 1)
    assert "first in row 2" in message


@pytest.mark.parametrize("cell", ["Mme Petit", "M. Bleu", "Herr Weiß", "Sig.ra Rossi"])
def test_a_title_among_first_names_is_reported(make_sheet: MakeSheet, cell: str) -> None:
    answer = screened(make_sheet(["Prénom", "Portable"], [cell, "0639981230"]))
    ((_, count, _),) = findings_of(answer, "titles_in_names")
    assert count == 1


@pytest.mark.parametrize("cell", ["Mado", "Misha", "Drita", "Frauke", "Srdjan", "Profira"])
def test_names_that_begin_like_a_title_are_none(make_sheet: MakeSheet, cell: str) -> None:
    answer = screened(make_sheet(["Prénom", "Portable"], [cell, "0639981230"]))
    assert findings_of(answer, "titles_in_names") == []


@pytest.mark.parametrize(
    ("cell", "clean"),
    [
        (unicodedata.normalize("NFD", "Éloïse"), "Éloïse"),
        ("\u200bZoé\u200e", "Zoé"),
        ("Jean\u00a0Paul", "Jean Paul"),
        ("Ma\u00adrie", "Marie"),
        ("\ufeffAda\u202c", "Ada"),
        ("Zo\u200dé", "Zoé"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("a\u2028b\tc", "a b c"),
    ],
)
def test_values_are_composed_and_freed_of_what_no_one_sees(cell: str, clean: str) -> None:
    assert clean_texts(pa.array([cell])).to_pylist() == [clean]


@pytest.mark.parametrize("name", ["Mme", "M.", "Monsieur", "M. et Mme", "Mrs", "Dr.", "Herr"])
def test_a_first_name_that_is_only_a_title_is_none(name: str) -> None:
    assert drop_lone_titles(pa.array([name])).to_pylist() == [""]


@pytest.mark.parametrize("name", ["Mme Zoé", "M. Paul", "Max", "Meg", "Sirine", "", "Prosper"])
def test_a_first_name_with_a_title_stays(name: str) -> None:
    assert drop_lone_titles(pa.array([name])).to_pylist() == [name]
