"""Words of a wrong encoding are known by their letters, in cells and in the text alike."""

# ruff: noqa: RUF001 - letters and signs that look like those of ASCII are meant

import tomllib
from importlib.resources import files

import pytest

from bulksms.loader.misread_letters import misread_words
from bulksms.loader.sheets import read_sheets
from bulksms.message import Template, check_text

MISREAD = (
    # UTF-8 read as a page of the Mac, of DOS, of Central Europe
    *("Zo√©", "Fran√ßois", "√âric", "d‚Äôun", "Zo├®", "Zo┬ú", "ZoĂ©", "Ă‰ric", "JosĂ©"),
    # pages of DOS and of the Mac read as Windows-1252, and the other way round
    *("Fran‡ois", "r‚serv‚", "Jƒrome", "AndrŽ", "Zo\x8e", "H\x8fl\x8fne", "Fran\x8dois"),
    *("LefËvre", "FranÁois", "FranÓois", "HÚlÞne", "NÓmes"),
    # Central Europe, Romania and Turkey read as the West
    *("£ukasz", "Pawe³", "Ma³gorzata", "D¹browski", "Gra¿yna", "¯aneta", "Jiøí", "Dvoøák"),
    *("Pìnièka", "ªtefan", "Timiºoara", "Bucureºti", "Gülþah", "Çaðrý"),
    # Cyrillic, Greek, Hebrew, Arabic and Japanese pages
    *("Zoй", "Alenзon", "Zoι", "Zoי", "Zoة", "Orl\uff83\uff69ans"),
    # accents as signs of their own, and letters that became question marks
    *("Franc¸ois", "Zoe´", "Noe¨l", "Orl?ans", "C?cile"),
    *("D?Arcy", "L?Haÿ", "Saint-?tienne", "M?LLER"),
)
SOUND = (
    *("Jean-François", "Müller", "Þórður", "Sæþór", "Guðmundur", "Nový", "Łukasz", "Çağrı", "ZOÉ"),
    *("m²", "cm³", "£10", "¿Qué", "¡Hola!", "L’Haÿ", "½", "Mª", "n°", "2ème", "D´Alès", "l·l"),
    *("Nguyễn", "Bình", "Võ", "Tórshøvn", "Séamus", "Kõrve", "Žydrūnas", "Āboliņš", "McDonald"),
    *(
        "Αθήνα",
        "Москва",
        "日本",
        "Société®",
        "«Zoé»",
        "“VIP”",
        "10€",
        "20°C",
        "№5",
        "Ŵyn",
        "va?Oui",
    ),
)


@pytest.mark.parametrize("word", MISREAD)
def test_a_misread_word_is_asked_about_in_a_cell_and_in_the_text(word: str) -> None:
    (sheet,) = read_sheets(f"phone,city\n0639980001,{word}\n".encode("utf-8-sig"), "list.csv")
    (finding,) = sheet.findings
    assert (finding.code, finding.count, finding.ask) == ("replacement_characters", 1, True)
    assert f'"{word}" in row 2' in finding.message
    (of_text,) = [
        each
        for each in check_text(Template.parse(f"Bonjour {word}, à demain !"))
        if each.code == "text_lost_characters"
    ]
    assert (of_text.ask, f'"{word}"' in of_text.message) == (True, True)


@pytest.mark.parametrize("word", SOUND)
def test_a_sound_word_is_kept_in_peace(word: str) -> None:
    assert misread_words([word]) == []
    (sheet,) = read_sheets(f"phone,city\n0639980001,{word}\n".encode("utf-8-sig"), "list.csv")
    assert sheet.findings == ()


def test_no_common_name_of_any_language_is_asked_about() -> None:
    path = files("bulksms.loader.delimited").joinpath("accented_words.toml")
    languages = tomllib.loads(path.read_text(encoding="utf-8"))
    words = [word for language in languages.values() for word in language.split()]
    assert len(words) > 1_000
    shouted = [word.upper() for word in words]
    assert misread_words([*words, *map(str.capitalize, words), *shouted]) == []
