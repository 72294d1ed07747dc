import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.message.segments import BASIC, EXTENDED
from bulksms.message.transliterate import (
    api_replacements,
    apply_api_replacements,
    plain_replacements,
    transliterate,
)

# octopush-api.md 6.3, row by row.
API_TABLE = [
    ("ÀÁÂÃ", "A"),
    ("ÈÊË", "E"),
    ("ÌÍÎÏ", "I"),
    ("Ð", "D"),
    ("ÒÓÔÕ", "O"),
    ("ÙÚÛ", "U"),
    ("ÝŸ", "Y"),
    ("áâã", "a"),
    ("êë", "e"),
    ("íîï", "i"),
    ("ðóôõ°", "o"),
    ("úûµ", "u"),
    ("ýÿÞ", "y"),
    ("ç", "c"),
    ("¨^", "-"),
    ("«»", '"'),
    ("|", "I"),
    ("\\", "/"),
    ("\u201a\u201e", ","),
    ("\u2026\u2022", "."),
    ("\u2018\u2019\u00b4\u0060", "'"),
    ("\u201c\u201d", '"'),
    ("\u2013\u2014", "-"),
]


def plain(text: str) -> str:
    return str(transliterate(pd.Series([text], dtype="str")).iloc[0])


def test_the_table_of_the_api_is_that_of_its_documents() -> None:
    assert api_replacements() == {
        character: replacement for characters, replacement in API_TABLE for character in characters
    }


def test_a_column_is_written_as_the_table_of_the_api_says() -> None:
    column = pd.Series(["".join(c for c, _ in API_TABLE), "Zo\u00eb | 5 \u20ac"], dtype="str")
    replaced = "".join(replacement * len(characters) for characters, replacement in API_TABLE)
    assert apply_api_replacements(column).tolist() == [replaced, "Zoe I 5 \u20ac"]


@pytest.mark.parametrize(
    ("expensive", "cheap"),
    [
        pytest.param("f\u00eate \u00e0 l\u2019\u00cele", "fete \u00e0 l'Ile", id="french"),
        pytest.param("c\u0153ur \u0152uvre", "coeur OEuvre", id="ligatures"),
        pytest.param("10\u00a0% 20\u202f\u20ac", "10 % 20 \u20ac", id="spaces that do not break"),
        pytest.param("\u00ab\u00a0oui\u00a0\u00bb \u201enein\u201c", '" oui " "nein"', id="quotes"),
        pytest.param("d\u00e8s\u2026 10\u201312", "d\u00e8s... 10-12", id="ellipsis and dash"),
        pytest.param(
            "Zoe\u0308 e\u0301te\u0301", "Zoe \u00e9t\u00e9", id="marks behind their letters"
        ),
        pytest.param("x\u0302", "x", id="a mark no letter takes in"),
        pytest.param("\ufeffBon\u00adjour\u200b", "Bonjour", id="what has no width"),
        pytest.param(
            "\u0141\u00f3d\u017a, \u010cesk\u00fd, \u015eule", "Lodz, Cesky, Sule", id="names"
        ),
        pytest.param("a\tb", "a b", id="tab"),
        pytest.param("\u00deor, Gu\u00f0r\u00fan", "Thor, Gudrun", id="icelandic"),
    ],
)
def test_plain_writes_what_a_keyboard_has(expensive: str, cheap: str) -> None:
    assert plain(expensive) == cheap


@pytest.mark.parametrize("text", ["https://a.example/b|c\\d^e?x=[1]~{2}", "\u20ac 5", "😀 Привет"])
def test_plain_leaves_alone_what_it_would_harm_or_does_not_know(text: str) -> None:
    assert plain(text) == text


def test_what_plain_writes_is_in_the_alphabet() -> None:
    assert set("".join(plain_replacements().values())) <= set(BASIC + EXTENDED)
    assert not set(plain_replacements()) & set(BASIC + EXTENDED)


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_making_plain_twice_is_making_plain_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from(BASIC + EXTENDED)))
def test_a_text_of_the_alphabet_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_the_table_says_where_it_comes_from_and_from_when() -> None:
    from importlib.resources import files

    source = files("bulksms.message").joinpath("replacements.toml").read_text(encoding="utf-8")
    assert "octopush-api.md 6.3" in source
    assert re.search(r"2026-\d\d-\d\d", source)
