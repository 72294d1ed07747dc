"""The client against real sockets on loopback that misbehave in exact ways."""

import gzip
import socket
import ssl
import struct
import threading
import time
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import Contact
from bulksms.errors import ApiError
from bulksms.octopush import (
    Accepted,
    Balance,
    Client,
    Credentials,
    NotSent,
    Outcome,
    Refused,
    Route,
    Timeouts,
    Unknown,
    add_request_id,
    build_body,
)
from tests.unit.octopush.loopback import Behaviour, answer, answering, read_request, serving

KEY = Credentials(login="me@example.org", key="test-secret")
SHORT = Timeouts(connect=2, write=2, read=0.4, total=5)
CONTACT = Contact(row=2, phone_number="+33639980001")
FRAME = add_request_id(build_body(Parameters(text="Hi STOP au 30101"), [CONTACT]), key="k")[1]
TAKEN = b'{"sms_ticket":"sms_1","number_of_contacts":1,"total_cost":0.0333}'


BOMB = gzip.compress(TAKEN + b" " * 2_000_000)


def post(address: str, body: bytes = FRAME, timeouts: Timeouts = SHORT) -> Outcome:
    with Client(address, KEY, timeouts) as client:
        return client.post(body)


def post_to(behave: Behaviour, timeouts: Timeouts = SHORT) -> Outcome:
    with serving(behave) as server:
        return post(server.address, timeouts=timeouts)


def test_an_accepted_frame_arrives_once_with_the_headers_of_the_api() -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(answer("201 Created", TAKEN))

    outcome = post_to(behave)
    assert outcome == Accepted(ticket="sms_1", number_of_contacts=1, total_cost=Decimal("0.0333"))
    (request,) = seen
    head, _, body = request.partition(b"\r\n\r\n")
    assert body == FRAME
    assert head.startswith(b"POST /sms-campaign/send HTTP/1.1\r\n")
    for line in (
        b"api-key: test-secret",
        b"api-login: me@example.org",
        b"Content-Type: application/json",
        b"Accept-Encoding: identity",
    ):
        assert line in head.split(b"\r\n")


def test_a_refused_connection_is_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    outcome = post(address)
    assert outcome == NotSent(
        reason="Octopush could not be reached: check the internet connection."
    )


def test_a_connection_that_is_never_accepted_is_not_sent() -> None:
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for pending in waiting:
        pending.setblocking(False)
        with suppress(BlockingIOError):
            pending.connect(full.getsockname())
    try:
        outcome = post(f"http://127.0.0.1:{full.getsockname()[1]}", timeouts=Timeouts(connect=0.3))
    finally:
        for opened in [full, *waiting]:
            opened.close()
    assert isinstance(outcome, NotSent)
    assert not outcome.stop


def test_a_frame_that_cannot_leave_whole_is_not_sent() -> None:
    def behave(connection: socket.socket) -> None:
        connection.recv(100)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    huge = FRAME.replace(b"Hi STOP", b"Hi" * 10_000_000 + b"STOP")
    with serving(behave) as server:
        outcome = post(server.address, huge)
    assert outcome == NotSent(reason="The connection broke before the frame was sent completely.")


def test_a_server_that_stops_reading_leaves_the_frame_not_sent() -> None:
    over = threading.Event()

    def behave(connection: socket.socket) -> None:
        connection.recv(100)
        over.wait(5)

    huge = FRAME.replace(b"Hi STOP", b"Hi" * 10_000_000 + b"STOP")
    with serving(behave) as server:
        outcome = post(server.address, huge, Timeouts(write=0.3))
        over.set()
    assert outcome == NotSent(reason="The connection broke before the frame was sent completely.")


def test_a_refusal_in_the_middle_of_the_frame_counts() -> None:
    over = threading.Event()

    def behave(connection: socket.socket) -> None:
        connection.recv(100)
        connection.sendall(answer("503 Busy"))
        connection.shutdown(socket.SHUT_WR)
        over.wait(5)

    huge = FRAME.replace(b"Hi STOP", b"Hi" * 10_000_000 + b"STOP")
    with serving(behave) as server:
        outcome = post(server.address, huge, Timeouts(write=0.3))
        over.set()
    assert isinstance(outcome, NotSent)
    assert not outcome.stop


def test_a_connection_closed_before_reading_is_in_doubt_once_the_frame_has_left() -> None:
    def behave(connection: socket.socket) -> None:
        while not connection.recv(65536, socket.MSG_PEEK).endswith(FRAME):
            pass  # what is only looked at counts as unread

    outcome = post_to(behave)
    assert outcome == Unknown(
        reason="The frame was posted, but no answer came back: it may or may not have been sent."
    )


def close_after_reading(connection: socket.socket) -> None:
    read_request(connection)


def reset_after_reading(connection: socket.socket) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_after_reading(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)


