"""Numbers of overseas France, as people write them: one number each, or a reason that helps."""

import itertools
from dataclasses import replace

import pyarrow as pa
import pytest

from bulksms.contacts import Reason
from bulksms.contacts.phones.parse import NumberRules, parse_number
from bulksms.contacts.phones.parse_columns import ColumnParser

RULES = NumberRules()
NUMBERS = {
    "0692 12 34 56": 262692123456,
    "06 93 12 34 56": 262693123456,
    "+33692123457": 262692123457,
    "0690 12 34 56": 590690123456,
    "0694 12 34 56": 594694123456,
    "0696 12 34 56": 596696123456,
    "0697 12 34 56": 596697123456,
    "+262 692 12 34 56": 262692123456,
    "+262 0692 12 34 58": 262692123458,
    "00262 692 12 34 59": 262692123459,
    "262692123460": 262692123460,
    "692123461": 262692123461,
    "+33 (0)692 12 34 62": 262692123462,
    "+590 690 12 34 57": 590690123457,
    "0709 10 12 34": 596709101234,
    "07 09 30 12 34": 594709301234,
    "07 09 00 12 34": 590709001234,
    "+687 76 12 34": 687761234,
    "+689 87 12 34 56": 68987123456,
    "0639991234": 262639991234,
    "+33639991234": 262639991234,
    "33 692 12 34 63": 262692123463,
    "0033 690 12 34 56": 590690123456,
}
REASONS = {
    "+33 6 39 12 34 56": Reason.INVALID_NUMBER,
    "0691 12 34 56": Reason.INVALID_NUMBER,
    "0262 12 34 56": Reason.LANDLINE,
    "+33 262 12 34 56": Reason.LANDLINE,
    "+508 41 12 34": Reason.LANDLINE,
    "76.12.34": Reason.TOO_SHORT,
    "87 12 34 56": Reason.TOO_SHORT,
}


@pytest.mark.parametrize(("text", "number"), NUMBERS.items())
def test_an_overseas_number_is_read(text: str, number: int) -> None:
    parsed = parse_number(text, "FR", RULES)
    assert (parsed.phone_number, parsed.reason) == (number, None)


@pytest.mark.parametrize("text", ["+33692123457", "33 692 12 34 63", "+33 (0)692 12 34 62"])
def test_a_number_with_the_code_of_france_is_called_repaired(text: str) -> None:
    assert parse_number(text, "FR", RULES).repaired


@pytest.mark.parametrize(("text", "reason"), REASONS.items())
def test_what_cannot_be_texted_has_a_reason(text: str, reason: Reason) -> None:
    assert parse_number(text, "FR", RULES).reason is reason


def test_a_column_reads_them_like_each_cell_alone() -> None:
    texts = [*NUMBERS, *REASONS, "+33612345678", "33612345678", "+33 (0)6 12 34 56 78"] * 3
    parsed = ColumnParser(RULES).parse(pa.array(texts), "FR")
    alone = [parse_number(text, "FR", RULES) for text in texts]
    assert parsed.phone_numbers.tolist() == [
        cell.phone_number if cell.reason is None else 0 for cell in alone
    ]


@pytest.mark.parametrize("region", ["FR", "RE", "DE"])
def test_numbers_behind_33_are_read_together_like_each_cell_alone(region: str) -> None:
    begins = ("+33", "+33 (0)", "+330", "0033", "00330", "33", "330", "33 (0)", "0", "+", "")
    heads = ("690", "691", "692", "694", "696", "639", "709", "262", "976", "33", "8", "1")
    ends = ("123456", "123457", "000000", "1234567", "12345")
    texts = ["".join(parts) for parts in itertools.product(begins, heads, ends)]
    parser = ColumnParser(RULES)
    parsed = parser.parse(pa.array(texts), region)
    together = [
        replace(parser.outcomes[code], phone_number=number)
        for code, number in zip(parsed.codes, parsed.phone_numbers.tolist(), strict=True)
    ]
    alone = [parse_number(text, region, RULES) for text in texts]
    assert together == [
        number if number.reason is None else replace(number, phone_number=0) for number in alone
    ]
