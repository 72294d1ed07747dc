# ruff: noqa: RUF001 - letters that look like those of ASCII are meant

import pytest

from bulksms.contacts.columns.headers import compact
from bulksms.finding import Finding, Level
from bulksms.message import foreign_placeholders

SPELLINGS = {
    "ville": "{Ville}",
    "prenom": "{Prénom}",
    "firstname": "{first_name}",
    "datedenaissance": "{Date de naissance}",
}


def findings(text: str) -> list[Finding]:
    return list(foreign_placeholders(text, SPELLINGS, compact))


@pytest.mark.parametrize(
    ("written", "here"),
    [
        ("((Ville))", "{Ville}"),
        ("(( ville ))", "{Ville}"),
        ("((Ville??Lyon))", "{Ville}"),
        ("«Ville»", "{Ville}"),
        ("« Prénom »", "{Prénom}"),
        ("<<prenom>>", "{Prénom}"),
        ("<Prénom>", "{Prénom}"),
        ("[Ville]", "{Ville}"),
        ("[[Ville]]", "{Ville}"),
        ("[First Name]", "{first_name}"),
        ("%Ville%", "{Ville}"),
        ("%%Ville%%", "{Ville}"),
        ("%first_name%", "{first_name}"),
        ("${Ville}", "{Ville}"),
        ("${Ville|Lyon}", "{Ville}"),
        ("*|VILLE|*", "{Ville}"),
        ("#Ville#", "{Ville}"),
        ("##Ville##", "{Ville}"),
        ("__Ville__", "{Ville}"),
        ("#{Ville}", "{Ville}"),
        ("@{ville}", "{Ville}"),
        ("\uff5bVille\uff5d", "{Ville}"),
        ("$(Ville)", "{Ville}"),
        ("$VILLE$", "{Ville}"),
        ("$prenom", "{Prénom}"),
        ("|Ville|", "{Ville}"),
        ("~Ville~", "{Ville}"),
        ("&Ville&", "{Ville}"),
        ("^Ville^", "{Ville}"),
        ("\u2039Ville\u203a", "{Ville}"),
        ("@Prénom", "{Prénom}"),
        (":prenom", "{Prénom}"),
        ("#PRENOM", "{Prénom}"),
        ("+Ville+", "{Ville}"),
        ("=Ville=", "{Ville}"),
        ("!!Ville!!", "{Ville}"),
        ("%7BVille%7D", "{Ville}"),
        ("%(Ville)s", "{Ville}"),
        ("[{Ville}]", "{Ville}"),
        ("%{Ville}", "{Ville}"),
        ("[Date de naissance]", "{Date de naissance}"),
        ("[subscriber.prenom]", "{Prénom}"),
        ("%recipient.first_name%", "{first_name}"),
        ("[subscriber:firstname | default:reader]", "{first_name}"),
        ("[Ville;block=tbs]", "{Ville}"),
        (r"\{Ville\}", "{Ville}"),
        ("《Ville》", "{Ville}"),
        ("❴ville❵", "{Ville}"),
    ],
)
def test_a_placeholder_of_another_tool_stops_with_the_spelling_here(
    written: str, here: str
) -> None:
    (finding,) = findings(f"Bonjour, -20% à {written} demain. STOP au 30101")

    assert (finding.code, finding.level, finding.ask) == ("foreign_placeholder", Level.ERROR, True)
    assert finding.message == (
        "The text has placeholders of another tool, and people would read them: "
        f"instead of {written} write {here}."
    )


def test_several_are_named_together() -> None:
    (finding,) = findings("Bonjour %Prénom%, -20% à [Ville] et ((ville))")

    assert finding.count == 3
    assert "instead of ((ville)) write {Ville}" in finding.message
    assert "instead of %Prénom% write {Prénom}" in finding.message


@pytest.mark.parametrize("written", ["*|FNAME|*", "%%FNAME%%", "<<fname>>", "%FNAME%"])
def test_what_can_only_be_a_placeholder_stops_whatever_it_names(written: str) -> None:
    (finding,) = findings(f"Bonjour {written}")

    assert (
        f"instead of {written} write a column in braces; none is called {written.strip('*|%<>')!r}"
        in finding.message
    )


@pytest.mark.parametrize(
    "written",
    ["[Nom du client]", "[Votre prénom]", "<votre nom>", "[lien]", "[URL]", "[insert link here]",
     "[custom_1]", "[Ihr Name]", "[enlace]", "[nome]", "[Uw naam]", "[date]", "[lien court]",
     "[unsubscribe]", "[désinscription]", "[[LIEN_STOP]]", "#name#", "MERGEFIELD Prenom_client"],
)  # fmt: skip
def test_a_blank_that_was_to_be_filled_in_stops(written: str) -> None:
    (finding,) = findings(f"Bonjour {written}, à demain")

    assert (finding.code, finding.ask) == ("foreign_placeholder", True)


@pytest.mark.parametrize(
    "written", ["%s", "%1$s", "%d", "$1", "=B2", "[XXX]", "[...]", "[…]", "XXXX", "[___]"]
)
def test_a_placeholder_without_a_name_stops(written: str) -> None:
    (finding,) = findings(f"Bonjour {written}, à demain. STOP au 30101")

    assert (finding.code, finding.ask) == ("foreign_placeholder", True)
    assert f"instead of {written} write a column in braces, such as {{first_name}}" in (
        finding.message
    )


@pytest.mark.parametrize(
    "text",
    [
        "Soldes. STOP au XXXXX",
        "Taille XXXL, XXL et XS à -50 %, 100%coton%",
        "Gagnez $1 000 ou $1,50, et 50 %d'escompte",
        "1 = 1, A2 = 2 pers., format A4",
        "#soldes #promo#, 100% gratuit -20%-30%",
        "Salle [B12], [18h;20h], 【exclusif】 《été》",
        "Bonjour {Ville}, -20% sur tout, -30% demain",
        "Offre [promo] (voir conditions) «exclusive» #soldes",
        "20% de remise, 10% à Ville",
        "La ville (Ville) et ville",
        "Prix : $ {Ville}",
        "-20%{Ville}",
        "Cliquez [ici] ou [1], <3",
        "[STOP au 30101] [VIP] [dernier jour]",
        "Soldes :demain, #soldes @boutique !!! 10:30",
    ],
)
def test_other_brackets_are_plain_text(text: str) -> None:
    assert findings(text) == []
