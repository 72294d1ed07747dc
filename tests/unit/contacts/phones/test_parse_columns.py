"""A judge of numbers keeps each judgement once and asks nothing twice."""

from collections import Counter

import pyarrow as pa
import pytest

from bulksms.contacts.model import Reason
from bulksms.contacts.numbers import SHIPPED, load_number_table
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber, parse_number
from bulksms.contacts.phones.parse_columns import ColumnParser

REHEARSAL = NumberRules(rehearsal=True)
FIRST = ["06 39 98 12 34", "+33639981235", "01 99 00 12 34", "voir fiche", "06 39 98 12 34 (ami)",
         "0199001234 / 0639981234", "+33 (0)6 39 98 12 34", "+44 (0)7700 900123"]  # fmt: skip
SECOND = ["06 39 98 43 21", "+33639984322", "01 99 00 43 21", "voir fiche", "06 39 98 43 21 (bis)",
          "0199004321 / 0639984321", "+33 (0)6 39 98 43 21", "+44 (0)7700 900321"]  # fmt: skip


class Library:
    """Judges as the library does, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def __call__(self, text: str, region: str, rules: NumberRules) -> ParsedNumber:
        self.asked[text] += 1
        return parse_number(text, region, rules)


def column(texts: list[str]) -> pa.StringArray:
    return pa.array(texts, pa.string())


@pytest.mark.skipif(load_number_table(SHIPPED) is None, reason="the table is of other metadata")
def test_a_second_block_of_the_same_kinds_asks_nothing() -> None:
    library = Library()
    parser = ColumnParser(REHEARSAL, parse_one=library)
    parser.parse(column(FIRST), "FR")
    asked = sum(library.asked.values())
    numbers = parser.parse(column(SECOND), "FR").phone_numbers.tolist()
    assert sum(library.asked.values()) == asked
    assert numbers == [33639984321, 33639984322, 0, 0, 0, 33639984321, 33639984321, 447700900321]


def test_a_text_that_comes_again_is_asked_about_once() -> None:
    library = Library()
    parser = ColumnParser(NumberRules(), parse_one=library)
    for _ in range(3):
        parser.parse(column(["voir fiche", "n/a", "voir fiche"]), "FR")
    assert library.asked == {"voir fiche": 1, "n/a": 1}


def test_judgements_are_kept_once_and_without_their_number() -> None:
    parser = ColumnParser(REHEARSAL)
    parsed = parser.parse(column(["0639981234", "0639981235", "0199001234", "0199001235"]), "FR")
    assert parsed.phone_numbers.tolist() == [33639981234, 33639981235, 0, 0]
    outcomes = [parser.outcomes[code] for code in parsed.codes]
    assert [(outcome.e164, outcome.kind, outcome.reason) for outcome in outcomes] == [
        ("", "mobile", None),
        ("", "mobile", None),
        ("", "landline", Reason.LANDLINE),
        ("", "landline", Reason.LANDLINE),
    ]
    assert len(parser.outcomes) == 2


def test_what_is_read_in_another_region_is_remembered_apart() -> None:
    parser = ColumnParser(REHEARSAL)
    french = parser.parse(column(["0639981234"]), "FR")
    british = parser.parse(column(["0639981234"]), "GB")
    assert french.phone_numbers.tolist() == [33639981234]
    assert british.phone_numbers.tolist() == [0]


@pytest.mark.parametrize("backwards", [False, True])
def test_two_numbers_and_a_zero_in_brackets_are_not_taken_for_each_other(
    backwards: bool,
) -> None:
    texts = ["+34 (0)612 345 678", "+34 0612345678 / +34 612345678"]
    order = texts[::-1] if backwards else texts
    parser = ColumnParser(NumberRules())
    parsed = parser.parse(column(order), "FR")
    split = {
        text: parser.outcomes[code].split for text, code in zip(order, parsed.codes, strict=True)
    }
    assert split == {texts[0]: False, texts[1]: True}


def test_no_texts_are_judged() -> None:
    for kind in (pa.string(), pa.large_string()):
        assert ColumnParser(NumberRules()).parse(pa.array([], kind), "FR").codes.tolist() == []


def test_a_long_text_is_not_remembered() -> None:
    library = Library()
    parser = ColumnParser(NumberRules(), parse_one=library)
    long = "voir la fiche " * 10
    for _ in range(2):
        parser.parse(column([long]), "FR")
    assert library.asked == {long: 2}
