"""Names the elements and attributes of OpenDocument by their usual prefixes."""

from functools import cache
from xml.parsers import expat

__all__ = ["namespace_parser", "usual_name"]

_OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_PREFIXES = {_OPEN_DOCUMENT.format(name): name for name in ("office", "style", "table", "text")} | {
    _OPEN_DOCUMENT.format("datastyle"): "number",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}


def namespace_parser() -> expat.XMLParserType:
    """Make a parser whose names `usual_name` reads."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    return parser


@cache
def usual_name(name: str) -> str:
    """Give a name its usual prefix, whatever prefix the file has for the namespace."""
    space, _, local = name.rpartition(" ")
    return f"{_PREFIXES[space]}:{local}" if space in _PREFIXES else local
