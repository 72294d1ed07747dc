"""What leaves the machine, byte for byte."""

from datetime import datetime, timedelta, timezone

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.campaign import Parameters, Purpose, SmsType
from bulksms.contacts import Contact
from bulksms.octopush import add_request_id, build_body, drop_recipients
from bulksms.octopush.request import count_recipients, is_simulated

ADA = Contact(row=2, phone_number="+33639980001", first_name="Zoé", param5="café")
BEA = Contact(row=3, phone_number="+33639980002")
PLAIN = Parameters(text="Bonjour STOP au 30101")


def test_a_body_is_canonical_json_with_every_switch_spelt_out() -> None:
    assert (
        build_body(PLAIN, [ADA, BEA])
        == (
            '{"auto_delete_optout_contacts":true,"auto_optimize_text":true,"purpose":"wholesale",'
            '"recipient_tracking":false,"recipients":[{"first_name":"Zoé","param5":"café",'
            '"phone_number":"+33639980001"},{"phone_number":"+33639980002"}],'
            '"simulation_mode":false,"text":"Bonjour STOP au 30101","type":"sms_premium",'
            '"with_replies":false}'
        ).encode()
    )


def test_all_twelve_parameters_can_leave() -> None:
    parameters = Parameters(
        text="Hello",
        sender="ACME",
        purpose=Purpose.ALERT,
        type=SmsType.LOW_COST,
        send_at=datetime(2027, 3, 1, 9, tzinfo=timezone(timedelta(hours=1))),
        list_name="spring",
        with_replies=True,
        recipient_tracking=True,
        auto_optimize_text=False,
        auto_delete_optout_contacts=False,
        simulation_mode=True,
    )
    assert orjson.loads(build_body(parameters, [BEA])) == {
        "text": "Hello",
        "sender": "ACME",
        "purpose": "alert",
        "type": "sms_low_cost",
        "send_at": "2027-03-01T09:00:00+01:00",
        "list_name": "spring",
        "with_replies": True,
        "recipient_tracking": True,
        "auto_optimize_text": False,
        "auto_delete_optout_contacts": False,
        "simulation_mode": True,
        "recipients": [{"phone_number": "+33639980002"}],
    }


def test_a_frame_without_contacts_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="at least one contact"):
        build_body(PLAIN, [])


def test_the_request_id_is_derived_and_stands_last() -> None:
    body = build_body(PLAIN, [ADA])
    request_id, signed = add_request_id(body, key="spring")
    assert request_id == "bs1-" + request_id[4:]
    assert len(request_id) == 30
    assert signed == body[:-1] + b',"request_id":"' + request_id.encode() + b'"}'
    assert list(orjson.loads(signed))[-1] == "request_id"
    assert add_request_id(body, key="spring") == (request_id, signed)


def test_the_request_id_of_a_known_body_never_changes() -> None:
    assert (
        add_request_id(b'{"simulation_mode":false}', key="k")[0] == "bs1-aeduy4cw4ym2ndrb37exodqnah"
    )


def test_another_campaign_or_contact_has_another_request_id() -> None:
    body, other = build_body(PLAIN, [ADA]), build_body(PLAIN, [BEA])
    ids = {
        add_request_id(body, key="a")[0],
        add_request_id(body, key="b")[0],
        add_request_id(other, key="a")[0],
    }
    assert len(ids) == 3


def test_a_simulation_has_ids_of_its_own() -> None:
    body = build_body(Parameters(text="Hi", simulation_mode=True), [ADA])
    assert add_request_id(body, key="k")[0].startswith("sim1-")


def test_a_body_is_signed_once() -> None:
    signed = add_request_id(build_body(PLAIN, [ADA]), key="k").body
    with pytest.raises(ValueError, match="request id already"):
        add_request_id(signed, key="k")


def test_people_are_left_out_of_a_signed_body_and_nothing_else_changes() -> None:
    anna = Contact(row=2, phone_number="+33639980101", first_name="Anna")
    bert = Contact(row=3, phone_number="+33639980102", first_name="Bert")
    asked = Parameters(text="Bonjour {first_name}", sender="DESK")
    signed = add_request_id(build_body(asked, [anna, bert]), key="real/spring/1/1").body
    assert drop_recipients(signed, {"+33639980101"}) == build_body(asked, [bert])
    assert drop_recipients(signed, {"+33639980101", "+33639980102"}) is None


LOOKALIKES = st.sampled_from(
    ['"phone_number":', '"simulation_mode":true', ',"request_id":"', "\\", '"', "Zoé"]
)
WORDS = st.lists(LOOKALIKES | st.text(max_size=5), max_size=4).map("".join)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4), WORDS, st.booleans())
def test_people_and_mode_are_counted_as_a_reader_of_json_would(
    names: list[tuple[str, str]], text: str, simulated: bool
) -> None:
    people = [
        Contact(row=2, phone_number=f"+3363998000{at}", first_name=first, param1=second)
        for at, (first, second) in enumerate(names)
    ]
    body = build_body(Parameters(text=text, simulation_mode=simulated), people)
    for request in (body, add_request_id(body, key="k")[1]):
        read = orjson.loads(request)
        assert count_recipients(request) == len(read["recipients"]) == len(people)
        assert is_simulated(request) is read["simulation_mode"] is simulated