@pytest.mark.parametrize(
    "behave",
    [
        close_after_reading,
        reset_after_reading,
        hang_after_reading,
        answering(b"what?\r\n\r\n"),
        answering(b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_no_answer_to_a_frame_that_left_is_in_doubt(behave: Behaviour) -> None:
    with serving(behave) as server:
        outcome = post(server.address)
        assert server.connections == 1
    assert isinstance(outcome, Unknown)
    assert not outcome.stop


CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        answer("201 Created", TAKEN[:20], length=len(TAKEN)),
        answer("201 Created", length=50),
        CHUNKED + b"40\r\n" + TAKEN[:10],
        CHUNKED + b"zz\r\n" + TAKEN,
        answer("200 OK", b" " * 2_000_000),
    ],
    ids=["cut", "nothing of it", "cut chunk", "bad chunk", "huge"],
)
def test_a_success_that_breaks_off_is_in_doubt(raw: bytes) -> None:
    outcome = post_to(answering(raw))
    assert outcome == Unknown(
        reason="The frame was posted, but the answer broke off: it has probably been sent."
    )


def test_a_success_that_ends_within_its_headers_is_in_doubt() -> None:
    outcome = post_to(answering(b"HTTP/1.1 201 Created\r\nContent-Len"))
    assert isinstance(outcome, Unknown)


def test_a_name_that_cannot_be_found_is_not_sent() -> None:
    real = Credentials(login="me@example.org", key="real-secret")
    address = "https://nowhere.invalid/v1/public"
    with Client(address, real, SHORT, route=Route(trusted_url=address)) as client:
        outcome = client.post(FRAME)
    assert outcome == NotSent(
        reason="The address of Octopush could not be found: check the internet connection."
    )


def test_an_address_that_cannot_be_tried_is_not_sent_and_stops() -> None:
    outcome = post("https://localhost:99999")
    assert isinstance(outcome, NotSent)
    assert outcome.stop


def test_a_success_that_stalls_is_in_doubt() -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer("201 Created", TAKEN[:20], length=len(TAKEN)))
        connection.recv(1)

    assert isinstance(post_to(behave), Unknown)


def test_a_whole_ticket_counts_though_the_answer_promised_more() -> None:
    outcome = post_to(answering(answer("201 Created", TAKEN, length=len(TAKEN) + 9)))
    assert isinstance(outcome, Accepted)


def test_a_compressed_answer_is_read_though_none_was_asked_for() -> None:
    raw = answer("201 Created", gzip.compress(TAKEN), "Content-Encoding: gzip")
    assert isinstance(post_to(answering(raw)), Accepted)


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"


def test_interim_answers_are_not_the_answer() -> None:
    refusal = answer("400 Bad Request", b'{"code":121,"message":"Mention STOP is missing."}')
    outcome = post_to(answering(EARLY + refusal))
    assert isinstance(outcome, Refused)
    assert outcome.code == 121
    assert isinstance(post_to(answering(EARLY + answer("201 Created", TAKEN))), Accepted)


def test_a_chunked_answer_is_read() -> None:
    chunk = f"{len(TAKEN):x}\r\n".encode() + TAKEN + b"\r\n0\r\n\r\n"
    assert isinstance(post_to(answering(CHUNKED + chunk)), Accepted)


@pytest.mark.parametrize(
    "raw",
    [
        answer("200 OK", b"<html>Welcome to the hotel</html>"),
        answer("204 No Content"),
        answer("201 Created", b"\x1f\x8b\x08\x00", "Content-Encoding: gzip"),
        answer("201 Created", BOMB, "Content-Encoding: gzip"),
    ],
    ids=["login page", "nothing", "broken gzip", "gzip bomb"],
)
def test_a_success_that_is_not_octopush_stops_in_doubt(raw: bytes) -> None:
    outcome = post_to(answering(raw))
    assert isinstance(outcome, Unknown)
    assert outcome.stop


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_dripping_answer_ends_at_the_total_deadline(part: str) -> None:
    over = threading.Event()  # never set: the client hangs up

    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 201 Created\r\n" + (b"\r\n" if part == "body" else b"X: "))
        while True:
            connection.sendall(b" ")
            over.wait(0.05)

    started = time.monotonic()
    outcome = post_to(behave, Timeouts(read=5, total=0.5))
    assert isinstance(outcome, Unknown)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_never_followed(status: int) -> None:
    with serving(close_after_reading) as other:
        raw = answer(f"{status} Elsewhere", b"", f"Location: {other.address}/x")
        outcome = post_to(answering(raw))
        assert other.connections == 0
    assert isinstance(outcome, NotSent if status in {301, 307, 308} else Unknown)
    assert outcome.stop


def test_a_business_error_is_read_from_the_wire() -> None:
    raw = answer("400 Bad Request", b'{"code":121,"message":"Mention STOP is missing."}')
    outcome = post_to(answering(raw))
    assert isinstance(outcome, Refused)
    assert outcome.code == 121


