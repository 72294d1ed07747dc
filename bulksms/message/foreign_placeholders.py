"""Finds placeholders written like those of other tools: people would read them as they are."""

import re
from collections.abc import Callable, Iterator, Mapping

from bulksms.finding import Finding, Level
from bulksms.text_files import read_shipped_table

__all__ = ["foreign_placeholders"]

NAME = r"([^\s{}\[\]()<>«»%*|$#@][^{}\[\]()<>«»%*|$#\n]{0,60}?)"
SHOWN = 3
# Around the name of a column they are placeholders; otherwise they may be plain text.
# ruff: noqa: RUF001 - quotes that look like those of ASCII are meant
AROUND = (
    r"\(\(\s*%s\s*(?:\?\?[^()]*)?\)\)", r"«\s*%s\s*»", r"<<\s*%s\s*>>", r"<\s*%s\s*>",
    r"\[\[\s*%s\s*\]\]", r"\[\s*%s\s*\]", r"%%%%\s*%s\s*%%%%", r"%%\s*%s\s*%%",
    r"\$\{\s*%s\s*(?:\|[^{}]*)?\}", r"\*\|\s*%s\s*\|\*", r"##\s*%s\s*##", r"#\s*%s\s*#",
    r"__%s__", r"[#@]\{\s*%s\s*\}", "\uff5b%s\uff5d", r"\$\(\s*%s\s*\)", r"\$%s\$", r"\$%s(?!\w)",
    r"\|%s\|", r"~%s~", r"&%s&", r"\^%s\^", "\u2039%s\u203a", r"@+%s(?!\w)", r"(?<!\S)[:#]%s(?!\w)",
    r"!+%s!!", r"\+%s\+", r"=%s=", r"%%7B\s*%s\s*%%7D", r"%%\(%s\)s", r"\[\{\s*%s\s*\}\]",
    r"(?<!\d)%%\{\s*%s\s*\}", r"\\\{\s*%s\s*\\?\}", r"\[\s*%s\s*[;|][^\[\]]*\]",
    r"[❴〈《【「『〔]\s*%s\s*[❵〉》】」』〕]",
)  # fmt: skip
# Around words such as "your name" they are blanks that were not filled in.
BLANKS = (
    r"\[\s*%s\s*\]", r"<\s*%s\s*>", r"(?<!\w)#\s*%s\s*#(?!\w)", r"\[\s*%s\s*[;|][^\[\]]*\]",
)  # fmt: skip
# No ordinary text contains these: they are placeholders, whatever is in them.
CERTAIN = (
    r"\*\|\s*%s\s*\|\*", r"%%%%\s*%s\s*%%%%", r"<<\s*%s\s*>>", r"\bMERGEFIELD\s+\"?%s\"?(?!\w)",
    r"(?<![\d%%])%%(?=[^\W\d_][\w.]{2,30}%%)%s%%",
)  # fmt: skip
# Placeholders without a name: of programs, of cells, and what was to be filled in.
NAMELESS = re.compile(
    r"(?<!\S)%(?:\d\$)?[sd](?![\w'’])|(?<!\S)\$[1-9](?!\d|[.,\s]\d|\s*(?:USD|dollars?))"
    r"|(?<!\S)=\$?[A-Z]{1,2}\$?\d{1,5}(?!\w)|\[(?:[Xx]{2,}|\.{2,}|…|_{2,})\]"
    r"|(?<!STOP au )(?<!\w)X{4,}(?!\w)"
)


def foreign_placeholders(
    text: str, spellings: Mapping[str, str], compact: Callable[[str], str]
) -> Iterator[Finding]:
    """Report placeholders of other tools, with the spelling that works here.

    Args:
        text: the text as it was written.
        spellings: by the compact name of a column or field, its placeholder here.
        compact: brings a name into its compact form.
    """
    corrections = _named(text, spellings, compact)
    for match in NAMELESS.finditer(text):
        corrections.setdefault(match[0], "a column in braces, such as {first_name}")
    if corrections:
        listed = list(corrections.items())
        pairs = "; ".join(f"instead of {theirs} write {ours}" for theirs, ours in listed[:SHOWN])
        more = "; …" if len(listed) > SHOWN else ""
        yield Finding(
            code="foreign_placeholder",
            level=Level.ERROR,
            message=f"The text has placeholders of another tool, and people would read them: "
            f"{pairs}{more}.",
            count=len(corrections),
            ask=True,
        )


def _named(
    text: str, spellings: Mapping[str, str], compact: Callable[[str], str]
) -> dict[str, str]:
    """Return the placeholders with a name in them, each with what to write instead."""
    corrections: dict[str, str] = {}
    for pattern in AROUND:
        for written, name in _matches(pattern, text):
            column = next((part for part in _parts(name) if compact(part) in spellings), None)
            if column is not None and not _inside(written, corrections):
                corrections[written] = spellings[compact(column)]
    for pattern in (*CERTAIN, *BLANKS):
        for written, name in _matches(pattern, text):
            wanted = pattern in CERTAIN or _is_blank_to_fill(name)
            if wanted and not _inside(written, corrections):
                corrections[written] = f"a column in braces; none is called {name!r}"
    return corrections


def _parts(name: str) -> tuple[str, str]:
    """Return a name, and what follows the object that it belongs to: "contact.first_name"."""
    return name, re.split(r"[.:]", name)[-1]


def _is_blank_to_fill(name: str) -> bool:
    """Return whether the words in brackets ask the writer of the text for a value."""
    words = set(re.findall(r"[^\W\d_]+", name.casefold()))
    table = read_shipped_table("bulksms.message", "blank_words.toml")
    blanks = words.intersection(table["blanks"])
    return bool(blanks) and words - blanks <= set(table["beside"])


def _matches(pattern: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield every match with the name in it; matches may overlap, as in "-20% %Ville%"."""
    for match in re.finditer(f"(?=({pattern % NAME}))", text):
        yield match[1], match[2].strip()


def _inside(written: str, corrections: Mapping[str, str]) -> bool:
    return any(written in longer for longer in corrections)
