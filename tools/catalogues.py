"""Brings the catalogues up to date with the sentences in the code and templates of the program.

`python -m tools.catalogues` adds new sentences, untranslated, and drops those that are gone.
After a conflict, `python -m tools.catalogues MINE.po` also takes the translations of another
state of the catalogue.
"""

import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bulksms.results.api_words import api_sentences
from bulksms.results.row_words import DELIVERY, delivery_sentences

__all__ = ["CATALOGUES", "main", "sentences", "updated"]

PROGRAM = Path(__file__).parents[1] / "bulksms"
CATALOGUES = PROGRAM / "pages" / "catalogues"
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.jinja", "jinja2")]
TEMPLATES = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
OPTIONS = {"**.html": TEMPLATES, "**.jinja": TEMPLATES}
# Functions of our own that take a sentence, besides gettext's.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "n": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def sentences() -> Iterator[tuple[str | tuple[str, ...], str | None, str]]:
    """Yield every sentence to translate, its context, and its file."""
    messages = extract_from_dir(PROGRAM, METHODS, OPTIONS, keywords=KEYWORDS)
    for file, _line, message, _comments, context in messages:
        yield message, context, file
    for sentence in sorted(api_sentences()):
        yield sentence, None, "results/api_words.py"
    for sentence in sorted(set(delivery_sentences())):
        yield sentence, DELIVERY, "octopush/delivery_states.toml"


def updated(path: Path, others: Iterable[Path] = ()) -> bytes:
    """Return the catalogue of a language as it should be; `others` fill what it does not have."""
    catalogue = _read(path, path.stem)
    template = Catalog(charset="utf-8")
    for sentence, context, file in sentences():
        template.add(sentence, locations=[(file, 0)], context=context)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    translations = [_read(other, path.stem) for other in others]
    for message in catalogue:
        if message.id and not any(message.string or ()):
            candidates = (each.get(message.id, message.context) for each in translations)
            message.string = next((each.string for each in candidates if each), message.string)
    output = BytesIO()
    write_po(output, catalogue, width=0, omit_header=False, sort_output=True, include_lineno=False)
    return output.getvalue()


def main(others: Iterable[str] = ()) -> None:
    """Write every catalogue again."""
    for path in sorted(CATALOGUES.glob("*.po")):
        path.write_bytes(updated(path, map(Path, others)))


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


if __name__ == "__main__":
    main(sys.argv[1:])