def test_a_throttle_is_read_from_the_wire() -> None:
    outcome = post_to(answering(answer("429 Slow", b"", "retry-after: 7")))
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == 7.0


def test_a_server_error_is_posted_once_and_in_doubt() -> None:
    with serving(answering(answer("503 Busy", b"", "Retry-After: 0"))) as server:
        outcome = post(server.address)
        assert server.connections == 1
    assert isinstance(outcome, Unknown)
    assert not outcome.stop


def keep_alive(connection: socket.socket) -> None:
    raw = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(TAKEN), TAKEN)
    while read_request(connection):
        connection.sendall(raw)


@pytest.mark.parametrize(("idle", "connections"), [(60.0, 1), (0.0, 2)])
def test_a_connection_is_reused_only_while_it_is_fresh(idle: float, connections: int) -> None:
    with serving(keep_alive) as server, Client(server.address, KEY, Timeouts(idle=idle)) as client:
        assert isinstance(client.post(FRAME), Accepted)
        assert isinstance(client.post(FRAME), Accepted)
        assert server.connections == connections


@pytest.mark.parametrize("first", ["200 OK", "502 Bad Gateway", "101 Switching Protocols"])
def test_a_connection_is_kept_only_after_an_answer_that_was_understood(first: str) -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % first.encode())
        read_request(connection)  # on the same connection, what is read now would go unanswered

    with serving(behave) as server, Client(server.address, KEY, Timeouts(idle=60)) as client:
        assert isinstance(client.post(FRAME), Unknown)
        client.post(FRAME)
        assert server.connections == 2


def test_closing_the_client_closes_its_connection_at_once() -> None:
    closed = threading.Event()

    def behave(connection: socket.socket) -> None:
        keep_alive(connection)  # returns when the other side has closed
        closed.set()

    with serving(behave) as server:
        client = Client(server.address, KEY, Timeouts(idle=60))
        assert isinstance(client.post(FRAME), Accepted)
        assert not closed.is_set()
        client.close()
        assert closed.wait(5)
        assert isinstance(client.post(FRAME), Accepted)
        client.close()


def test_a_reused_connection_that_dies_after_the_frame_left_is_in_doubt() -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(
            b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(TAKEN) + TAKEN
        )
        read_request(connection)

    with serving(behave) as server, Client(server.address, KEY, Timeouts(idle=60)) as client:
        assert isinstance(client.post(FRAME), Accepted)
        assert isinstance(client.post(FRAME), Unknown)
        assert server.connections == 1


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(close_after_reading) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.address)
        outcome = post_to(answering(answer("201 Created", TAKEN)))
        assert proxy.connections == 0
    assert isinstance(outcome, Accepted)


def test_an_untrusted_certificate_stops_before_anything_is_sent() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parent / "self_signed.pem")
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            seen.append(secure.recv(1))

    with serving(behave) as server:
        outcome = post(server.address.replace("http://127.0.0.1", "https://localhost"))
    assert isinstance(outcome, NotSent)
    assert outcome.stop
    assert "clock" in outcome.reason
    assert b"".join(seen) == b""


@pytest.mark.parametrize(
    "behave",
    [
        lambda connection: connection.recv(1),
        lambda connection: connection.sendall(b"HTTP/1.1 400 No\r\n\r\n"),
    ],
)
def test_a_failed_handshake_is_not_sent(behave: Behaviour) -> None:
    with serving(behave) as server:
        outcome = post(server.address.replace("http:", "https:"))
    assert outcome == NotSent(reason="The TLS connection to Octopush failed.")


def test_a_handshake_that_hangs_is_not_sent() -> None:
    def behave(connection: socket.socket) -> None:
        while connection.recv(65536):
            pass

    with serving(behave) as server:
        outcome = post(server.address.replace("http:", "https:"), timeouts=Timeouts(connect=0.3))
    assert outcome == NotSent(reason="The TLS connection to Octopush failed.")


def balance_of(raw: bytes) -> Balance:
    with serving(answering(raw)) as server, Client(server.address, KEY, SHORT) as client:
        return client.balance()


def test_the_balance_is_read_exactly() -> None:
    raw = answer("200 OK", b'{"amount": 12.54, "unit": "euros"}')
    assert balance_of(raw) == Balance(amount=Decimal("12.54"), unit="euros")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (answer("401 No", b'{"code":101}'), "does not accept the login or the API key"),
        (answer("400 No", b'{"code":107}'), "found no text"),
        (answer("200 OK", b"<html>"), "not that of Octopush"),
        (answer("500 Oh"), "HTTP 500"),
        (b"", "No answer came back"),
    ],
)
def test_a_balance_that_cannot_be_read_says_why_without_the_key(raw: bytes, why: str) -> None:
    with pytest.raises(ApiError, match=why) as caught:
        balance_of(raw)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "secret" not in repr(caught.value)


def test_a_balance_out_of_reach_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with Client(address, KEY, SHORT) as client, pytest.raises(ApiError, match="be reached"):
        client.balance()
