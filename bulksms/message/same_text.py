"""When two texts are the same to their reader: spelling of spaces and accents does not count."""

import re
import unicodedata
from typing import TYPE_CHECKING

from bulksms.message.template import Template

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["finished_pattern", "normalise_text", "normalise_texts"]

# Spaces that no zero-width character or line break is among; both patterns run on columns too.
BLANKS = r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+"
LINE_BREAK = r" ?[\r\n][\r\n ]*"


def normalise_text(text: str) -> str:
    """Compose accents, and reduce runs of spaces and of line breaks to one."""
    spaced = re.sub(BLANKS, " ", unicodedata.normalize("NFC", text))
    return re.sub(LINE_BREAK, "\n", spaced).strip()


def normalise_texts(texts: "pd.Series[str]") -> "pd.Series[str]":
    """Normalise a column of texts like `normalise_text`."""
    spaced = texts.str.normalize("NFC").str.replace(BLANKS, " ", regex=True)
    return spaced.str.replace(LINE_BREAK, "\n", regex=True).str.strip()


def finished_pattern(template: Template) -> str:
    """Give a regular expression that every normalised finished text of a template matches."""
    pieces = (
        re.escape(normalise_text(piece)) if isinstance(piece, str) else ".*"
        for piece in template.pieces
    )
    return "(?s)^" + r"\s*".join(pieces) + "$"
