"""What the words of the API about a message mean, and which of several counts."""

import pytest

from bulksms.octopush.delivery_states import (
    DeliveryState,
    DeliveryStatus,
    all_statuses,
    known_status,
    status_of,
)


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
    assert max(map(status_of, codes), key=lambda status: status.rank).state is state


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
