"""Finds placeholders written like those of other tools: people would read them as they are."""

import re
from collections.abc import Callable, Iterator, Mapping

from bulksms.finding import Finding, Level

__all__ = ["foreign_placeholders"]

NAME = r"([^\s{}\[\]()<>«»%*|$#@][^{}\[\]()<>«»%*|$#\n]{0,60}?)"
SHOWN = 3
# Around the name of a column they are placeholders; otherwise they may be plain text.
AROUND = (
    r"\(\(\s*%s\s*(?:\?\?[^()]*)?\)\)", r"«\s*%s\s*»", r"<<\s*%s\s*>>", r"<\s*%s\s*>",
    r"\[\[\s*%s\s*\]\]", r"\[\s*%s\s*\]", r"%%%%\s*%s\s*%%%%", r"%%\s*%s\s*%%",
    r"\$\{\s*%s\s*(?:\|[^{}]*)?\}", r"\*\|\s*%s\s*\|\*", r"##\s*%s\s*##", r"#\s*%s\s*#",
    r"__%s__", r"[#@]\{\s*%s\s*\}", "\uff5b%s\uff5d", r"\$\(\s*%s\s*\)", r"\$%s\$", r"\$%s(?!\w)",
    r"\|%s\|", r"~%s~", r"&%s&", r"\^%s\^",
)  # fmt: skip
# No ordinary text contains these: they are placeholders, whatever is in them.
CERTAIN = (r"\*\|\s*%s\s*\|\*", r"%%%%\s*%s\s*%%%%", r"<<\s*%s\s*>>")


def foreign_placeholders(
    text: str, spellings: Mapping[str, str], compact: Callable[[str], str]
) -> Iterator[Finding]:
    """Report placeholders of other tools, with the spelling that works here.

    Args:
        text: the text as it was written.
        spellings: by the compact name of a column or field, its placeholder here.
        compact: brings a name into its compact form.
    """
    corrections: dict[str, str] = {}
    for pattern in AROUND:
        for written, name in _matches(pattern, text):
            if compact(name) in spellings and not _inside(written, corrections):
                corrections[written] = spellings[compact(name)]
    for pattern in CERTAIN:
        for written, name in _matches(pattern, text):
            if not _inside(written, corrections):
                corrections[written] = f"a column in braces; none is called {name!r}"
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


def _matches(pattern: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield every match with the name in it; matches may overlap, as in "-20% %Ville%"."""
    for match in re.finditer(f"(?=({pattern % NAME}))", text):
        yield match[1], match[2].strip()


def _inside(written: str, corrections: Mapping[str, str]) -> bool:
    return any(written in longer for longer in corrections)
