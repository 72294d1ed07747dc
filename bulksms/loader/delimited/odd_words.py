"""Judges whether words were decoded with the right encoding, by the letters in them."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

__all__ = ["fit_one_language", "have_odd_words", "is_western", "mixes_scripts"]

# ruff: noqa: RUF001 - quotes and letters that look like those of ASCII are meant

# Letters of cp1252 where no language of Western Europe has them: another page was meant.
_ODD_LETTERS = re.compile(
    r"[\x80-\x9fðþýÐÞÝ]|[õÕ](?![eE])|[äö]e|[äö]o|[ãÃ](?![oeisOEIS])\w|[^\W\daeiouAEIOU]ï(?!\w)"
    r"|\w[À-ÖØ-Þ][a-zß-ÿ]|[a-z][À-ÖØ-Þ]|[ñÑ](?![aeiouáéíóúAEIOUÁÉÍÓÚ])|[ìòù](?=\w)|\w[ÌÒÙ]\w"
    r"|[¡¿]\w|\w[¡¿]|[^\W\d][¹²³£¥¯¼½¾]|[¹²³£¥¯¼½¾][^\W\d]|[À-ÖØ-öø-ÿ]{3}"
    r"|\w[„†‡‰“”•—\u2039\u203a\u2018\u201a\u2013\u02c6\u02dc]\w"
)
# Signs that are written before or behind words, and those that are also written inside.
_BEFORE, _BEHIND = frozenset("«„“‘‹°–•"), frozenset("»“”\u2019›…ªº°™–")
_INSIDE = frozenset("\u2019´·")
_SIGNS = "".join(_BEFORE | _BEHIND)
_ODD_SHARE = 0.02
CAPITAL, SMALL, OTHER = "C", "s", "-"  # small letters of ASCII are others
# The letters that languages have besides a to z.
_ALPHABETS = tuple(map(frozenset, (
    "àâæçéèêëîïôœùûüÿ", "äöüßé", "áéíñóúü", "áàâãçéêíóôõúü", "àèéìíîòóùú", "åäöéü", "æøåéö",
    "ąćęłńóśźż", "áäčďéěíĺľňóôŕřšťúůýž", "áéíóöőúüű", "ăâîșțşţ", "çğıi̇öşüâîû", "čćđšž",
    "àçéèíïóòúü·", "áðéíóúýþæö", "éëïóöü", "äöõšžü", "ąčęėįšųūž", "āčēģīķļņšūž",
)))  # fmt: skip


def is_western(reading: Sequence[str]) -> bool:
    """Whether no word has a letter where Western Europe has none."""
    return not any(map(_ODD_LETTERS.search, reading))


def have_odd_words(reading: Sequence[str]) -> bool:
    """Whether more than a few of the words are in no language, as "NOöL", "JI€Í" and "©UMPERK"."""
    return sum(map(_is_odd, reading)) > len(reading) * _ODD_SHARE


def fit_one_language(reading: Sequence[str]) -> bool:
    """Whether one language has all the letters."""
    letters = {letter for letter in "".join(reading).lower() if not letter.isascii()}
    letters = {letter for letter in letters if letter.isalpha() and letter not in "ªº"}
    return any(map(letters.issubset, _ALPHABETS))


def mixes_scripts(word: str) -> bool:
    """Whether the letters of a word are of several scripts."""
    return len({*map(_script, frozenset(word))} - {""}) > 1


def _is_odd(word: str) -> bool:
    if not word.isalpha() or "ª" in word or "º" in word:
        signs = (at for at, sign in enumerate(word) if not sign.isalpha() or sign in "ªº")
        if any(not _may_be_sign(word, at) for at in signs):
            return True
    return _has_small_among_capitals(word) or mixes_scripts(word)


def _may_be_sign(word: str, at: int) -> bool:
    """Whether it is an accent of another script, or stands where words have signs."""
    sign, begins, ends = word[at], not word[:at].strip(_SIGNS), not word[at + 1 :].strip(_SIGNS)
    if unicodedata.category(sign)[0] == "M" or (begins and ends):
        return True
    return (begins and sign in _BEFORE) or (ends and sign in _BEHIND) or sign in _INSIDE


def _has_small_among_capitals(word: str) -> bool:
    if word[1:].islower() or word.isupper():
        return False
    return CAPITAL + SMALL + CAPITAL in word.translate(
        {ord(letter): _case(letter) for letter in frozenset(word)}
    )


@cache
def _case(letter: str) -> str:
    if letter.isupper():
        return CAPITAL
    return SMALL if letter.islower() and not letter.isascii() else OTHER


@cache
def _script(letter: str) -> str:
    if letter in "ªº" or not (letter.isalpha() or unicodedata.category(letter)[0] == "M"):
        return ""
    script = unicodedata.name(letter, "UNNAMED").split()[0]
    return {"HIRAGANA": "CJK", "KATAKANA": "CJK", "COMBINING": ""}.get(script, script)
