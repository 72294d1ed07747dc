"""What `send` accepts, casts, refuses and remembers."""

import base64
import hashlib
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bulksms.sandbox import AnswerStyle
from tests.integration.sandbox.caller import HEADERS, RunningSandbox, StartBox, submission


def numbers(*texts: str) -> list[dict[str, str]]:
    return [{"phone_number": text} for text in texts]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"api-login": "me@example.com"},
        {"api-key": "test-key"},
        {"api-login": "me@example.com", "api-key": "real-key"},
    ],
)
def test_only_a_login_with_a_test_key_is_let_in(
    box: RunningSandbox, headers: dict[str, str]
) -> None:
    answered = box.call("POST", "/sms-campaign/send", submission(), headers)
    assert (answered.status, answered.body) == (
        401,
        {"code": 101, "message": "Incorrect login details."},
    )
    assert box.sandbox.accepted == ()


def test_spaces_around_the_credentials_do_not_matter(start: StartBox) -> None:
    box = start(login="me@example.com", key="test-key")
    headers = {"api-login": "  me@example.com ", "api-key": " test-key "}
    assert box.call("POST", "/sms-campaign/send", submission(), headers).status == 201
    other = {"api-login": "you@example.com", "api-key": "test-key"}
    assert box.call("POST", "/sms-campaign/send", submission(), other).status == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_code_100(box: RunningSandbox, body: bytes) -> None:
    answered = box.call("POST", "/sms-campaign/send", body)
    assert (answered.status, answered.code) == (400, 100)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": ""}, 107),
        ({"text": "  "}, 107),
        ({"text": "a" * 1225}, 189),
        ({"recipients": None}, 103),
        ({"recipients": "+33639980001"}, 103),
        ({"recipients": ["0639980001"]}, 117),
        ({"recipients": numbers("0639980001", "33639980001", "+33abc", "")}, 117),
        ({"recipients": [{}] * 100_002}, 305),
        ({"sender": "AB"}, 106),
        ({"sender": "é é"}, 106),
        ({"sender": "TWELVELETTER"}, 106),
        ({"text": "Hello. stop au 30101"}, 121),
        ({"text": "Hello. STOP au 36XXX"}, 121),
        ({"text": "", "recipients": None}, 107),
        ({"recipients": None, "sender": "AB"}, 103),
    ],
)
def test_refusal_carries_the_first_code_that_applies(
    box: RunningSandbox, fields: dict[str, Any], code: int
) -> None:
    answered = box.send(**fields)
    assert (answered.status, answered.code) == (400, code)
    assert box.sandbox.accepted == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "Hello. STOP au XXXXX"},
        {"text": "Hello.", "purpose": "alert"},
        {"text": "Hello.", "recipients": numbers("+447700900001")},
        {"text": "Hello {first_name}. STOP au 30101", "recipients": numbers("+33 6 39 98 00 01")},
        {"sender": None},
        {"sender": "A.C.M.E"},
        {"send_at": "", "request_id": None, "list_name": ""},
        {"text": "Hello.", "purpose": "ALERT"},
        {"recipients": {"phone_number": "+33639980001"}},
        {"recipients": {"0": {"phone_number": "+33639980001"}}},
        {"recipients": ["+33639980001"]},
        {"recipients": [33639980001]},
        {"recipients": [{"phone_number": 33639980001}]},
        {"recipients": numbers("0033639980001")},
    ],
)
def test_lenient_reading_accepts(box: RunningSandbox, fields: dict[str, Any]) -> None:
    assert box.send(**fields).status == 201
    recipients = box.sandbox.accepted[0].recipients
    assert recipients in {("+33639980001",), ("+447700900001",)}


def test_wrong_words_become_defaults_and_the_frame_still_goes(
    box: RunningSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    answered = box.send(
        type="SMS", purpose="marketing", send_at="tomorrow", sender="A-C-M-E", sms_type="x"
    )
    (frame,) = box.sandbox.accepted
    assert answered.status == 201
    assert (frame.type, frame.purpose, frame.send_at) == ("sms_premium", "wholesale", None)
    assert frame.sender == "ACME"
    assert "sent NOW" in caplog.text
    inspected = box.call("GET", "/_sandbox/accepted").body
    assert inspected["unknown_fields"] == {"sms_type": 1}


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("2026-03-02T18:00:00+01:00", "2026-03-02T18:00:00+01:00"),
        ("2026-03-02T18:00:00+0100", "2026-03-02T18:00:00+01:00"),
        ("2026-07-02 18:00:00", "2026-07-02T18:00:00+02:00"),
    ],
)
def test_date_is_read_with_or_without_its_offset(
    box: RunningSandbox, written: str, understood: str
) -> None:
    box.send(send_at=written)
    assert box.sandbox.accepted[0].send_at == understood


