"""Finds web addresses that carriers block, that lead nowhere, or that browsers warn of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from bulksms.finding import Finding, Level
from bulksms.text_files import read_shipped_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LinkProblem", "LinkSearch"]

SHOWN = 3
TEXTS_SEARCHED = 1000  # of those that look sound, and as many of those that do not
# A scheme, spelled right or nearly, and what follows up to a space: "http//x", "htps://x".
WITH_SCHEME = re.compile(
    r"(?<![\w@.])((?:h[htpx]{2,5}s{0,2}|ttps?)(?:\s?[:;,.]?\s?[/\\]{1,3}|:)\S*)", re.IGNORECASE
)
WITHOUT_SCHEME = re.compile(r"(?<![\w@./\-])(www[.,]\S*)", re.IGNORECASE)
BARE = re.compile(r"(?<![\w@./\-])((?:[a-z0-9\-]+\.)+[a-z]{2,24}(?:/\S*)?)", re.IGNORECASE)
WELL_FORMED = re.compile(r"https?://([^/?#\s]+)(?:[/?#]\S*)?", re.IGNORECASE)
LABEL = re.compile(r"[^\W_](?:[\w\-]{0,61}[^\W_])?")
TRAILING = ".,;:!?)]}>\"'»\u201d\u2019"
HIGHEST_PORT = 65_535


class LinkProblem(StrEnum):
    """A problem of an address."""

    SHORTENER = "link_shortener"
    BROKEN = "link_broken"
    NOT_HTTPS = "link_not_https"


SENTENCES = {
    LinkProblem.SHORTENER: "uses a public link shortener, and carriers block such texts: write "
    "the full address, or use a short domain of your own",
    LinkProblem.BROKEN: "is not a working web address: write it like https://shop.example/sale",
    LinkProblem.NOT_HTTPS: "is not encrypted, and phones warn of it: write https:// where the "
    "site supports it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    address: str
    problem: LinkProblem


class LinkSearch:
    """Searches finished texts, which come in blocks, for addresses that have a problem.

    Of many texts only the first are searched, and of the rest the first that clearly have a
    problem.
    """

    def __init__(self) -> None:
        self._searched = self._suspects = 0
        self._links: dict[_Link, None] = {}

    def add(self, texts: "pd.Series[str]") -> None:
        """Search some texts."""
        first = texts.head(TEXTS_SEARCHED - self._searched)
        self._searched += len(first)
        self._search(first)
        rest = texts[len(first) :]
        if not rest.empty:
            suspect = rest[rest.str.contains(_suspect_pattern(), regex=True)]
            suspect = suspect.head(TEXTS_SEARCHED - self._suspects)
            self._suspects += len(suspect)
            self._search(suspect)

    def _search(self, texts: "pd.Series[str]") -> None:
        for text in texts.unique():
            self._links.update(dict.fromkeys(_links(text)))

    def findings(self) -> Iterator[Finding]:
        """Report the addresses, one finding for each kind of problem."""
        for problem in LinkProblem:
            addresses = [link.address for link in self._links if link.problem is problem]
            if addresses:
                shown = ", ".join(addresses[:SHOWN]) + (", …" if len(addresses) > SHOWN else "")
                yield Finding(
                    code=problem.value,
                    level=Level.WARNING,
                    message=f"A link in the text {SENTENCES[problem]} ({shown}).",
                    count=len(addresses),
                )


@cache
def _suspect_pattern() -> str:
    hosts = "|".join(re.escape(host) for host in sorted(_shorteners()))
    # Without \b, for which pandas would leave RE2; what is found too much is searched in vain.
    return rf"(?i)http:|https?[^a-z0-9:]|{hosts}"


def _links(text: str) -> Iterator[_Link]:
    rest = text
    for match in WITH_SCHEME.finditer(text):
        address = match[1].rstrip(TRAILING) if match[1].strip(":/") else match[1]
        rest = rest.replace(match[1], " ")
        problem = _problem(address)
        if problem:
            yield _Link(address=address, problem=problem)
    for match in WITHOUT_SCHEME.finditer(rest):
        address = match[1].rstrip(TRAILING)
        if _problem(f"https://{address}") or address.count(".") < 2:  # noqa: PLR2004 - www.x.fr
            yield _Link(address=address, problem=LinkProblem.BROKEN)
    for match in BARE.finditer(rest):
        address = match[1].rstrip(TRAILING)
        if _is_shortener(address.partition("/")[0]):
            yield _Link(address=address, problem=LinkProblem.SHORTENER)


def _problem(address: str) -> LinkProblem | None:
    match = WELL_FORMED.fullmatch(address)
    if match is None or not _is_host(match[1]):
        return LinkProblem.BROKEN
    if _is_shortener(_host_name(match[1])):
        return LinkProblem.SHORTENER
    return None if address.lower().startswith("https:") else LinkProblem.NOT_HTTPS


def _host_name(authority: str) -> str:
    return authority.rpartition("@")[2].partition(":")[0]


def _is_host(authority: str) -> bool:
    """Whether a name with two labels or more, or an address of numbers, and a port if any."""
    _, colon, port = authority.rpartition("@")[2].partition(":")
    if colon and not (port.isdigit() and int(port) <= HIGHEST_PORT):
        return False
    labels = _host_name(authority).split(".")
    if len(labels) < 2 or not all(map(LABEL.fullmatch, labels)):  # noqa: PLR2004 - name and domain
        return False
    if all(label.isdigit() for label in labels):
        return len(labels) == 4  # noqa: PLR2004 - IPv4
    return len(labels[-1]) > 1 and not labels[-1].isdigit()


def _is_shortener(host: str) -> bool:
    return host.lower().removeprefix("www.") in _shorteners()


@cache
def _shorteners() -> frozenset[str]:
    return frozenset(read_shipped_table("bulksms.message", "link_shorteners.toml")["hosts"])
