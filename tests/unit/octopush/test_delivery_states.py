"""The state of a message is a function of the set of its receipts."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.octopush.delivery_states import (
    DeliveryState,
    DeliveryStatus,
    all_statuses,
    known_status,
    status_of,
    strongest_status,
)

WORDS = st.sampled_from([*(status.code for status in all_statuses()), "delivered", "LOST_IN_SPACE"])


def test_10000_permutations_with_repeats_give_one_state() -> None:
    chance = random.Random(8)
    codes = [status.code for status in all_statuses()]
    for _ in range(100):
        words = chance.choices(codes, k=chance.randint(1, 8))
        states = set()
        for _ in range(100):
            shuffled = [*words, *chance.choices(words, k=3)]
            chance.shuffle(shuffled)
            states.add(getattr(strongest_status(shuffled), "code", None))

        assert len(states) == 1


@settings(max_examples=100)
@given(st.lists(WORDS), st.lists(WORDS))
def test_the_state_of_all_receipts_follows_from_the_states_of_their_parts(
    some: list[str], others: list[str]
) -> None:
    parts = [status.code for part in (some, others) if (status := strongest_status(part))]

    assert strongest_status([*some, *others]) == strongest_status(parts)


@settings(max_examples=100)
@given(st.lists(WORDS, min_size=1), WORDS)
def test_another_receipt_never_weakens_a_state(words: list[str], late: str) -> None:
    before, after = strongest_status(words), strongest_status([*words, late])

    assert before is not None
    assert after is not None
    assert after.rank >= before.rank


def test_a_message_without_a_receipt_has_no_state() -> None:
    assert strongest_status([]) is None


@pytest.mark.parametrize(
    ("codes", "state"),
    [
        (["ACK"], DeliveryState.ENROUTE),
        (["ACK", "DELIVERED", "ACK"], DeliveryState.DELIVERED),
        (["DELIVERED", "NOT_DELIVERED"], DeliveryState.DELIVERED),
        (["NOT_DELIVERED", "ACK"], DeliveryState.UNDELIVERABLE),
        (["UNKNOWN_DELIVERY", "EXPIRED"], DeliveryState.EXPIRED),
        (["BAD_DESTINATION", "NOT_DELIVERED"], DeliveryState.REJECTED),
        (["a new word"], DeliveryState.UNKNOWN),
    ],
)
def test_the_strongest_receipt_counts(codes: list[str], state: DeliveryState) -> None:
    status = strongest_status(codes)

    assert status is not None
    assert status.state is state


@pytest.mark.parametrize(
    ("word", "code"),
    [("delivered", "DELIVERED"), (" Not delivered ", "NOT_DELIVERED"), ("?", "UNKNOWN_DELIVERY")],
)
def test_a_status_is_read_in_any_case(word: str, code: str) -> None:
    assert known_status(word) == code


@pytest.mark.parametrize("status", all_statuses(), ids=lambda status: status.code)
def test_every_status_says_what_happened_the_charge_and_what_to_do(status: DeliveryStatus) -> None:
    assert status.sentence.count(".") >= 3


def test_the_words_say_whether_it_was_charged_and_what_to_do() -> None:
    assert status_of("NOT_DELIVERED").sentence == (
        "It did not reach the phone. Charged. Check the number if it happens again."
    )