def test_bad_numbers_are_left_out_of_the_count(box: RunningSandbox) -> None:
    answered = box.send(recipients=numbers("+33639980001", "0639980002", "+33639980003"))
    assert answered.body["number_of_contacts"] == 2
    assert box.sandbox.accepted[0].recipients == ("+33639980001", "+33639980003")


def test_bad_number_refuses_the_frame_under_the_other_policy(start: StartBox) -> None:
    box = start(reject_invalid=True)
    assert box.send(recipients=numbers("+33639980001", "0639980002")).code == 181


def test_opted_out_numbers_are_left_out_only_when_asked(start: StartBox) -> None:
    box = start(opted_out=frozenset({"+33639980001"}))
    pair = numbers("+33639980001", "+33639980002")
    kept = box.send(recipients=pair, auto_delete_optout_contacts="True")
    assert kept.body["number_of_contacts"] == 1
    assert box.send(recipients=pair).body["number_of_contacts"] == 2


def test_request_id_is_refused_for_24_hours_and_then_taken_again(box: RunningSandbox) -> None:
    first = box.send(request_id="bs1-a").body["sms_ticket"]
    box.clock.moment += timedelta(hours=23, minutes=59)
    again = box.send(request_id="bs1-a", text="Other. STOP au 30101")
    assert (again.status, again.code) == (400, 182)
    assert "sms_ticket" not in again.body
    box.clock.moment += timedelta(minutes=1)
    later = box.send(request_id="bs1-a")
    assert later.status == 201
    assert later.body["sms_ticket"] != first
    assert box.call("GET", "/_sandbox/accepted").body["duplicates"] == [
        {"request_id": "bs1-a", "same_body": False}
    ]


def test_each_login_has_request_ids_of_its_own(box: RunningSandbox) -> None:
    def send(login: str) -> int:
        headers = {"api-login": login, "api-key": "test-key"}
        body = submission(request_id="bs1-a")
        return box.call("POST", "/sms-campaign/send", body, headers).status

    logins = ["ann@example.com", "bob@example.com", "ann@example.com", "bob@example.com"]
    assert [send(login) for login in logins] == [201, 201, 400, 400]


def test_http_basic_is_accepted_instead_of_the_headers(box: RunningSandbox) -> None:
    def status(credentials: bytes) -> int:
        headers = {"Authorization": "Basic " + base64.b64encode(credentials).decode()}
        return box.call("POST", "/sms-campaign/send", submission(), headers).status

    assert [status(b"me:test-key"), status(b"me:real-key"), status(b"me")] == [201, 401, 401]


def test_a_content_filter_refuses_the_same_words_whatever_their_id(start: StartBox) -> None:
    box = start(content_filter=300, honour_request_id=False)
    assert box.send(request_id="bs1-a").status == 201
    assert box.send(request_id="bs1-b").code == 182
    assert box.send(request_id="bs1-c", text="Other words. STOP au 30101").status == 201
    box.clock.moment += timedelta(seconds=300)
    assert box.send(request_id="bs1-a").status == 201


@pytest.mark.parametrize(
    ("style", "fields"),
    [
        ("bare", {"sms_ticket": "T", "number_of_contacts": 1, "total_cost": 0.045}),
        (
            "code_zero",
            {
                "sms_ticket": "T",
                "number_of_contacts": 1,
                "total_cost": 0.045,
                "number_of_sms_needed": 1,
                "residual_credit": 99.955,
                "message": "",
                "code": 0,
            },
        ),
        (
            "numbers_as_text",
            {
                "sms_ticket": "T",
                "number_of_contacts": "1",
                "total_cost": "0.045",
                "number_of_sms_needed": "1",
                "residual_credit": "99.955",
                "message": "",
            },
        ),
    ],
)
def test_a_success_is_written_in_the_style_asked_for(
    start: StartBox, style: str, fields: dict[str, object]
) -> None:
    answered = start(answer_style=AnswerStyle(style), success_status=200).send()
    assert answered.status == 200
    assert answered.body | {"sms_ticket": "T"} == fields


def test_refused_or_simulated_request_does_not_use_up_its_id(box: RunningSandbox) -> None:
    assert box.send(request_id="bs1-a", sender="AB").status == 400
    assert box.send(request_id="bs1-a", simulation_mode=True).status == 201
    assert box.send(request_id="bs1-a").status == 201


def test_repeats_are_taken_when_ids_are_not_honoured(start: StartBox) -> None:
    box = start(honour_request_id=False)
    assert [box.send(request_id="bs1-a").status for _ in range(2)] == [201, 201]
    assert len(box.sandbox.accepted) == 2


def test_simulation_costs_and_takes_nothing(box: RunningSandbox) -> None:
    answered = box.send(simulation_mode="1")
    assert answered.status == 201
    assert answered.body["residual_credit"] == 100
    assert answered.body["total_cost"] == 0.045
    assert answered.body["sms_ticket"]
    assert box.sandbox.accepted == ()


