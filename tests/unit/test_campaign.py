from datetime import UTC, datetime, timedelta, timezone

import pytest

from bulksms.campaign import Parameters, content_digest
from bulksms.errors import UsageError
from tests.builders import a_contact, a_frame

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
PARIS_WINTER = timezone(timedelta(hours=1))


@pytest.mark.parametrize("sender", ["ABC", "BULKSMS", "Shop2027", "ABCDEFGHIJK", "36105"])
def test_three_to_eleven_letters_or_digits_are_a_sender(sender: str) -> None:
    assert Parameters(text="Bonjour", sender=sender).sender == sender


@pytest.mark.parametrize(
    "sender",
    [
        pytest.param("", id="empty"),
        pytest.param("AB", id="two characters"),
        pytest.param("ABCDEFGHIJKL", id="twelve characters"),
        pytest.param("MY SHOP", id="space"),
        pytest.param("CAFÉ", id="accent"),
        pytest.param("A-SHOP", id="hyphen"),
        pytest.param("SHOP\n", id="line end"),
        pytest.param("٣٦١٠٥", id="digits of another script"),
    ],
)
def test_a_sender_the_api_would_replace_is_refused(sender: str) -> None:
    with pytest.raises(UsageError, match="3 to 11 letters"):
        Parameters(text="Bonjour", sender=sender)


@pytest.mark.parametrize("name", ["x", "Printemps 2027", "a" * 30])
def test_a_list_name_has_up_to_thirty_characters(name: str) -> None:
    assert Parameters(text="Bonjour", list_name=name).list_name == name


@pytest.mark.parametrize("name", ["", "   ", "a" * 31])
def test_an_empty_or_overlong_list_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="1 to 30 characters"):
        Parameters(text="Bonjour", list_name=name)


def test_a_sending_time_without_an_offset_is_refused() -> None:
    with pytest.raises(UsageError, match="needs an offset"):
        Parameters(text="Bonjour", send_at=datetime(2027, 3, 1, 9, 0))  # noqa: DTZ001  (the point)


def test_a_frame_has_its_first_and_last_row() -> None:
    frame = a_frame(a_contact(row=5), a_contact(row=9))

    assert (frame.first_row, frame.last_row) == (5, 9)


def test_the_same_content_has_the_same_digest_in_any_order_of_settings() -> None:
    first = content_digest({"text": "Bonjour", "sender": None}, [b"+33639980101"])
    other = content_digest({"sender": None, "text": "Bonjour"}, [b"+33639980101"])

    assert first == other


@pytest.mark.parametrize(
    ("parameters", "recipients"),
    [
        pytest.param({"text": "Bonsoir"}, b"+33639980101", id="text"),
        pytest.param({"text": "Bonjour", "sender": "SHOP"}, b"+33639980101", id="sender"),
        pytest.param({"text": "Bonjour"}, b"+33639980102", id="contacts"),
    ],
)
def test_other_content_has_another_digest(parameters: dict[str, object], recipients: bytes) -> None:
    assert content_digest(parameters, [recipients]) != content_digest(
        {"text": "Bonjour"}, [b"+33639980101"]
    )


def test_where_the_contacts_are_cut_does_not_change_the_digest() -> None:
    whole = content_digest({"text": "Bonjour"}, [b"+33639980101\n+33639980102\n"])

    assert content_digest({"text": "Bonjour"}, [b"+33639980101\n", b"+33639980102\n"]) == whole
