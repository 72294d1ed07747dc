import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.octopush.callbacks import Callback, CallbackKind, read_callback, read_number

DELIVERY = {
    "channel": "sms",
    "message_id": "sms_0123456789012345678901",
    "number": "+33639980101",
    "status": "DELIVERED",
    "delivery_date": "2026-11-30 10:00:05",
    "meta_data": {},
}
RECEIPT = Callback(
    kind=CallbackKind.DELIVERY,
    phone_number=33639980101,
    ticket="sms_0123456789012345678901",
    status="DELIVERED",
    date="2026-11-30 10:00:05",
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"number": "33639980101"},
        {"number": 33639980101},
        {"number": "0033 6 39 98 01 01"},
        {"status": "delivered"},
        {"list_name": "spring", "unit_price": "0.045"},
    ],
)
def test_a_delivery_is_read_however_it_is_written(changes: dict[str, object]) -> None:
    assert read_callback(DELIVERY | changes) == RECEIPT


def test_older_and_capital_names_are_read() -> None:
    payload = {
        "SMS_TICKET": RECEIPT.ticket,
        "Number": "33639980101",
        "delivery_status": "DELIVERED",
        "DELIVERY_DATE": RECEIPT.date,
    }

    assert read_callback(payload) == RECEIPT


def test_an_unknown_status_is_kept_as_unknown() -> None:
    receipt = read_callback(DELIVERY | {"status": "TELEPORTED"})

    assert receipt is not None
    assert receipt.status == "UNKNOWN_DELIVERY"


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (
            {"number": "33639980101", "text": "stop", "stop_date": "2026-11-30 10:01:00"},
            Callback(
                kind=CallbackKind.STOP,
                phone_number=33639980101,
                text="stop",
                date="2026-11-30 10:01:00",
            ),
        ),
        (
            {"number": "+33639980101", "text": "Merci", "answer_date": "2026-11-30"},
            Callback(
                kind=CallbackKind.REPLY, phone_number=33639980101, text="Merci", date="2026-11-30"
            ),
        ),
    ],
)
def test_replies_and_stops_are_distinguished_by_their_date(
    payload: dict[str, object], expected: Callback
) -> None:
    assert read_callback(payload) == expected


@pytest.mark.parametrize(
    "payload",
    [{}, {"number": "33639980101"}, {"status": "DELIVERED"}, DELIVERY | {"number": "you"}],
)
def test_what_is_no_callback_is_none(payload: dict[str, object]) -> None:
    assert read_callback(payload) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(["number", "status", "message_id", "text", "stop_date", "delivery_date"])


@settings(max_examples=50)
@given(st.dictionaries(NAMES, JSON))
def test_no_payload_is_an_error(payload: dict[str, object]) -> None:
    read_callback(payload)


@pytest.mark.parametrize("text", ["", "+", "12345", "1" * 16, "\uff10\uff16", "3363998010a"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None
