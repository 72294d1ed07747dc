"""Brings the page's catalogues up to date with the sentences in its templates and code.

`python -m tools.page_catalogues` adds new sentences, untranslated, and drops those that are gone.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

__all__ = ["CATALOGUES", "main", "sentences", "updated"]

WEB = Path(__file__).parents[1] / "bulksms" / "web"
CATALOGUES = WEB / "catalogues"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
# Functions of our own that take a sentence, besides gettext's.
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "n": (1, 2)}


def sentences() -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Give every sentence of the page with the file that it stands in."""
    found = extract_from_dir(WEB, METHODS, OPTIONS, keywords=KEYWORDS)
    for file, _line, message, _comments, _context in found:
        yield message, file


def updated(path: Path) -> bytes:
    """Give the catalogue of a language as it should be."""
    template = Catalog(charset="utf-8")
    for message, file in sentences():
        template.add(message, locations=[(file, 0)])
    with path.open("rb") as old:
        catalogue = read_po(old, locale=path.stem)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    output = BytesIO()
    write_po(output, catalogue, width=0, omit_header=False, sort_output=True, include_lineno=False)
    return output.getvalue()


def main() -> None:
    """Write every catalogue again."""
    for path in sorted(CATALOGUES.glob("*.po")):
        path.write_bytes(updated(path))


if __name__ == "__main__":
    main()
