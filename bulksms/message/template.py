"""A text with placeholders, `{first_name}` or `{first_name|client}`, and how it is filled."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bulksms.contacts import VALUE_LIMIT
from bulksms.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

__all__ = ["Placeholder", "Template", "is_blank", "normalise_text", "normalise_texts"]

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"[{}]")
# To its reader a text is the same with other spaces, line breaks and zero-width characters.
_ZERO_WIDTH = "[\u00ad\u200b\u2060\ufeff]"
_BLANKS = r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+"
_LINE_BREAK = r" ?[\r\n][\r\n ]*"
_DOUBLED = re.compile(r"\{\{+\s*([^{}|]+?)\s*(?:\|[^{}]*)?\}\}+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """The name of a column, and the fallback for its empty cells."""

    name: str
    fallback: str | None = None

    def __str__(self) -> str:
        return f"{{{self.name}}}" if self.fallback is None else f"{{{self.name}|{self.fallback}}}"

    def with_fallback(self, fallback: str) -> "Placeholder":
        """Replace the fallback, where there is one."""
        return self if self.fallback is None else replace(self, fallback=fallback)

    def fill(self, values: "pd.Series[str]") -> "pd.Series[str]":
        """Put the fallback, where there is one, into the empty cells of a column."""
        if not self.fallback:
            return values
        return values.mask(is_blank(values), self.fallback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text cut into fixed pieces and placeholders."""

    pieces: tuple[str | Placeholder, ...]

    @classmethod
    def parse(cls, text: str) -> "Template":
        """Cut a text at its placeholders.

        Raises:
            TemplateError: the text is empty, a brace has no partner, a name is empty, or a
                fallback is longer than the API's limit for a value.
        """
        _check_readable(text)
        pieces: list[str | Placeholder] = []
        position = 0
        for match in _PLACEHOLDER.finditer(text):
            pieces += [_literal(text, position, match.start()), _placeholder(match)]
            position = match.end()
        pieces.append(_literal(text, position, len(text)))
        return cls(pieces=tuple(piece for piece in pieces if piece))

    @property
    def text(self) -> str:
        """The text with its placeholders."""
        return "".join(map(str, self.pieces))

    @property
    def finished_pattern(self) -> str:
        """A regular expression that every normalised finished text matches."""
        pieces = (
            re.escape(normalise_text(piece)) if isinstance(piece, str) else ".*"
            for piece in self.pieces
        )
        return "(?s)^" + r"\s*".join(pieces) + "$"

    def inserted_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Find the values in one finished text: the start and the end of each."""
        pieces = (re.escape(each) if isinstance(each, str) else "(.*?)" for each in self.pieces)
        match = re.fullmatch("".join(pieces), text, re.DOTALL)
        if match is None:
            return ()
        return tuple(match.span(group) for group in range(1, (match.lastindex or 0) + 1))

    @property
    def slots(self) -> tuple[Placeholder, ...]:
        """The distinct pairs of name and fallback, in text order."""
        slots = (piece for piece in self.pieces if isinstance(piece, Placeholder))
        return tuple(dict.fromkeys(slots))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The distinct names in braces, in text order."""
        return tuple(dict.fromkeys(slot.name for slot in self.slots))

    def map_text(self, change: "Callable[[pd.Series[str]], pd.Series[str]]") -> "Template":
        """Apply a function of columns to the fixed pieces and the fallbacks."""
        import pandas as pd

        texts = [piece if isinstance(piece, str) else piece.fallback for piece in self.pieces]
        changed = change(pd.Series([text or "" for text in texts], dtype="str")).tolist()
        return Template(
            pieces=tuple(
                text if isinstance(piece, str) else piece.with_fallback(text)
                for piece, text in zip(self.pieces, changed, strict=True)
                if text or not isinstance(piece, str)
            )
        )

    def rename(self, names: "Mapping[str, str]") -> "Template":
        """Give some placeholders the name of another column."""
        return Template(
            pieces=tuple(
                piece
                if isinstance(piece, str)
                else replace(piece, name=names.get(piece.name, piece.name))
                for piece in self.pieces
            )
        )

    def render(self, table: "pd.DataFrame") -> "pd.Series[str]":
        """Fill the text for every row of a table with a text column for each name."""
        import pandas as pd

        filled = pd.Series("", index=table.index, dtype="str")
        for piece in self.pieces:
            filled = filled + (piece if isinstance(piece, str) else piece.fill(table[piece.name]))
        return filled


def is_blank(values: "pd.Series[str]") -> "pd.Series[bool]":
    """Mark the cells that hold nothing but spaces."""
    return values.str.strip() == ""


def normalise_text(text: str) -> str:
    """Compose accents, reduce spaces and line breaks to one, drop zero-width characters."""
    visible = re.sub(_ZERO_WIDTH, "", unicodedata.normalize("NFC", text))
    spaced = re.sub(_BLANKS, " ", visible)
    return re.sub(_LINE_BREAK, "\n", spaced).strip()


def normalise_texts(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Normalise a column of texts like `normalise_text`."""
    visible = texts.str.normalize("NFC").str.replace(_ZERO_WIDTH, "", regex=True)
    spaced = visible.str.replace(_BLANKS, " ", regex=True)
    return spaced.str.replace(_LINE_BREAK, "\n", regex=True).str.strip()


def _check_readable(text: str) -> None:
    if not text.strip():
        raise TemplateError("The text is empty: write a message.", code="text_empty")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TemplateError(
            f"Character {error.start + 1} of the text is not valid Unicode: save the text as "
            "UTF-8.",
            code="text_unreadable",
            position=error.start + 1,
        ) from None


def _literal(text: str, start: int, end: int) -> str:
    """Take the piece between two placeholders, which must not contain a brace."""
    brace = _BRACE.search(text, start, end)
    if brace:
        doubled = _DOUBLED.match(text, brace.start())
        problem = f"{{{doubled[1]}}} instead of {doubled[0]}" if doubled else "a placeholder"
        raise TemplateError(
            f'The "{brace[0]}" at character {brace.start() + 1} of the text has no partner: write '
            f"{problem}, with one brace on each side{'' if doubled else ', like {first_name}'}.",
            code="brace_alone",
            brace=brace[0],
            position=brace.start() + 1,
        )
    return text[start:end]


def _placeholder(match: re.Match[str]) -> Placeholder:
    name, bar, fallback = match[1].partition("|")
    if not name.strip():
        raise TemplateError(
            f"The placeholder {match[0]} at character {match.start() + 1} of the text has no "
            "name: put the name of a column into it, like {first_name}.",
            code="placeholder_without_name",
            position=match.start() + 1,
        )
    if len(fallback) > VALUE_LIMIT:
        raise TemplateError(
            f"The fallback of {{{name.strip()}}} has {len(fallback)} characters, and "
            f"{VALUE_LIMIT} are allowed: shorten it.",
            code="fallback_too_long",
            name=name.strip(),
            limit=VALUE_LIMIT,
        )
    return Placeholder(name=name.strip(), fallback=fallback if bar else None)
