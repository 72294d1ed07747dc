"""Splits whole names into first and last name: titles off, family names in capitals recognised."""

import re

import pyarrow as pa

from bulksms.columnar.arrays import strings_to_arrow

__all__ = ["TITLED", "split_names"]

COMMA = re.compile(r"(?P<last_name>[^,]+?)\s*,\s*(?P<first_name>[^,]+)$")
PARTICLES = (
    "de|del|della|di|da|das|do|dos|du|des|la|le|van|von|vom|zu|den|der|ter|el|al|bin|ben|saint|st"
)
TWO_WORDS = re.compile(
    rf"(?i)(?P<first_name>\S+)\s+(?P<last_name>(?:(?:(?:{PARTICLES})\s+)+|(?:d'))?\S+)$"
)
TITLES = frozenset((
    "m", "mr", "mme", "mlle", "mmes", "mlles", "mm", "messrs", "monsieur", "madame", "messieurs",
    "mesdames", "mademoiselle", "docteur", "dr", "professeur", "prof", "maître", "maitre",
    "me", "pr", "veuve", "vve", "famille",  # fr
    "mrs", "ms", "miss", "mx", "sir", "rev", "family",  # en
    "herr", "herrn", "hr", "frau", "fr", "fräulein", "familie", "fam", "eheleute",  # de
    "sr", "sra", "srta", "sres", "señor", "señora", "señorita", "doña", "dña", "familia",  # es
    "sig", "sigra", "signa", "signor", "signora", "signore", "signorina", "dott", "dottssa",
    "dottore", "dottoressa", "profssa", "avv", "ing", "geom", "famiglia",  # it
    "senhor", "senhora", "dona", "dra", "exmo", "exma", "eng", "menina", "família",  # pt
))  # fmt: skip
AND = frozenset(("et", "and", "und", "y", "e", "&", "+", "/", "ou", "or", "oder", "o"))
# As Arrow writes it: a first name that begins with a title.
TITLED = (
    r"(?i)^(?:m|mr|mme|mlle|monsieur|madame|mademoiselle|me|dr|docteur|pr|prof|professeur|veuve"
    r"|famille|mrs|ms|miss|sir|herr|hr|frau|familie|sr|sra|srta|señora?|señorita|dra|exmo|sig|sig\.[rn]a"
    r"|signora?|signorina|dott|dott\.ssa|avv|famiglia|familia|família|senhora?)(?:\.|\s|$)"
)
ENOUGH_CAPITALS = 3  # letters: "JP" is no family name


def split_names(whole: pa.StringArray) -> tuple[pa.StringArray, pa.StringArray]:
    """Split whole names; what cannot be split safely stays whole as the first name.

    A title and one word are a family name without a first name: no one is greeted by either.
    """
    split = [_split(" ".join(name.split())) for name in whole.to_pylist()]
    first, last = zip(*split, strict=True) if split else ((), ())
    return strings_to_arrow(first), strings_to_arrow(last)


def _split(name: str) -> tuple[str, str]:
    titled, words = _without_titles(name)
    if titled and len(words) <= 1:
        return "", " ".join(words)
    if titled:
        name = " ".join(words)
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
    while first < last and _is_title(words[last - 1]) and words[last - 1].lower() != "m":
        last -= 1
    return (first, last) != (0, len(words)), words[first:last]


def _is_title(word: str) -> bool:
    bare = word.lower().strip("().,")
    return bare in TITLES or bare.replace(".", "") in TITLES


def _split_by_capitals(words: list[str]) -> tuple[str, str] | None:
    """Split "DURAND Paul" and "Jean Paul DE LA TOUR": the family name is the one in capitals."""
    capitals = [word.isupper() for word in words]
    changes = [at for at in range(1, len(words)) if capitals[at] != capitals[at - 1]]
    if len(changes) != 1:
        return None
    left, right = " ".join(words[: changes[0]]), " ".join(words[changes[0] :])
    first, last = (right, left) if capitals[0] else (left, right)
    return (first, last) if sum(map(str.isalpha, last)) >= ENOUGH_CAPITALS else None
