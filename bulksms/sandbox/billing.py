"""How many parts the API bills for a text, written from its documents."""

import re

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
GSM = GSM_BASIC | GSM_DOUBLE

PLACEHOLDERS = ("first_name", "last_name", "param1", "param2", "param3", "param4", "param5")
_PLACEHOLDER = re.compile("{(" + "|".join(PLACEHOLDERS) + ")}")

_PLAINER = (
    ("ÀÁÂÃ", "A"),
    ("ÈÊË", "E"),
    ("ÌÍÎÏ", "I"),
    ("Ð", "D"),
    ("ÒÓÔÕ", "O"),
    ("ÙÚÛ", "U"),
    ("ÝŸ", "Y"),
    ("áâã", "a"),
    ("êë", "e"),
    ("íîï", "i"),
    ("ðóôõ°", "o"),
    ("úûµ", "u"),
    ("ýÿÞ", "y"),
    ("ç", "c"),
    ("¨^", "-"),
    ("«»\u201c\u201d", '"'),
    ("|", "I"),
    ("\\", "/"),
    ("\u201a\u201e", ","),
    ("\u2026\u2022", "."),
    ("\u2018\u2019\u00b4\u0060", "'"),
    ("\u2013\u2014", "-"),
)
_OPTIMISED = {ord(letter): plain for letters, plain in _PLAINER for letter in letters}


def personalise(text: str, fields: dict[str, str]) -> str:
    """Put a contact's fields into the text; an absent field is empty, an unknown one stays."""
    return _PLACEHOLDER.sub(lambda match: fields.get(match[1], ""), text)


def optimise(text: str) -> str:
    """Replace characters and useless spaces as `auto_optimize_text` does."""
    lines = text.translate(_OPTIMISED).split("\n")
    return "\n".join(map(_single_spaced, lines)).strip()


def _single_spaced(line: str) -> str:
    """Make one space of several."""
    return " ".join(filter(None, line.split(" ")))


def parts(text: str) -> int:
    """Count the billed parts of one message."""
    if GSM.issuperset(text):
        return _count_parts(len(text) + sum(map(text.count, GSM_DOUBLE)), single=160, joined=153)
    return _count_parts(len(text.encode("utf-16-le", "surrogatepass")) // 2, single=70, joined=67)


def _count_parts(units: int, *, single: int, joined: int) -> int:
    """Count the parts that hold so many units."""
    return 1 if units <= single else -(-units // joined)