def test_credit_runs_out_on_a_whole_frame(start: StartBox) -> None:
    box = start(credit=Decimal("0.10"), price=Decimal("0.05"))
    three = numbers("+33639980001", "+33639980002", "+33639980003")
    assert box.send(recipients=three).code == 104
    assert box.send(recipients=three[:2]).body["residual_credit"] == 0
    assert box.send().code == 104


@pytest.mark.parametrize(
    ("text", "optimise", "segments"),
    [
        ("a" * 160, True, 1),
        ("a" * 161, True, 2),
        ("a" * 306, True, 2),
        ("a" * 307, True, 3),
        ("a" * 158 + "€", True, 1),
        ("a" * 159 + "€", True, 2),
        ("ç" * 100, True, 1),
        ("ç" * 70, False, 1),
        ("ç" * 71, False, 2),
        ("😀" * 36, True, 2),
        ("a" + " " * 200 + "b", True, 1),
        ("a" + " " * 200 + "b", False, 2),
    ],
)
def test_segments_are_counted(
    box: RunningSandbox, text: str, optimise: bool, segments: int
) -> None:
    answered = box.send(text=text, purpose="alert", auto_optimize_text=optimise)
    assert answered.body["number_of_sms_needed"] == segments


def test_each_contact_is_billed_for_its_own_text(box: RunningSandbox) -> None:
    recipients = [
        {"phone_number": "+33639980001", "first_name": "a" * 50},
        {"phone_number": "+33639980002", "first_name": None},
    ]
    answered = box.send(text="b" * 120 + "{first_name}", purpose="alert", recipients=recipients)
    assert answered.body["number_of_sms_needed"] == 3


def test_a_field_that_looks_like_a_placeholder_is_text(box: RunningSandbox) -> None:
    recipients = [
        {"phone_number": "+33639980001", "first_name": "{last_name}", "last_name": "b" * 50}
    ]
    answered = box.send(text="a" * 145 + "{first_name}", purpose="alert", recipients=recipients)
    assert answered.body["number_of_sms_needed"] == 1


def test_every_send_is_refused_after_so_many_frames(start: StartBox) -> None:
    box = start(refuse=113, refuse_after=2)
    assert [box.send().status for _ in range(3)] == [201, 201, 400]
    assert box.send().code == 113


@pytest.mark.parametrize(("code", "status"), [(101, 401), (403, 403), (999, 400)])
def test_refusal_has_the_status_of_its_code(start: StartBox, code: int, status: int) -> None:
    answered = start(refuse=code).send()
    assert (answered.status, answered.code) == (status, code)


def test_accepted_frame_is_written_down_in_full(start: StartBox, tmp_path: Path) -> None:
    log = tmp_path / "accepted.jsonl"
    box = start(log=log)
    text = "Grüße \u2028 STOP au 30101"
    extras = {"list_name": "Spring", "with_replies": "true", "recipient_tracking": 1}
    body = json.dumps(submission(request_id="bs1-a", text=text, **extras)).encode()
    ticket = box.call("POST", "/sms-campaign/send", body, HEADERS).body["sms_ticket"]
    (line,) = log.read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "request_id": "bs1-a",
        "recipients": ["+33639980001"],
        "fields": [{}],
        "text": "Grüße \u2028 STOP au 30101",
        "sender": "ACME",
        "purpose": "wholesale",
        "type": "sms_premium",
        "send_at": None,
        "digest": hashlib.sha256(body).hexdigest(),
        "ticket": ticket,
        "received_at": "2026-03-02T09:00:00+00:00",
        "segments": 1,
        "total_cost": "0.045",
        "list_name": "Spring",
        "with_replies": True,
        "recipient_tracking": True,
        "login_digest": "8c2a47d3bdb8",
    }


def test_restart_remembers_ids_from_the_log_past_a_torn_line(
    start: StartBox, tmp_path: Path
) -> None:
    log = tmp_path / "accepted.jsonl"
    first = start(log=log)
    first.send(request_id="bs1-a")
    first.sandbox.stop()
    with log.open("a") as file:
        file.write('{"request_id": "bs1-t')
    second = start(log=log)
    assert second.send(request_id="bs1-a").code == 182
    assert second.send(request_id="bs1-b").status == 201
    second.sandbox.stop()
    assert [frame.request_id for frame in start(log=log).sandbox.accepted] == ["bs1-a", "bs1-b"]


def test_a_sandbox_that_forgets_answers_the_same_and_keeps_no_frame(start: StartBox) -> None:
    box = start(forget=True)
    sent = [
        box.call("POST", "/sms-campaign/send", submission(request_id=f"r{at}")) for at in range(2)
    ]
    again = box.call("POST", "/sms-campaign/send", submission(request_id="r1"))

    assert [answered.status for answered in sent] == [201, 201]
    assert len({answered.body["sms_ticket"] for answered in sent}) == 2
    assert again.code == 182
    assert box.sandbox.accepted == ()
