"""The other routes: wallet, cancelling, inspection, and paths that do not exist."""

import pytest

from tests.integration.sandbox.caller import RunningSandbox

SOON = "2026-03-02T10:10:01+01:00"  # ten minutes and a second after the stopped clock


def ticket_of(box: RunningSandbox, contacts: int = 1, send_at: str | None = SOON) -> str:
    recipients = [{"phone_number": f"+3363998{n:04d}"} for n in range(contacts)]
    ticket: str = box.send(recipients=recipients, send_at=send_at).body["sms_ticket"]
    return ticket


def cancel(box: RunningSandbox, ticket: object) -> int:
    answered = box.call("DELETE", "/sms-campaign/cancel", {"ticket_number": ticket})
    if answered.status == 204:
        assert answered.raw == b""
        return 204
    assert answered.status == 400
    return answered.code


def test_scheduled_campaign_of_two_contacts_is_cancelled_once(box: RunningSandbox) -> None:
    ticket = ticket_of(box, contacts=2)
    assert [cancel(box, ticket), cancel(box, ticket)] == [204, 131]
    assert box.call("GET", "/_sandbox/accepted").body["cancelled"] == [ticket]
    assert box.call("GET", "/wallet/check-balance").body == {"amount": 100, "unit": "euros"}


@pytest.mark.parametrize(
    ("contacts", "send_at", "code"),
    [
        (1, None, 132),
        (1, "2026-03-02T09:59:59+01:00", 132),
        (1, "2026-03-02T10:10:00+01:00", 128),
        (3, SOON, 128),
    ],
)
def test_cancel_is_refused(
    box: RunningSandbox, contacts: int, send_at: str | None, code: int
) -> None:
    assert cancel(box, ticket_of(box, contacts, send_at)) == code


def test_unknown_ticket_cannot_be_cancelled(box: RunningSandbox) -> None:
    assert [cancel(box, "sms_0"), cancel(box, None)] == [131, 131]


def test_balance_needs_both_country_and_product(box: RunningSandbox) -> None:
    assert box.call("GET", "/wallet/check-balance?country_code=FR").code == 100


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/wallet/check-balance"),
        ("GET", "/wallet/check-credits"),
        ("DELETE", "/sms-campaign/cancel"),
    ],
)
def test_every_route_asks_for_credentials(box: RunningSandbox, method: str, path: str) -> None:
    assert box.call(method, path, {}, headers={}).status == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/sms-campaign/send-one-time", 404),
        ("GET", "/nowhere", 404),
        ("GET", "/sms-campaign/send", 405),
        ("POST", "/sms-campaign/cancel", 405),
    ],
)
def test_wrong_path_or_method_is_reported_in_json(
    box: RunningSandbox, method: str, path: str, status: int
) -> None:
    answered = box.call(method, path, {})
    assert (answered.status, answered.code) == (status, 500)


def test_inspection_shows_frames_credit_and_posts(box: RunningSandbox) -> None:
    ticket = ticket_of(box)
    box.send(sender="AB")
    inspected = box.call("GET", "/_sandbox/accepted", headers={}).body
    assert [frame["ticket"] for frame in inspected["frames"]] == [ticket]
    assert (inspected["credit"], inspected["posts"]) == ("99.955", 2)
