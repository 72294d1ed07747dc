"""Texts that are read by their first digits are read as digit by digit."""

import random

import numpy as np
import pytest

from bulksms.contacts.numbers import Digits, prepare, read_columns, walk
from tests.numbers.agreement import examples, fresh_table


def digits_of(texts: list[str]) -> Digits:
    values = np.frombuffer("".join(texts).encode(), dtype=np.uint8) - np.uint8(ord("0"))
    lengths = np.array([len(text) for text in texts])
    return Digits(values=values, starts=np.cumsum(lengths) - lengths, lengths=lengths)


def drawn(seed: str) -> list[str]:
    """Digits of all lengths, some of them those of a number of some country."""
    dice = random.Random(seed)
    numbers = [f"{example.country_code}{example.national_number}" for example in examples()]
    texts = [f"{'0' * dice.randrange(3)}{number}"[:17] for number in numbers]
    for _ in range(20_000):
        head = dice.choice(numbers)[: dice.randrange(8)]
        length = dice.randrange(len(head), 18)
        texts.append(head + "".join(dice.choices("0123456789", k=length - len(head))))
    return texts


@pytest.mark.parametrize("regions", [(None, "FR"), (None, "GB"), ("GP", "MQ", "GF"), ("US",)])
def test_texts_are_read_by_their_heads_as_digit_by_digit(regions: tuple[str | None, ...]) -> None:
    table, digits = fresh_table(), digits_of(drawn(str(regions)))
    starts = tuple(table.start(region) or 0 for region in regions)
    places = np.arange(len(digits.lengths)) % len(starts)
    prepare(table, starts)
    by_head, by_walk = (
        read_columns(table, digits, starts, places),
        walk(table, digits, np.array(starts)[places]),
    )
    for column in ("outcomes", "proved", "numbers", "kinds", "dropped"):
        assert np.array_equal(getattr(by_head, column), getattr(by_walk, column)), column


def test_the_digits_of_a_text_are_reckoned_as_one_number() -> None:
    assert digits_of(["", "0", "007", "12345678901234567"]).amounts.tolist() == [
        0,
        0,
        7,
        12345678901234567,
    ]
