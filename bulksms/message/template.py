"""A text with placeholders, `{first_name}` or `{first_name|client}`, and how it is filled.

It must not know the API's seven field names, nor what a text costs.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bulksms.contacts import VALUE_LIMIT
from bulksms.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placeholder:
    """A column's name in braces, and what stands in where its cell is empty."""

    name: str
    fallback: str | None = None

    def __str__(self) -> str:
        return f"{{{self.name}}}" if self.fallback is None else f"{{{self.name}|{self.fallback}}}"

    def speaking(self, fallback: str) -> "Placeholder":
        """Give another fallback to a placeholder that has one."""
        return self if self.fallback is None else replace(self, fallback=fallback)

    def fill(self, values: "pd.Series[str]") -> "pd.Series[str]":
        """Put the fallback, if there is one, into the empty cells of a column."""
        if not self.fallback:
            return values
        return values.mask(is_blank(values), self.fallback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text cut into what is said to everyone and what is said to each."""

    pieces: tuple[str | Placeholder, ...]

    @classmethod
    def parse(cls, text: str) -> "Template":
        """Cut a text at its placeholders.

        Raises:
            TemplateError: no text, a brace without its partner, an empty name, or a fallback
                longer than the API's limit for a value.
        """
        _check_readable(text)
        pieces: list[str | Placeholder] = []
        position = 0
        for found in _PLACEHOLDER.finditer(text):
            pieces += [_literal(text, position, found.start()), _placeholder(found)]
            position = found.end()
        pieces.append(_literal(text, position, len(text)))
        return cls(pieces=tuple(piece for piece in pieces if piece))

    @property
    def text(self) -> str:
        """The text as it is written."""
        return "".join(map(str, self.pieces))

    @property
    def slots(self) -> tuple[Placeholder, ...]:
        """The distinct pairs of name and fallback, in the order of the text."""
        found = (piece for piece in self.pieces if isinstance(piece, Placeholder))
        return tuple(dict.fromkeys(found))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The distinct names in braces, in the order of the text."""
        return tuple(dict.fromkeys(slot.name for slot in self.slots))

    def written(self, write: "Callable[[pd.Series[str]], pd.Series[str]]") -> "Template":
        """Write what is said to everyone, and the fallbacks, in another way; names stay."""
        import pandas as pd

        words = [piece if isinstance(piece, str) else piece.fallback for piece in self.pieces]
        told = write(pd.Series([word or "" for word in words], dtype="str")).tolist()
        return Template(
            pieces=tuple(
                word if isinstance(piece, str) else piece.speaking(word)
                for piece, word in zip(self.pieces, told, strict=True)
                if word or not isinstance(piece, str)
            )
        )

    def render(self, table: "pd.DataFrame") -> "pd.Series[str]":
        """Fill the text for every row of a table that has a text column for each name."""
        import pandas as pd

        filled = pd.Series("", index=table.index, dtype="str")
        for piece in self.pieces:
            filled = filled + (piece if isinstance(piece, str) else piece.fill(table[piece.name]))
        return filled


def is_blank(values: "pd.Series[str]") -> "pd.Series[bool]":
    """Tell which cells hold nothing but spaces."""
    return values.str.strip() == ""


def _check_readable(text: str) -> None:
    if not text.strip():
        raise TemplateError("The text is empty: write the message to send.")
    try:
        text.encode()
    except UnicodeEncodeError as broken:
        raise TemplateError(
            f"Character {broken.start + 1} of the text is not a character: save the text as UTF-8."
        ) from None


def _literal(text: str, start: int, end: int) -> str:
    """Take the piece between two placeholders, in which no brace may stand."""
    brace = _BRACE.search(text, start, end)
    if brace:
        raise TemplateError(
            f'The "{brace[0]}" at character {brace.start() + 1} of the text has no partner: '
            "write a placeholder with one brace on each side, as in {first_name}."
        )
    return text[start:end]


def _placeholder(found: re.Match[str]) -> Placeholder:
    name, bar, fallback = found[1].partition("|")
    if not name.strip():
        raise TemplateError(
            f"The placeholder {found[0]} at character {found.start() + 1} of the text names "
            "no column: write a name into it, as in {first_name}."
        )
    if len(fallback) > VALUE_LIMIT:
        raise TemplateError(
            f"The fallback of {{{name.strip()}}} has {len(fallback)} characters and may have "
            f"{VALUE_LIMIT}: shorten it."
        )
    return Placeholder(name=name.strip(), fallback=fallback if bar else None)
