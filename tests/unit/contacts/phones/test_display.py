import pytest

from bulksms.contacts.phones.display import masked


@pytest.mark.parametrize(
    ("phone_number", "expected"),
    [
        ("+33639980101", "FR …01"),
        ("+447700900123", "GB …23"),
        ("+12015550142", "US …42"),
        ("no number", "…er"),
    ],
)
def test_a_masked_number_keeps_the_country_and_two_digits(phone_number: str, expected: str) -> None:
    assert masked(phone_number) == expected
