"""Finds damage in a text before it is sent to everyone."""

import re
import unicodedata
from collections.abc import Iterator
from html.entities import html5

from bulksms.finding import Finding, Level
from bulksms.loader.cell_damage import fix_mojibake
from bulksms.loader.misread_letters import misread_words
from bulksms.message.template import Template

__all__ = ["check_text"]

SHOWN = 3
LOST = "\ufffd"
PUNCTUATION = "\"'()[]«».,:;!?"
# A question mark inside a word, as programs write for letters they lack: "C?est", "pr?nom".
LOST_LETTER = re.compile(r"(?<![\w/=&?])[^\W\d_]+\?[^\W\d_]+(?![\w/=&?])")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
OPEN_ENTITY = re.compile(
    r"&(?:#\d{2,5}|euro|nbsp|amp|quot|apos|lt|gt|rsquo|szlig"
    r"|[A-Za-z](?:acute|grave|circ|uml|cedil|tilde|ring|slash))(?![\w;=])"
)
TAG = re.compile(
    r"</?(?:a|b|big|blockquote|body|br|center|code|del|div|em|font|h[1-6]|head|hr|html|i|img|ins|li"
    r"|nobr|o:p|ol|p|pre|s|script|small|span|strike|strong|style|sub|sup|table|tbody|td|th|thead|tr"
    r"|tt|u|ul)(?:\s[^<>]*)?/?>|<!--|<!\[CDATA\["
    r"|\[/(?:b|center|color|i|img|s|size|u|url)\]|\[(?:color|size|url)=[^\[\]]*\]",
    re.IGNORECASE,
)
ESCAPE = re.compile(
    r"\\(?:r\\n|[nrt'\"]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[23][0-7]{2})|(?:=[0-9A-F]{2}){2}"
    r"|_x[0-9A-F]{4}_|=\?[\w-]+\?[BbQq]\?|<U\+[0-9A-F]{4,5}>"
    r"|(?<![\w\-])(?:undefined|NaN|\[object \w+\]|[Ll]orem ipsum)(?![\w\-])"
)
# "à" of UTF-8 read as Windows-1252, whose second byte became a blank.
LONE_A_TILDE = re.compile(r"(?<!\w)Ã(?=\s|$)")
LONE_A_CIRCUMFLEX = re.compile(r"(?<=[\d%«»€])Â(?=\s|$)")  # such a blank after a number
# Outside of web addresses.
PERCENT = re.compile(
    r"%(?:0[AaDd]|20|C3%[0-9A-Fa-f]{2})|(?<=[^\W\d_][^\W\d_])(?:[=%][C-F][0-9A-F](?![=%])|%2[0-9A-F])"
)
EMOJI_JOINER = "\u200d"


def check_text(template: Template) -> Iterator[Finding]:
    """Report damage in the fixed pieces and the fallbacks of a text."""
    text = _fixed_text(template)
    yield from _double_encoded(text)
    yield from _lost_characters(text)
    yield from _control_characters(text)
    yield from _escapes(text)
    yield from _html(text)
    yield from _invisible_characters(text)


def _fixed_text(template: Template) -> str:
    """Write the text with its fallbacks in the places of the placeholders."""
    return "".join(
        piece if isinstance(piece, str) else piece.fallback or "" for piece in template.pieces
    )


def _double_encoded(text: str) -> Iterator[Finding]:
    fixes = {word: fixed for word in text.split() if (fixed := fix_mojibake(word)) != word}
    fixes |= dict.fromkeys(LONE_A_TILDE.findall(text), "à")
    fixes |= dict.fromkeys(LONE_A_CIRCUMFLEX.findall(text), " ")
    if fixes:
        damaged, fixed = next(iter(fixes.items()))
        yield _question(
            "text_double_encoded",
            len(fixes),
            f"looks encoded twice: {damaged!r} is probably {fixed!r}. Save it as UTF-8 or type it "
            "again.",
        )


def _lost_characters(text: str) -> Iterator[Finding]:
    words = [word.strip(PUNCTUATION) for word in text.split() if fix_mojibake(word) == word]
    lost = [word for word in words if LOST in word] + LOST_LETTER.findall(text)
    misread = misread_words([word for word in words if "/" not in word and "=" not in word])
    lost += [word for word in misread if word not in lost]
    if lost:
        yield _question(
            "text_lost_characters",
            len(lost),
            f"has lost or wrong letters in {_quoted(lost)}: type them again.",
        )


def _control_characters(text: str) -> Iterator[Finding]:
    controls = [
        character
        for character in text.replace("\r\n", "\n")
        if unicodedata.category(character) == "Cc" and character != "\n"
    ]
    if controls:
        yield _question(
            "text_control_characters",
            len(controls),
            f"contains control characters ({_code_points(controls)}), which phones show as boxes "
            "or not at all: remove them.",
        )


def _escapes(text: str) -> Iterator[Finding]:
    escapes = ESCAPE.findall(text)
    escapes += (mark for word in text.split() if "/" not in word for mark in PERCENT.findall(word))
    if escapes:
        yield _question(
            "text_escapes",
            len(escapes),
            f"contains {_quoted(escapes)} as written characters, and phones show them like that: "
            "press Enter for a new line, or use --text-file.",
        )


def _html(text: str) -> Iterator[Finding]:
    """Report entities and tags; an ampersand in an address is neither."""
    entities = [
        entity for entity in ENTITY.findall(text) if entity.startswith("&#") or entity[1:] in html5
    ]
    marks = [*entities, *OPEN_ENTITY.findall(text), *(match[0] for match in TAG.finditer(text))]
    if marks:
        yield _question(
            "text_html",
            len(marks),
            f"contains HTML ({_quoted(marks)}), and phones show it like that: write the "
            "characters themselves.",
        )


def _question(code: str, count: int, problem: str) -> Finding:
    message = f"The text {problem}"
    return Finding(code=code, level=Level.ERROR, message=message, count=count, ask=True)


def _invisible_characters(text: str) -> Iterator[Finding]:
    invisible = [
        character
        for at, character in enumerate(text)
        if unicodedata.category(character) in {"Cf", "Zl", "Zp"}
        and not (character == EMOJI_JOINER and _joins_emoji(text, at))
    ]
    if invisible:
        yield Finding(
            code="text_invisible_characters",
            level=Level.WARNING,
            message=f"The text contains invisible characters ({_code_points(invisible)}), which "
            "can make every text cost more: remove them.",
            count=len(invisible),
        )


def _joins_emoji(text: str, at: int) -> bool:
    return unicodedata.category(text[at + 1 : at + 2] or " ") in {"So", "Sm", "Po"}


def _quoted(values: list[str]) -> str:
    return _listed([f'"{value}"' for value in dict.fromkeys(values)])


def _code_points(characters: list[str]) -> str:
    return _listed([_code_point(character) for character in dict.fromkeys(characters)])


def _listed(values: list[str]) -> str:
    return ", ".join(values[:SHOWN]) + (", …" if len(values) > SHOWN else "")


def _code_point(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" {name}" if name else "")
