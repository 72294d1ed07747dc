"""Splits whole names into first and last name: titles off, family names in capitals recognised."""

import re
import unicodedata
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from bulksms.columnar.arrays import strings_to_arrow
from bulksms.contacts.cells.characters import rewrite_some
from bulksms.text_files import read_shipped_table

__all__ = ["TITLED", "drop_lone_titles", "split_names"]

COMMA = re.compile(r"(?P<last_name>[^,]+?)\s*,\s*(?P<first_name>[^,]+)$")
PARTICLES = (
    "de|del|della|di|da|das|do|dos|du|des|la|le|van|von|vom|zu|den|der|ter|el|al|bin|ben|saint|st"
)
# Behind a title they begin a family name; "Ben" and "Al" may be first names.
BEFORE_FAMILY_NAMES = frozenset(PARTICLES.split("|")) - {"al", "el", "ben", "saint", "st"}
TWO_WORDS = re.compile(
    rf"(?i)(?P<first_name>\S+)\s+(?P<last_name>(?:(?:(?:{PARTICLES})\s+)+|(?:d'))?\S+)$"
)
_WORDS = read_shipped_table("bulksms.contacts.rows", "words.toml")["names"]
TITLES, FAMILIES, SUFFIXES, COMPANIES, BORN, AND = (
    frozenset[str](_WORDS[name])
    for name in ("titles", "families", "suffixes", "companies", "born", "and")
)
# As Arrow writes it: a first name that begins with a title.
TITLED = rf"(?i)^(?:{'|'.join(_WORDS['first_name_titles'])})(?:\.|\s|$)"
ARTICLES = frozenset(("the", "la", "de"))
ENOUGH_CAPITALS = 3  # letters: "JP" is not a family name


def split_names(whole: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Split whole names; what cannot be split safely stays whole as the first name.

    A title and one word are a family name without a first name: no one is greeted by either.
    """
    split = [_split(" ".join(name.split())) for name in whole.to_pylist()]
    first, last = zip(*split, strict=True) if split else ((), ())
    return strings_to_arrow(first), strings_to_arrow(last)


def drop_lone_titles(first_names: pa.StringArray) -> pa.StringArray:
    """Empty the first names that are nothing but a title: no one is greeted as "Mme"."""
    titled = pc.match_substring_regex(first_names, TITLED)
    return rewrite_some(first_names, titled, _without_lone_titles)


def _without_lone_titles(some: pa.StringArray) -> pa.StringArray:
    return strings_to_arrow([name if _without_titles(name)[1] else "" for name in some.to_pylist()])


def _split(name: str) -> tuple[str, str]:
    titled, words = _without_titles(name)
    if (titled and len(words) <= 1) or _is_of_several(words):
        return "", " ".join(words)
    born = next((at for at, word in enumerate(words) if at and _bare(word) in BORN), len(words))
    if titled or born < len(words):
        words, name = words[:born], " ".join(words[:born])
    if titled and (len(words) == 1 or words[0].lower() in BEFORE_FAMILY_NAMES):
        return "", name
    by_comma = COMMA.match(name)
    if by_comma:
        _, first = _without_titles(by_comma["first_name"])
        return " ".join(first), by_comma["last_name"]
    by_capitals = _split_by_capitals(words)
    if by_capitals is not None:
        return by_capitals
    parts = TWO_WORDS.match(name)
    return (parts["first_name"], parts["last_name"]) if parts else (name, "")


def _without_titles(name: str) -> tuple[bool, list[str]]:
    """Take titles off both ends: "M. et Mme", "Dr", "(Mme)"."""
    words = re.sub(r"(?<=\w\.)(?=(?!ssa\b)\w{3})|(?<=[\w.])/(?=\w)", " ", name).split()
    first, last = 0, len(words)
    while first < last and (_is_title(words[first]) or (first and words[first].lower() in AND)):
        first += 1
    if words[first:last] and words[first].lower() in ARTICLES and _holds_title(words[first + 1 :]):
        first += 1 + _is_title(words[first + 1])
    while first < last and _ends_a_name(words[last - 1]):
        last -= 1
    titled = (first, last) != (0, len(words))
    if titled and first < last:
        words[last - 1] = words[last - 1].rstrip(",")
    return titled, words[first:last]


def _holds_title(words: list[str]) -> bool:
    """Return whether a family or a title follows an article: "de heer X", "The X Family"."""
    return len(words) > 1 and (_is_title(words[0]) or _bare(words[-1]) in FAMILIES)


def _ends_a_name(word: str) -> bool:
    return (_is_title(word) and word.lower() not in {"m", "d"}) or _bare(word) in SUFFIXES


def _is_of_several(words: list[str]) -> bool:
    """Return whether a name is a company's, or of people who each have a title."""
    edges = (*words[:1], *words[1:][-1:])
    if any(word in COMPANIES or (word.lower() in COMPANIES and len(word) > 2) for word in edges):  # noqa: PLR2004
        return len(words) > 1
    return any(word.lower() in AND and _is_title(after) for word, after in pairwise(words))


def _is_title(word: str) -> bool:
    bare = _bare(word)
    if bare == "d" and "." not in word:
        return False  # "D Martin" has an initial
    return bare in TITLES or bare.replace(".", "") in TITLES


def _bare(word: str) -> str:
    """Write a word small, without points, brackets and raised letters."""
    plain = word if word.isascii() else unicodedata.normalize("NFKC", word)
    return plain.lower().strip("().,")


def _split_by_capitals(words: list[str]) -> tuple[str, str] | None:
    """Split "DURAND Paul" and "Jean Paul DE LA TOUR": the family name is the one in capitals."""
    capitals = [word.isupper() for word in words]
    changes = [at for at in range(1, len(words)) if capitals[at] != capitals[at - 1]]
    if len(changes) != 1:
        return None
    left, right = " ".join(words[: changes[0]]), " ".join(words[changes[0] :])
    first, last = (right, left) if capitals[0] else (left, right)
    return (first, last) if sum(map(str.isalpha, last)) >= ENOUGH_CAPITALS else None
