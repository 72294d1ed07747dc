"""Reports which sheets of a workbook are texted, and asks about those named like a stop list."""

import re
from collections.abc import Iterator, Sequence

from bulksms.contacts.columns.consent_headers import matches
from bulksms.contacts.columns.headers import words
from bulksms.contacts.rows.row_table import MappedSheet
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level

__all__ = ["is_named_like_stop_list", "sheet_findings"]

# How titles are written is in `headers.compact`: no accents, small letters, no blanks.
_WORDS = frozenset(
    {
        *(
            "stop",
            "stops",
            "dnc",
            "dead",
            "robinson",
            "opposes",
            "refus",
            "exclus",
            "npai",
            "dcd",
            "npc",
            "rip",
        ),  # en, fr
        *("tote", "verstorbene", "baja", "bajas", "morti", "obitos"),  # de, es, it, pt
    }
)
_PARTS = (
    # French
    *("desabon", "desinscri", "desabo", "listenoire", "listerouge", "nepascontact", "nepasappel"),
    *("nepasenvoy", "nepluscontact", "neplusenvoy", "sansconsent", "nonconsent", "opposition"),
    *("refuse", "decede", "exclusion", "exclure", "bloqu", "resili", "radies", "bloctel"),
    *(
        "stopsms",
        "listestop",
        "supprim",
        "corbeille",
        "plainte",
        "sansaccord",
        "rejet",
        "injoignable",
    ),
    # English
    *("unsub", "optout", "optedout", "blacklist", "blocklist", "denylist", "blocked", "suppress"),
    *("donotcall", "donotcontact", "donottext", "donotsms", "donotsend", "dontcontact", "donttext"),
    *("nocontact", "deceased", "exclude", "exclusion", "removed", "deleted", "stoplist"),
    *("withdrawn", "bounce", "complaint", "invalid", "reject"),
    *("repoussoir", "fauxnumero", "mauvaisnumero", "neveulent", "neveutpas", "nepasutilis"),
    *("objection", "objector", "erasure", "graveyard", "wrongnumber", "donotuse"),
    # Polish
    *("wypisan", "rezygnac", "zmarl", "czarnalista", "niedzwon", "niekontakt", "niewysyl"),
    # Dutch
    *("afmeld", "opzegg", "opgezegd", "verwijderd", "zondertoestemming"),
    # German
    *("abgemeld", "abmeld", "abbestell", "sperrliste", "gesperrt", "blockier", "verstorben"),
    *("widersp", "widerruf", "nichtkontakt", "nichtanruf", "keinesms", "ausgeschlossen"),
    *("todesfall", "zuloschen", "negativliste", "stoppliste", "nichtverwend"),
    *("gekundigt", "kundigung", "ausgetreten", "geloscht"),
    # Spanish
    *("listanegra", "desuscri", "nocontactar", "nollamar", "noenviar", "fallecid", "excluid"),
    *("bloquead", "dadosdebaja", "cancelad", "rechaz", "suprimid", "eliminad"),
    *("difunt", "muertos", "borrad", "nousar", "sinconsent"),
    # Italian
    *("opposizion", "nonusare"),
    *("disiscri", "cancellat", "listanera", "noncontattare", "noninviare", "decedut", "defunt"),
    *(
        "senzaconsens",
        "revocat",
        "esclus",
        "bloccat",
        "listadiblocco",
        "disdett",
        "rimoss",
        "eliminat",
        "rifiut",
    ),
    # Portuguese
    *("descadastr", "desinscri", "naocontact", "naocontat", "naoenviar", "naoligar", "falecid"),
    *("mortos", "semconsent", "naousar"),
    *("removid", "bloqueio", "recusad"),
)

# What has these words and is no person who said no.
_OTHER_THINGS = re.compile(
    r"\b(?:stop tabac|(?:bus|tram|one|pit|truck) stops?|(?:temporada|planta) baja|baja california|"
    r"dead sea|blocked time|quiet (?:rooms?|hours?|times?)|devis refuses?|refus (?:de )?devis|"
    r"rejets? bancaires?|keine? (?:e ?mails?|mails?|newsletter))\b"
)


def is_named_like_stop_list(title: str) -> bool:
    """Whether a title says that these people are not to be texted."""
    said = _OTHER_THINGS.sub(" ", " ".join(words(title)))
    run = said.replace(" ", "")
    return (
        any(part in run for part in _PARTS)
        or bool(_WORDS.intersection(said.split()))
        or any(matches("negative", name, said) for name in ("register", "certain", "likely"))
    )


def sheet_findings(mapped_sheets: Sequence[MappedSheet]) -> Iterator[Finding]:
    """Ask about sheets named like a stop list, and say when a file gives several sheets."""
    files: dict[str, list[str]] = {}
    for sheet, _ in mapped_sheets:
        title = sheet.source.sheet
        if title is None:
            continue
        files.setdefault(sheet.source.path, []).append(title)
        if is_named_like_stop_list(title):
            message = (
                f'Sheet "{title}" of {sheet.source.path} is named like a list of people who must'
                f" not be texted, and its {count_of(len(sheet.rows), 'row is', 'rows are')} read as"
                " contacts: choose the sheet of the contacts with --sheet."
            )
            yield Finding(
                code="stop_sheet",
                message=message,
                level=Level.ERROR,
                count=len(sheet.rows),
                ask=True,
            )
    for path, titles in files.items():
        if len(titles) > 1:
            listed = ", ".join(f'"{title}"' for title in titles)
            message = (
                f"{len(titles):,} sheets of {path} are read: {listed}; --sheet reads only one."
            )
            yield Finding(
                code="several_sheets", message=message, level=Level.WARNING, count=len(titles)
            )
