import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.message import Template, finished_pattern, normalise_text, normalise_texts

SPELLINGS = [
    ("Bonjour  Zoë", "Bonjour Zoë"),
    (" Bonjour\u00a0Zoë \n", "Bonjour Zoë"),
    ("Bonjour Zoe\u0308", "Bonjour Zoë"),
    ("a \r\n\r\n b", "a\nb"),
    ("a\tb\u202fc", "a b c"),
    ("-20%", "-20%"),
    ("Bonjour Zoe", "Bonjour Zoe"),
]


@pytest.mark.parametrize(("text", "normal"), SPELLINGS)
def test_spaces_and_accents_have_one_spelling(text: str, normal: str) -> None:
    assert normalise_text(text) == normal
    assert normalise_texts(pd.Series([text], dtype="str")).tolist() == [normal]


@pytest.mark.parametrize(
    ("template", "finished", "matches"),
    [
        ("Bonjour {a}, -20% à {b}.\nSTOP", "Bonjour Zoë, -20% à Lyon.\nSTOP", True),
        ("Bonjour  {a} , -20%", "Bonjour Zoë, -20%", True),
        ("{a}{b}", "", True),
        ("{a} (50% + 5)", "Zoë (50% + 5)", True),
        ("Bonjour {a}, -20% à {b}", "Bonjour Zoë, -30% à Lyon", False),
        ("Bonjour {a}", "Bonsoir Zoë", False),
        ("Bonjour {a}.", "Bonjour Zoë!", False),
    ],
)
def test_a_template_matches_the_texts_that_come_from_it(
    template: str, finished: str, *, matches: bool
) -> None:
    pattern = finished_pattern(Template.parse(template))
    column = pd.Series([finished], dtype="str")

    assert bool(re.search(pattern, finished)) is matches
    assert column.str.contains(pattern, regex=True).tolist() == [matches]


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_text(text)

    assert normalise_text(once) == once
    assert normalise_texts(pd.Series([text], dtype="str")).tolist() == [once]
