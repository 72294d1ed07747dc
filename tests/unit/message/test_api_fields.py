import re

import pytest

from bulksms.contacts import PARAMS
from bulksms.errors import TemplateError
from bulksms.message import Template
from tests.unit.message.personalised import personalise
from tests.unit.message.tables import screened

SEVEN = "{A}, {B}: {C} {D} {E} {F} {G}"


def test_five_columns_are_not_merged() -> None:
    outcome = personalise(
        screened(**{name: ["x"] for name in "ABCDE"}), Template.parse("{A}{B}{C}{D}{E}")
    )
    assert outcome.text == "{param1}{param2}{param3}{param4}{param5}"


def test_seven_columns_fit_into_five_params_with_the_words_between_them() -> None:
    contacts = screened(**{name: [name * 3, name] for name in "ABCDEFG"})
    outcome = personalise(contacts, Template.parse(SEVEN))
    assert Template.parse(outcome.text).render(outcome.contacts).tolist() == [
        "AAA, BBB: CCC DDD EEE FFF GGG",
        "A, B: C D E F G",
    ]
    assert len(set(re.findall(r"param\d", outcome.text))) == 5
    assert {name for names in outcome.columns_by_field.values() for name in names} == set("ABCDEFG")


def test_as_few_values_as_possible_are_merged() -> None:
    contacts = screened(**{name: [name] for name in "ABCDEF"})
    outcome = personalise(contacts, Template.parse("{A} {B} {C} {D} {E} {F}"))
    assert sorted(len(names) for names in outcome.columns_by_field.values()) == [1, 1, 1, 1, 2]


def test_only_neighbours_that_fit_in_every_row_are_merged() -> None:
    values = {name: ["x", "x"] for name in "ABCDEF"} | {"B": ["x", "y" * 48]}
    outcome = personalise(screened(**values), Template.parse("{A}, {B}, {C}, {D}, {E}, {F}"))
    assert ("A", "B") not in outcome.columns_by_field.values()
    assert ("B", "C") not in outcome.columns_by_field.values()
    assert outcome.rejections.empty


def test_a_column_said_twice_keeps_a_param_of_its_own() -> None:
    contacts = screened(**{name: [name] for name in "ABCDEF"})
    outcome = personalise(contacts, Template.parse("{A}{B} {A}{C} {A}{D} {A}{E} {A}{F}"))
    assert Template.parse(outcome.text).render(outcome.contacts).tolist() == ["AB AC AD AE AF"]


def test_what_has_a_field_of_its_own_may_stand_between() -> None:
    contacts = screened(first_name=["Ana"], **{name: [name] for name in "ABCDEF"})
    outcome = personalise(contacts, Template.parse("{A} {first_name} {B} {C} {D} {E} {F}"))
    assert Template.parse(outcome.text).render(outcome.contacts).tolist() == ["A Ana B C D E F"]
    assert "{first_name}" in outcome.text


def test_a_fallback_is_merged_as_it_is_read() -> None:
    contacts = screened(**{name: ["", name] for name in "ABCDEF"})
    outcome = personalise(contacts, Template.parse("{A|1}{B|2}{C|3}{D|4}{E|5}{F|6}"))
    assert Template.parse(outcome.text).render(outcome.contacts).tolist() == ["123456", "ABCDEF"]


def test_too_many_values_are_refused_with_the_longest_row() -> None:
    values = {name: ["x", "y" * 30, "z"] for name in "ABCDEF"}
    with pytest.raises(
        TemplateError, match=r'"\{A\} \{B\}", has 61 characters in row 3, and 50 are'
    ):
        personalise(screened(**values), Template.parse("{A} {B} {C} {D} {E} {F}"))


def test_a_row_that_is_left_out_anyway_does_not_forbid_a_join() -> None:
    values = {name: ["x", "y" * 51, "z"] for name in "ABCDEF"}
    outcome = personalise(screened(**values), Template.parse("{A} {B} {C} {D} {E} {F}"))
    assert outcome.contacts["row"].tolist() == [2, 4]
    assert outcome.rejections["column"].tolist() == ["A"]


def test_the_stop_mention_stays_in_the_text() -> None:
    contacts = screened(**{name: [name] for name in "ABCDEF"})
    outcome = personalise(contacts, Template.parse("{A} STOP au 30101 {B}, {C}, {D}, {E}, {F}"))
    assert "STOP au 30101" in outcome.text
    assert Template.parse(outcome.text).render(outcome.contacts).tolist() == [
        "A STOP au 30101 B, C, D, E, F"
    ]


def test_params_that_are_mapped_are_not_to_be_had() -> None:
    contacts = screened(**{name: ["x" * 20] for name in (*PARAMS, "A")})
    with pytest.raises(TemplateError, match=r"free params \(0\)"):
        personalise(contacts, Template.parse("{A} {param1}"))


def test_one_value_without_a_free_param_is_refused_in_words() -> None:
    contacts = screened(**{name: ["x"] for name in (*PARAMS, "A")})
    with pytest.raises(TemplateError, match="too many when neighbours are merged"):
        personalise(contacts, Template.parse("{A}"))
