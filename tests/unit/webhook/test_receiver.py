import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.octopush.callbacks import CallbackKind
from bulksms.webhook.receiver import read_body

DELIVERY = {"message_id": "sms_1", "number": "33639980101", "status": "DELIVERED"}
STOP = {"number": "33639980102", "text": "stop", "stop_date": "2026-11-30 10:00:00"}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(DELIVERY).encode(),
        b"\xef\xbb\xbf" + json.dumps(DELIVERY).encode(),
        json.dumps([DELIVERY, {"no": "callback"}, 3]).encode(),
        b"message_id=sms_1&number=%2B33639980101&status=DELIVERED",
        b"message_id=sms_1&number=33639980101&delivery_status=delivered&x=",
    ],
)
def test_a_delivery_is_read_from_json_and_from_a_form(body: bytes) -> None:
    (callback,) = read_body(body)

    assert (callback.ticket, callback.phone_number, callback.status) == (
        *("sms_1", 33639980101),
        "DELIVERED",
    )


def test_several_callbacks_of_one_body_are_read() -> None:
    kinds = [each.kind for each in read_body(json.dumps([DELIVERY, STOP]).encode())]

    assert kinds == [CallbackKind.DELIVERY, CallbackKind.STOP]


@pytest.mark.parametrize("body", [b"", b"{", b"[[[[", b"\xff\xfe", b"&" * 5000, b"[" * 60_000])
def test_what_cannot_be_read_is_no_callback(body: bytes) -> None:
    assert read_body(body) == []


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_no_body_is_an_error(body: bytes) -> None:
    read_body(body)
