import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.errors import TemplateError
from bulksms.message import Template
from bulksms.message.template import normalise_text, normalise_texts


def rendered(text: str, **columns: list[str]) -> list[str]:
    return Template.parse(text).render(pd.DataFrame(columns, dtype="str")).tolist()


def test_placeholders_come_in_the_order_of_the_text_and_once() -> None:
    template = Template.parse("{Ville} {first_name|client} {Ville} {Code postal}")
    assert template.placeholders == ("Ville", "first_name", "Code postal")


def test_a_text_reads_back_as_it_was_written() -> None:
    text = "Bonjour {first_name|cher client},\nà {Ville|} !"
    assert Template.parse(text).text == text


def test_spaces_around_a_name_are_not_part_of_it() -> None:
    assert Template.parse("{ Ville |ici}").placeholders == ("Ville",)


def test_every_row_is_filled() -> None:
    assert rendered("Hi {a}, {b}!", a=["Ana", "Bo"], b=["x", "y"]) == ["Hi Ana, x!", "Hi Bo, y!"]


def test_a_text_without_placeholders_is_the_same_for_all() -> None:
    assert rendered("Hi", a=["1", "2"]) == ["Hi", "Hi"]


def test_a_fallback_replaces_an_empty_or_blank_cell() -> None:
    assert rendered("{a|client}", a=["Ana", "", "  "]) == ["Ana", "client", "client"]


def test_an_empty_cell_without_fallback_is_filled_with_nothing() -> None:
    assert rendered("<{a}>", a=[""]) == ["<>"]


@pytest.mark.parametrize("text", ["", "  \n\t"], ids=["nothing", "spaces"])
def test_a_text_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="The text is empty"):
        Template.parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("Hi {a", 'The "{" at character 4', id="never closed"),
        pytest.param("Hi a}", 'The "}" at character 5', id="never opened"),
        pytest.param("{{a}}", 'The "{" at character 1', id="doubled"),
        pytest.param("{a|{b}}", 'The "{" at character 1', id="nested"),
        pytest.param("Hi {}", "{} at character 4", id="no name"),
        pytest.param("Hi { |x}", "has no name", id="only a fallback"),
    ],
)
def test_broken_braces_are_refused_with_their_place(text: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as refused:
        Template.parse(text)
    assert sentence in str(refused.value)


def test_a_fallback_longer_than_a_value_may_be_is_refused() -> None:
    Template.parse("{a|" + "x" * 50 + "}")
    with pytest.raises(TemplateError, match="has 51 characters"):
        Template.parse("{a|" + "x" * 51 + "}")


def test_bytes_that_are_no_character_are_refused() -> None:
    with pytest.raises(TemplateError, match="Character 3 of the text"):
        Template.parse("ab\udce9")


SPELLINGS = [
    ("Bonjour  Zoë", "Bonjour Zoë"),
    (" Bonjour\u00a0Zoë \n", "Bonjour Zoë"),
    ("Bonjour Zoe\u0308", "Bonjour Zoë"),
    ("a \r\n\r\n b", "a\nb"),
    ("a\tb\u202fc", "a b c"),
    ("Bon\u00adjour\u200b Zoë\ufeff", "Bonjour Zoë"),
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
    pattern = Template.parse(template).finished_pattern
    column = pd.Series([finished], dtype="str")

    assert bool(re.search(pattern, finished)) is matches
    assert column.str.contains(pattern, regex=True).tolist() == [matches]


@settings(max_examples=50)
@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=30))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_text(text)

    assert normalise_text(once) == once
    assert normalise_texts(pd.Series([text], dtype="str")).tolist() == [once]


def test_the_values_in_a_finished_text_are_found() -> None:
    template = Template.parse("Hello {name|friend}, {city}!")

    assert template.inserted_spans("Hello Zoé, Lyon!") == ((6, 9), (11, 15))
    assert template.inserted_spans("Hello friend, !") == ((6, 12), (14, 14))
    assert template.inserted_spans("Goodbye Zoé") == ()
