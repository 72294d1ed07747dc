from datetime import UTC, datetime, timedelta, timezone

import pytest

from bulksms.campaign import Parameters, content_digest, parse_send_at
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "2027-03-01T09:00:00+01:00",
            datetime(2027, 3, 1, 9, 0, tzinfo=PARIS_WINTER),
            id="offset",
        ),
        pytest.param("2027-03-01T09:00Z", datetime(2027, 3, 1, 9, 0, tzinfo=UTC), id="Zulu"),
        pytest.param(
            " 2027-03-01 09:00+01:00 ",
            datetime(2027, 3, 1, 9, 0, tzinfo=PARIS_WINTER),
            id="spaces",
        ),
        pytest.param(
            "2027-01-15T12:00:01+00:00",
            datetime(2027, 1, 15, 12, 0, 1, tzinfo=UTC),
            id="a second from now",
        ),
    ],
)
def test_a_later_time_with_an_offset_is_a_sending_time(text: str, expected: datetime) -> None:
    assert parse_send_at(text, NOW) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("tomorrow", "cannot be read", id="words"),
        pytest.param("", "cannot be read", id="empty"),
        pytest.param("01/03/2027 09:00", "cannot be read", id="French order"),
        pytest.param("2027-02-30T09:00:00+01:00", "cannot be read", id="30 February"),
        pytest.param("2027-03-01T09:00:00", "has no offset", id="no offset"),
        pytest.param("2027-03-01", "has no offset", id="day only"),
        pytest.param("2027-01-15T12:00:00+00:00", "already past", id="now"),
        pytest.param("2027-01-15T12:30:00+01:00", "already past", id="past in UTC"),
    ],
)
def test_a_time_at_which_the_api_would_send_at_once_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        parse_send_at(text, NOW)


def test_a_time_without_an_offset_is_shown_with_the_offsets_of_paris() -> None:
    with pytest.raises(UsageError) as caught:
        parse_send_at("2027-03-01T09:00", NOW)

    assert str(caught.value) == (
        "The sending time '2027-03-01T09:00' has no offset from UTC: "
        "write 2027-03-01T09:00:00+01:00 for Paris in winter, "
        "2027-03-01T09:00:00+02:00 for Paris in summer."
    )


def test_a_frame_tells_its_first_and_last_row() -> None:
    frame = a_frame(contacts=(a_contact(row=5), a_contact(row=9)))

    assert (frame.first_row, frame.last_row) == (5, 9)


def test_the_same_content_has_the_same_digest_in_any_order_of_settings() -> None:
    one = content_digest({"text": "Bonjour", "sender": None}, b"+33639980101")
    other = content_digest({"sender": None, "text": "Bonjour"}, b"+33639980101")

    assert one == other


@pytest.mark.parametrize(
    ("parameters", "recipients"),
    [
        pytest.param({"text": "Bonsoir"}, b"+33639980101", id="text"),
        pytest.param({"text": "Bonjour", "sender": "SHOP"}, b"+33639980101", id="sender"),
        pytest.param({"text": "Bonjour"}, b"+33639980102", id="contacts"),
    ],
)
def test_other_content_has_another_digest(parameters: dict[str, object], recipients: bytes) -> None:
    assert content_digest(parameters, recipients) != content_digest(
        {"text": "Bonjour"}, b"+33639980101"
    )
