"""Every row of the table of outcomes that an answer alone decides."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulksms.octopush import Accepted, NotSent, Outcome, RefusalScope, Refused, Unknown, read_answer

GOLDEN = (
    b'{"sms_ticket":"sms_5f3fbce61266e","number_of_contacts":5,"total_cost":5.00502839,'
    b'"number_of_sms_needed":5,"residual_credit":50.75,"message":"******"}'
)
SEPT_2020 = b'{"sms_ticket":"sms_5f6c4ba715694","number_of_contacts":1,"total_cost":0.062}'
DRAFT = (
    b'{"sms_ticket":"sms_624b06226b091819434905","number_of_contacts":1,"number_of_sms_needed":1,'
    b'"residual_credit":110.66,"total_cost":0.081,"message":"","code":0}'
)


def read(status: int, body: bytes = b"", contacts: int = 5, **headers: str) -> Outcome:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_answer(status, named, body, contacts=contacts)


def success(**fields: object) -> bytes:
    fields_of_answer: dict[str, object] = {"sms_ticket": "sms_1", "number_of_contacts": 5}
    return json.dumps(fields_of_answer | fields).encode()


@pytest.mark.parametrize("status", [200, 201, 202])
def test_any_2xx_with_a_ticket_is_accepted(status: int) -> None:
    assert read(status, GOLDEN) == Accepted(
        ticket="sms_5f3fbce61266e",
        number_of_contacts=5,
        number_of_sms_needed=5,
        total_cost=Decimal("5.00502839"),
        residual_credit=Decimal("50.75"),
        message="******",
    )


def test_an_answer_may_lack_what_older_answers_lacked() -> None:
    assert read(201, SEPT_2020, contacts=1) == Accepted(
        ticket="sms_5f6c4ba715694", number_of_contacts=1, total_cost=Decimal("0.062")
    )


def test_a_success_may_carry_code_zero() -> None:
    outcome = read(201, DRAFT, contacts=1)
    assert isinstance(outcome, Accepted)
    assert outcome.residual_credit == Decimal("110.66")


def test_fewer_contacts_than_sent_are_accepted_with_their_count() -> None:
    outcome = read(201, success(number_of_contacts=3))
    assert isinstance(outcome, Accepted)
    assert outcome.number_of_contacts == 3


def test_numbers_may_be_texts() -> None:
    outcome = read(201, success(number_of_contacts="5", total_cost="0.2", code="000"))
    assert outcome == Accepted(ticket="sms_1", number_of_contacts=5, total_cost=Decimal("0.2"))


@pytest.mark.parametrize(
    "count", [0, -1, 6, "many", None, True, 2.5, [5], "1e999999999", 10**30], ids=str
)
def test_a_count_that_cannot_be_true_stops_in_doubt(count: object) -> None:
    outcome = read(201, success(number_of_contacts=count))
    assert isinstance(outcome, Unknown)
    assert outcome.stop


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Please log in</html>",
        b"[]",
        b"null",
        b"{}",
        GOLDEN[:-10],
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"number_of_contacts":5}',
        success(sms_ticket=""),
        success(sms_ticket=7),
        success(code=104),
        success(code="weird"),
        success(total_cost=float("nan")),
    ],
)
def test_a_2xx_that_is_not_the_apis_stops_in_doubt(body: bytes) -> None:
    outcome = read(200, body)
    assert isinstance(outcome, Unknown)
    assert outcome.stop


@pytest.mark.parametrize(
    "body", [success(code=121, message="x"), b'{"code":121,"message":"Mention STOP is missing."}']
)
def test_a_success_with_an_error_code_names_the_error_and_no_login_page(body: bytes) -> None:
    outcome = read(200, body)
    assert isinstance(outcome, Unknown)
    assert (outcome.stop, outcome.code) == (True, 121)
    assert outcome.reason.startswith(
        "Octopush answered with success (HTTP 200) and with error code 121 at once: "
        "The text lacks the STOP mention"
    )
    assert "login page" not in outcome.reason


def test_json_without_a_ticket_is_no_login_page_but_what_is_not_json_may_be() -> None:
    without_ticket, html = read(200, b'{"message":"Please wait."}'), read(200, b"<html>")
    assert isinstance(without_ticket, Unknown)
    assert isinstance(html, Unknown)
    assert without_ticket.reason == (
        "The answer (HTTP 200) has no Octopush ticket (Please wait.): "
        "this frame has probably been sent, check the Octopush console."
    )
    assert "perhaps it is a login page" in html.reason


@pytest.mark.parametrize(
    ("ticket", "kept"),
    [
        ("sms\ud800_1", "sms _1"),
        ("sms\x00_1", "sms _1"),
        ("\ud800", "(unreadable)"),
        ("s" * 10_000, "s" * 200),
    ],
    ids=["surrogate", "NUL", "nothing readable", "endless"],
)
def test_an_accepted_frame_is_accepted_whatever_its_ticket_holds(ticket: str, kept: str) -> None:
    outcome = read(201, success(sms_ticket=ticket, number_of_sms_needed=2**70))
    assert outcome == Accepted(ticket=kept, number_of_contacts=5)
    kept.encode()


def test_money_has_as_many_decimals_as_a_binary_float_gives_it() -> None:
    outcome = read(201, success()[:-1] + b', "total_cost": 0.30000000000000004}')
    assert isinstance(outcome, Accepted)
    assert outcome.total_cost == Decimal("0.30000000000000004")


def test_a_simulation_needs_no_ticket() -> None:
    body = b'{"number_of_contacts":5,"total_cost":0}'
    outcome = read_answer(201, {}, body, contacts=5, simulation=True)
    assert outcome == Accepted(ticket="", number_of_contacts=5, total_cost=Decimal(0))


@pytest.mark.parametrize(
    "cost",
    [0, -1, "0.000", "-0.5", "free", None, True, "1e999999", "1e-999999", {}],
    ids=str,
)
def test_a_cost_that_is_no_amount_above_zero_is_not_reported(cost: object) -> None:
    outcome = read(201, success(total_cost=cost))
    assert isinstance(outcome, Accepted)
    assert outcome.total_cost is None


def test_a_message_cannot_write_to_the_terminal() -> None:
    outcome = read(201, success(message="a\x1b[2J\nb"))
    assert isinstance(outcome, Accepted)
    assert outcome.message == "a [2J b"


@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_moved_address_is_not_sent_and_stops(status: int) -> None:
    assert read(status, Location="https://user:pw@evil.example/x?key=1") == NotSent(
        reason=f"The API redirects to evil.example (HTTP {status}), which is not followed: "
        "check the address of the API.",
        stop=True,
    )


@pytest.mark.parametrize("status", [300, 302, 303, 304])
def test_another_redirection_stops_in_doubt(status: int) -> None:
    outcome = read(status, Location="http://[")
    assert isinstance(outcome, Unknown)
    assert outcome.stop


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 406, 407, 410, 415])
def test_a_wrong_set_up_is_not_sent_and_stops(status: int) -> None:
    outcome = read(status, b"<html>")
    assert isinstance(outcome, NotSent)
    assert outcome.stop


def test_a_code_about_the_account_says_more_than_its_status() -> None:
    outcome = read(401, b'{"code":113,"message":"x"}')
    assert outcome == NotSent(
        reason="Octopush has not validated the account yet: ask its support.", code=113, stop=True
    )


@pytest.mark.parametrize("status", [408, 409, 423, 500, 502, 503, 504, 520, 599])
def test_trouble_over_there_is_in_doubt(status: int) -> None:
    outcome = read(status, b'{"code":104}', Retry_After="3")
    assert isinstance(outcome, Unknown)
    assert not outcome.stop


@pytest.mark.parametrize("status", [421, 425])
def test_another_connection_is_asked_for(status: int) -> None:
    outcome = read(status)
    assert isinstance(outcome, NotSent)
    assert not outcome.stop


DATE = "Mon, 23 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("header", "wait", "stop"),
    [
        ("0", 0.0, False),
        ("3", 3.0, False),
        ("900", 900.0, False),
        ("901", 901.0, True),
        ("-1", 5.0, False),
        ("soon", 5.0, False),
        ("", 5.0, False),
        ("1" * 400, 5.0, False),
        ("Mon, 23 Nov 2026 10:01:00 GMT", 60.0, False),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0.0, False),
        ("Tue, 24 Nov 2026 10:00:00 GMT", 86400.0, True),
    ],
)
def test_a_throttle_is_not_sent_and_waits_as_asked(header: str, wait: float, stop: bool) -> None:
    outcome = read(429, Retry_After=header, Date=DATE)
    assert isinstance(outcome, NotSent)
    assert (outcome.retry_after, outcome.stop) == (wait, stop)


def test_a_throttle_until_a_date_needs_the_servers_clock() -> None:
    outcome = read(429, Retry_After=DATE)
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == 5.0


@pytest.mark.parametrize(
    "body",
    [b'{"code":121,"message":"Mention STOP is missing."}', b'{"code":"121"}'],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_missing_stop_mention_refuses_the_campaign(status: int, body: bytes) -> None:
    outcome = read(status, body)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.scope) == (121, RefusalScope.CAMPAIGN)
    assert "STOP au 30101" in outcome.reason


def test_the_providers_wording_is_kept_apart_from_our_sentence() -> None:
    outcome = read(400, b'{"code":117,"message":"No valid number."}')
    assert outcome == Refused(
        code=117,
        message="No valid number.",
        scope=RefusalScope.FRAME,
        reason="Octopush found no correct phone number.",
    )


def error(code: int) -> Outcome:
    return read(400, json.dumps({"code": code, "message": "x"}).encode())


@pytest.mark.parametrize("code", [101, 104, 105, 108, 109, 113, 114, 201, 207, 209, 401, 403])
def test_codes_about_the_account_are_not_sent_and_stop(code: int) -> None:
    outcome = error(code)
    assert isinstance(outcome, NotSent)
    assert (outcome.stop, outcome.code) == (True, code)


@pytest.mark.parametrize("code", [102, 106, 107, 112, 119, 121, 122, 189, 208, 1340, 1341, 9999])
def test_codes_about_the_campaign_refuse_all_of_it(code: int) -> None:
    outcome = error(code)
    assert isinstance(outcome, Refused)
    assert outcome.scope is RefusalScope.CAMPAIGN


@pytest.mark.parametrize("code", [103, 110, 111, 115, 117, 150, 151, 152, 181, 305])
def test_codes_about_recipients_refuse_one_frame(code: int) -> None:
    outcome = error(code)
    assert isinstance(outcome, Refused)
    assert outcome.scope is RefusalScope.FRAME


@pytest.mark.parametrize("code", [120, 133, 182, 132])
def test_an_id_used_before_stops_in_doubt(code: int) -> None:
    outcome = error(code)
    assert isinstance(outcome, Unknown)
    assert (outcome.stop, outcome.code) == (True, code)


@pytest.mark.parametrize("code", [125, 438, 500, 501])
def test_undefined_errors_are_in_doubt(code: int) -> None:
    outcome = error(code)
    assert isinstance(outcome, Unknown)
    assert (outcome.stop, outcome.code) == (False, code)


@pytest.mark.parametrize(
    ("code", "wait"), [(126, 60), (127, 60), (129, 60), (206, 60), (128, 900), (153, 900)]
)
def test_codes_about_being_busy_ask_to_wait(code: int, wait: float) -> None:
    outcome = error(code)
    assert isinstance(outcome, NotSent)
    assert (outcome.stop, outcome.retry_after) == (False, wait)


@pytest.mark.parametrize(
    "body", [b"", b"Forbidden by firewall", b"{}", b'{"code":0}', b'{"code":true}', b'{"code":"x"}']
)
@pytest.mark.parametrize("status", [400, 418, 422, 451])
def test_a_refusal_that_is_not_the_apis_stops_in_doubt(status: int, body: bytes) -> None:
    outcome = read(status, body)
    assert isinstance(outcome, Unknown)
    assert outcome.stop


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text("sms_01.e-", max_size=4)
VALUES = SCALARS | st.lists(SCALARS, max_size=2)
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "sms_ticket": VALUES | st.just("sms_1"),
        "number_of_contacts": VALUES | st.integers(-1, 7),
        "total_cost": VALUES,
        "code": VALUES | st.sampled_from([0, "000", 104, 120, 121, 500]),
        "message": VALUES,
    },
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(status=st.integers(100, 999), answer=OBJECTS)
def test_nothing_but_a_2xx_with_ticket_and_a_possible_count_is_accepted(
    status: int, answer: dict[str, object]
) -> None:
    outcome = read(status, json.dumps(answer).encode())
    if isinstance(outcome, Accepted):
        assert 200 <= status < 300
        assert outcome.ticket
        assert 1 <= outcome.number_of_contacts <= 5


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(status=st.integers(100, 999), body=st.binary(max_size=60))
def test_no_noise_is_accepted_or_refused(status: int, body: bytes) -> None:
    assert isinstance(read(status, body), NotSent | Unknown)
