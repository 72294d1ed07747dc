"""Cleans one cell: strips what surrounds the digits of a number, and splits several numbers.

Numbering plans are unknown here; `phones` decides what the digits are.
"""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

__all__ = [
    "AROUND",
    "DECIMAL_ZERO",
    "FLAG_LETTER",
    "LABEL_BEHIND",
    "LETTERS_OF_FLAGS",
    "PREFIX",
    "clean",
    "digits_destroyed",
    "looks_like_a_number",
    "replace_look_alikes",
    "split_numbers",
]

WRAPPER = re.compile(r'=\s*"(.*)"', re.DOTALL)
# Labels before a number, in six languages; never those of a fax or of another person.
LABELS = (
    r"t[eé]l(?:[eé]phone|efon|efono|éfono|efone|efonnummer)?|phone|port(?:able)?|mob(?:ile|il)?"
    r"|cell?|cellulaire|cellulare|cellphone|celular|gsm|handy(?:nummer|nr)?|m[oó]vil|telem[oó]vel"
    r"|natel|sms|whatsapp|wa|rufnummer|num[eé]ro|num|number|nummer|contact|perso(?:nnel|nal)?|pro"
    r"|priv[eé]|privat|domicile|maison|bureau|travail|home|work|callto|skype|tlf|tlfn|tlm|telem|ph"
)
PREFIX = re.compile(
    rf"(?i)^(?:(?:(?:{LABELS})(?:[ .]+(?:{LABELS}))?[\s.:=\-]*"
    r"|(?:[mptn]|no|nr)\s*[.:=][\s.:]*|[#~>]\s*)([+(\d])|(?-i:[A-Z]{2})[\s:]*(\+))"
)
TOO_MANY_PLUSES = re.compile(r"^\+(?:[ +]*\+|\s?00(?=[1-9]))")
BETWEEN_DIGITS = re.compile(r"(?<=\d)[':](?=\d)")
LABEL_BEHIND = re.compile(rf"(?i)(\d)\s*[(\[\-]?\s*(?:{LABELS})\s*[.)\]]{{0,2}}$")
EXPONENT = re.compile(r"\+?\d+(?:[.,]\d+)?[eE][+-]?\d+")
HASHES = re.compile(r"#{3,}")
DECIMAL_ZERO = re.compile(r"(\+?\d+)\.0")
DECIMAL_TAIL = re.compile(r"\+?\d{6,}[.,]\d{1,2}")
BETWEEN = re.compile(r"(?i)\s(?:ou|or|oder|und|et|and|y|e|o|&)\s")
SEPARATOR = re.compile(r":::|[;,/|\n]|(?<=\d)\s*(?=\+)")
ALLOWED = re.compile(r"\(?\s*\+?[\d().\-/, ]+")
LOOK_ALIKE: dict[int, int | str] = {**str.maketrans("＋（）／．，；：’‘ʼ´`−°º", "+()/.,;:'''''-..")}  # noqa: RUF001
LOOK_ALIKE |= dict.fromkeys(map(ord, "“”„«»"), '"')
# Dots and strokes that people write between the pairs of a number.
LOOK_ALIKE |= dict.fromkeys(map(ord, "·•∙⋅․‧⁄_*\\\x0b\x0c"), " ")  # noqa: RUF001
LOOK_ALIKE |= dict.fromkeys(map(ord, "\x00\x1a\ufe0e\ufe0f\u20e3→⇒"), "")
# Pictures that say no beside a number; all others are left out.
FLAG_LETTER = "[\U0001f1e6-\U0001f1ff]"  # two of them are the picture of a flag
LETTERS_OF_FLAGS = {0x1F1E6 + at: ord("A") + at for at in range(26)}
WARNING_PICTURES = frozenset("🚫❌⛔📵🔕🛑✖✗✘❎☠⚠")
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
AROUND = " \n;,/|:'\"<>[]{}!"
TO_BASELINE = str.maketrans(RAISED, "0123456789")
WHOLE_NUMBER = 6  # digits from which a part can be a number by itself
LONGEST = 15  # digits of E.164
SHORT_TAIL = 2  # digits after a number that are an extension, not a number


def clean(text: str) -> str:
    """Strip what surrounds a number: spaces, marks, wrappers, labels; write ASCII digits."""
    plain = replace_look_alikes([text])[0].replace("\r", "\n").replace("\t", " ").strip()
    wrapped = WRAPPER.fullmatch(plain)
    plain = (wrapped[1] if wrapped else plain).strip(AROUND)
    bare = plain.lstrip(RAISED)  # raised digits behind a number are a footnote
    plain = plain[: len(plain) - len(bare)].translate(TO_BASELINE) + bare
    plain = LABEL_BEHIND.sub(r"\1", PREFIX.sub(r"\1\2", plain)).strip(AROUND)
    return BETWEEN_DIGITS.sub(" ", TOO_MANY_PLUSES.sub("+", plain))


def replace_look_alikes(texts: Sequence[str]) -> list[str]:
    """Replace characters that only look like digits, spaces or signs of ASCII."""
    if re.search(FLAG_LETTER, "".join(texts)):
        texts = [_spell_flags(text) for text in texts]
    foreign = [letter for letter in set("".join(texts)) if not letter.isascii()]
    table = {ord(letter): _plain(letter) for letter in foreign} | LOOK_ALIKE
    return [text.translate(table) for text in texts]


def _spell_flags(text: str) -> str:
    """Write flags as letters: they say whose number it is, unless the number does so itself.

    That of France is left out as a picture, for lists without codes are of France.
    """
    if "+" in text:
        return text
    return text.replace("\U0001f1eb\U0001f1f7", "").translate(LETTERS_OF_FLAGS)


@cache
def _plain(letter: str) -> str:
    # Raised digits are not decimal: behind a number they stay, and the cell is refused.
    digit = unicodedata.decimal(letter, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(letter)
    if category in {"Zs", "Zl", "Zp"}:
        return " "
    if category == "So" and letter not in WARNING_PICTURES:
        return ""
    return {"Cf": "", "Pd": "-"}.get(category, letter)


def digits_destroyed(plain: str) -> bool:
    """Return whether the spreadsheet program has replaced digits (`3.36E+10`, `####`)."""
    return bool(EXPONENT.fullmatch(plain) or HASHES.fullmatch(plain))


def looks_like_a_number(plain: str) -> bool:
    """Return whether a text has only digits and usual punctuation, and no extension."""
    if not ALLOWED.fullmatch(plain) or DECIMAL_TAIL.fullmatch(plain) or "+" in plain[2:]:
        return False
    counts = [_digits(part) for part in re.split(r"[/,]", plain)]
    pairs = itertools.pairwise(counts)
    return not any(left >= WHOLE_NUMBER and right <= SHORT_TAIL for left, right in pairs)


def split_numbers(plain: str) -> tuple[str, ...]:
    """Split a cell into its numbers; a separator inside one number does not split it."""
    marked = BETWEEN.sub(";", plain)
    parts = tuple(part.strip() for part in SEPARATOR.split(marked) if part.strip())
    if len(parts) > 1 and all(_digits(part) >= WHOLE_NUMBER for part in parts):
        return parts
    words = tuple(plain.split())
    if _digits(plain) > LONGEST and all(_digits(word) > WHOLE_NUMBER + 1 for word in words):
        return words
    return (plain,)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
