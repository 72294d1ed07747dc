"""The catalogues have every sentence of the page, each in its language."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tools.catalogues import CATALOGUES, updated

PATHS = sorted(CATALOGUES.glob("*.po"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_catalogue_is_up_to_date(path: Path) -> None:
    assert path.read_bytes() == updated(path), "run `python -m tools.catalogues`"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_sentence_is_translated_with_the_same_values(path: Path) -> None:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    for message in catalogue:
        if not message.id:
            continue
        source, translated = _texts(message.id), _texts(message.string)
        assert all(translated), message.id
        for text in translated:
            assert _values(text) <= set.union(*map(_values, source)), message.id
        assert _values(translated[-1]) == _values(source[-1]), message.id


def _texts(forms: object) -> tuple[str, ...]:
    """Return the forms of a sentence: one, or singular and plural."""
    return tuple(map(str, forms)) if isinstance(forms, (tuple, list)) else (str(forms or ""),)


def _values(sentence: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", sentence))
