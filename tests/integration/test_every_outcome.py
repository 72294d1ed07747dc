"""Every row of the table of outcomes (`reliability.md` section 2.4), over real sockets.

Each case gives what the server does to the first posts of frame 1; whatever comes after is
accepted. Frames have 100 contacts. `proved` is the middle column of the table, `unproved` the
right one; the numbers are those of its rows.
"""

import socket
import ssl
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import numpy as np
import orjson
import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import Contact
from bulksms.ledger import FrozenFrame, Ledger, ProofRecord
from bulksms.octopush import Client, Credentials, Route, Timeouts, add_request_id, build_body
from bulksms.sender import ClockCheck, Pacing, StopCause
from bulksms.sender.send_frames import send_frames
from tests.builders import ledger_in, new_campaign
from tests.fakes import FakeClock
from tests.unit.octopush.loopback import Behaviour, answer, read_request, serving

KEY = Credentials(login="me@example.org", key="test-secret")
REAL = Credentials(login="me@example.org", key="real-secret")
QUICK = Timeouts(connect=2, write=2, read=0.3, total=2)
PEOPLE = 100
FRAMES = 3


class ServerClock:
    """The clock of the server, which is that of the test that runs."""

    clock = FakeClock()

    @classmethod
    def date(cls) -> str:
        return "Date: " + format_datetime(cls.clock.now(), usegmt=True)


def accepted_body(count: object = PEOPLE, sms: int = PEOPLE, cost: object = 4.5) -> bytes:
    return orjson.dumps(
        {
            "sms_ticket": "sms_1",
            "number_of_contacts": count,
            "number_of_sms_needed": sms,
            "total_cost": cost,
        }
    )


def says(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer(status, body, ServerClock.date(), *headers))

    return behave


def code(number: int, status: str = "400 Bad Request") -> Behaviour:
    return says(status, b'{"code":%d,"message":"no"}' % number)


def hang_up(connection: socket.socket) -> None:
    read_request(connection)


def reset(connection: socket.socket) -> None:
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silence(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)


def cut(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(
        answer("201 Created", accepted_body()[:40], ServerClock.date(), length=len(accepted_body()))
    )


def half_read(connection: socket.socket) -> None:
    connection.recv(100)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def endless(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(f"HTTP/1.1 201 Created\r\n{ServerClock.date()}\r\n\r\n".encode())
    for _ in range(40):
        connection.sendall(b" " * 1_000_000)


def broken_handshake(connection: socket.socket) -> None:
    connection.recv(1000)


def strange_certificate(connection: socket.socket) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).parents[1] / "unit" / "octopush" / "self_signed.pem")
    context.wrap_socket(connection, server_side=True).close()


ACCEPTED = says("201 Created", accepted_body())
LATER = says("429 Too Many Requests", b"", "Retry-After: 3")
DUPLICATE = code(182)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is expected of frame 1 and of the run; each is the frame's state, its attempts, and the
    run's state and cause."""

    row: str
    does: Sequence[Behaviour] = ()
    address: str | None = None
    proved: "Expected"
    unproved: "Expected | None" = None
    huge: bool = False

    def expected(self, *, proved: bool) -> "Expected":
        return self.proved if proved or self.unproved is None else self.unproved


Expected = tuple[str, int, str, StopCause]
ON: tuple[str, StopCause] = ("done", StopCause.NONE)
AGAIN = ("accepted", 2, *ON)
LEFT = ("in_doubt", 1, *ON)


def stops(state: str, cause: StopCause = StopCause.ACCOUNT, posts: int = 1) -> "Expected":
    return state, posts, "stopped", cause


NOWHERE = ("planned", 6, "paused", StopCause.ACCOUNT)
SECURE = "https"  # the same server, spoken to over TLS

CASES = [
    Case(row="1", address="https://nowhere.invalid/v1/public", proved=NOWHERE),
    Case(row="2", address="http://127.0.0.1:1", proved=NOWHERE),
    Case(row="3", does=[says("407 Proxy Authentication Required")], proved=stops("planned")),
    Case(row="4", does=[strange_certificate], address=SECURE, proved=stops("planned")),
    Case(row="5", does=[broken_handshake] * 9, address=SECURE,
         proved=("planned", 6, "paused", StopCause.ACCOUNT)),
    Case(row="6", does=[half_read], huge=True, proved=AGAIN),
    Case(row="7", does=[hang_up], proved=AGAIN, unproved=LEFT),
    Case(row="7-reset", does=[reset], proved=AGAIN, unproved=LEFT),
    Case(row="8", does=[silence], proved=AGAIN, unproved=LEFT),
    Case(row="10", does=[ACCEPTED], proved=("accepted", 1, *ON)),
    Case(row="11-parts", does=[says("201 Created", accepted_body(sms=200, cost=9))],
         proved=stops("accepted", StopCause.COST)),
    Case(row="11-price", does=[says("201 Created", accepted_body(cost=4.6))],
         proved=stops("accepted", StopCause.COST)),
    Case(row="12", does=[says("201 Created", accepted_body(95))],
         proved=("accepted_short", 1, *ON)),
    Case(row="12-many", does=[says("201 Created", accepted_body(94))],
         proved=stops("accepted_short", StopCause.SHORT)),
    *[Case(row=f"13-{count}", does=[says("201 Created", accepted_body(count))],
           proved=stops("in_doubt", StopCause.DOUBT)) for count in (0, 101, -1, "many")],
    Case(row="14-html", does=[says("200 OK", b"<html>Log in</html>")],
         proved=stops("in_doubt", StopCause.DOUBT)),
    Case(row="14-204", does=[says("204 No Content")], proved=stops("in_doubt", StopCause.DOUBT)),
    Case(row="14-no-ticket", does=[says("201 Created", b'{"number_of_contacts":100}')],
         proved=stops("in_doubt", StopCause.DOUBT)),
    Case(row="15", does=[cut], proved=AGAIN, unproved=LEFT),
    *[Case(row=f"16-{status}", does=[says(f"{status} Moved", b"", "Location: http://[::1]:9/")],
           proved=stops("planned")) for status in (301, 307, 308)],
    *[Case(row=f"16b-{status}", does=[says(f"{status} Other", b"", "Location: http://[::1]:9/")],
           proved=stops("in_doubt", StopCause.DOUBT)) for status in (302, 303)],
    Case(row="17-frame", does=[code(117)], proved=("refused", 1, *ON)),
    Case(row="17-campaign", does=[code(106)], proved=stops("refused", StopCause.CAMPAIGN)),
    *[Case(row=f"18-{number}", does=[code(number)], proved=stops("in_doubt", StopCause.DOUBT))
      for number in (120, 133, 182)],
    # Unproved, frame 1 is left alone, and the refusal meets frame 2, which is row 18.
    *[Case(row=f"19-{number}", does=[silence, code(number)],
           proved=AGAIN, unproved=stops("in_doubt", StopCause.DOUBT))
      for number in (120, 133, 182)],
    Case(row="20", does=[LATER, DUPLICATE], proved=stops("in_doubt", StopCause.DOUBT, posts=2)),
    Case(row="21", does=[code(4711)], proved=stops("refused", StopCause.CAMPAIGN)),
    *[Case(row=f"22-{status}", does=[says(f"{status} No", b"<html>")],
           proved=stops("in_doubt", StopCause.DOUBT)) for status in (400, 418, 422)],
    *[Case(row=f"23-{status}", does=[says(f"{status} No")], proved=stops("planned"))
      for status in (401, 403)],
    *[Case(row=f"23-code-{number}", does=[code(number)], proved=stops("planned"))
      for number in (101, 108, 109, 113, 114)],
    Case(row="24", does=[says("402 Payment Required")], proved=stops("planned")),
    *[Case(row=f"24-code-{number}", does=[code(number)], proved=stops("planned"))
      for number in (104, 105)],
    *[Case(row=f"25-{status}", does=[says(f"{status} No")], proved=stops("planned"))
      for status in (404, 405, 406, 410, 415)],
    Case(row="26", does=[says("408 Request Timeout")], proved=AGAIN, unproved=LEFT),
    *[Case(row=f"27-{status}", does=[says(f"{status} Busy")], proved=AGAIN, unproved=LEFT)
      for status in (409, 423)],
    Case(row="27-twice", does=[says("409 Busy")] * 2,
         proved=stops("in_doubt", StopCause.DOUBT, posts=2),
         unproved=("in_doubt", 1, "paused", StopCause.DOUBT)),
    Case(row="28", does=[says("413 Too Large")], proved=("dropped", 1, *ON)),
    *[Case(row=f"29-{status}", does=[says(f"{status} Elsewhere")], proved=AGAIN)
      for status in (421, 425)],
    Case(row="30", does=[LATER], proved=AGAIN),
    Case(row="30-long", does=[says("429 Slow", b"", "Retry-After: 901")], proved=stops("planned")),
    Case(row="31", does=[says("429 Slow")], proved=AGAIN),
    Case(row="31-garbage", does=[says("429 Slow", b"", "Retry-After: soon")], proved=AGAIN),
    *[Case(row=f"32-{status}", does=[says(f"{status} Broken")], proved=AGAIN, unproved=LEFT)
      for status in (500, 502, 503, 504, 520)],
    Case(row="32-retry-after", does=[says("503 Broken", b"", "Retry-After: 5")],
         proved=AGAIN, unproved=LEFT),
    *[Case(row=f"32-code-{number}", does=[code(number)], proved=AGAIN, unproved=LEFT)
      for number in (125, 500, 501)],
    Case(row="33", does=[endless], proved=AGAIN, unproved=LEFT),
]  # fmt: skip


def freeze_frame(number: int, *, huge: bool) -> FrozenFrame:
    first = 33_639_980_000 + PEOPLE * number
    digits = list(range(first, first + PEOPLE))
    people = [
        Contact(row=2 + n, phone_number=f"+{phone_number}") for n, phone_number in enumerate(digits)
    ]
    text = "Hi STOP au 30101" + "!" * (10_000_000 if huge and number == 1 else 0)
    request_id, body = add_request_id(build_body(Parameters(text=text), people), key=str(number))
    return FrozenFrame(
        number=number,
        first_row=2,
        last_row=1 + PEOPLE,
        body=body,
        request_id=request_id,
        numbers=np.array(digits, dtype="<i8").tobytes(),
        sms_planned=PEOPLE,
        cost_planned=Decimal("4.5"),
    )


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with ledger_in(tmp_path_factory.mktemp("outcomes")) as opened:
        yield opened


def in_turn(case: Case) -> Behaviour:
    """Do what the case says to the first posts, and take all later ones; tell the hour."""
    left = list(case.does)

    def behave(connection: socket.socket) -> None:
        asks_the_hour = case.address != SECURE and connection.recv(4, socket.MSG_PEEK) == b"GET "
        if left and not asks_the_hour:
            left.pop(0)(connection)
            return
        request = read_request(connection)
        people = request.count(b"phone_number")
        connection.sendall(
            answer("201 Created", accepted_body(people, people, people * 0.045), ServerClock.date())
        )

    return behave


@pytest.mark.parametrize("proved", [True, False], ids=["proved", "unproved"])
@pytest.mark.parametrize("case", CASES, ids=[f"row-{case.row}" for case in CASES])
def test_what_becomes_of_a_frame(ledger: Ledger, case: Case, proved: bool) -> None:
    frames = [freeze_frame(number, huge=case.huge) for number in range(1, FRAMES + 1)]
    asked = {"auto_delete_optout_contacts": True}
    campaign = ledger.campaigns.create(
        new_campaign(f"{case.row}-{proved}", parameters=asked, account="a"), frames
    )
    clock = ServerClock.clock = FakeClock()
    proof = ProofRecord(
        account="a",
        base_url="b",
        proved_at=clock.now(),
        protects=True,
        window=timedelta(hours=24),
    )
    with serving(in_turn(case)) as server:
        secure = server.address.replace("http://127.0.0.1", "https://localhost")
        address = secure if case.address == SECURE else case.address or server.address
        key = REAL if "invalid" in address else KEY
        outcome = send_frames(
            ledger,
            lambda: Client(address, key, QUICK, clock, Route(trusted_url=address)),
            campaign,
            Pacing(chance=lambda: 1.0),
            clock,
            proof=proof if proved else None,
            clock_check=agreed(clock),
        )
    first = ledger.frames.get(campaign.id, 1)
    reached = (first.state.value, first.attempts, outcome.state, outcome.cause)
    assert reached == case.expected(proved=proved), (outcome.reason, first.message)
    if first.state == "accepted" and case.row.startswith("19"):
        assert first.ticket is None
        assert first.message.startswith("inferred: ")


def agreed(clock: FakeClock) -> ClockCheck:
    """The check of a clock that the server has just agreed with, so that it is not asked."""
    clock_check = ClockCheck(clock)
    clock_check.learn(clock.now(), clock.monotonic())
    return clock_check


def test_the_table_is_whole() -> None:
    rows = {case.row.split("-")[0] for case in CASES}
    # 9 and 34 are ends of our own process, which no server can cause.
    assert rows | {"9", "34"} == {str(number) for number in range(1, 35)} | {"16b"}


def test_a_short_count_is_not_explained_when_no_one_was_to_be_left_out(ledger: Ledger) -> None:
    frames = [freeze_frame(number, huge=False) for number in (1, 2)]
    asked = {"auto_delete_optout_contacts": False}
    campaign = ledger.campaigns.create(new_campaign("asked-for-all", parameters=asked), frames)
    clock = ServerClock.clock = FakeClock()
    with serving(says("201 Created", accepted_body(99))) as server:
        outcome = send_frames(
            ledger,
            lambda: Client(server.address, KEY, QUICK),
            campaign,
            Pacing(),
            clock,
            clock_check=agreed(clock),
        )
    assert (outcome.state, outcome.cause) == ("stopped", StopCause.SHORT)
    assert ledger.frames.get(campaign.id, 1).message.startswith(
        "1 of 100 contacts were not accepted"
    )


def test_a_refused_certificate_comes_with_our_hour(ledger: Ledger) -> None:
    campaign = ledger.campaigns.create(new_campaign("server_clock"), [freeze_frame(1, huge=False)])
    clock = FakeClock()
    with serving(strange_certificate) as server:
        address = server.address.replace("http://127.0.0.1", "https://localhost")
        outcome = send_frames(
            ledger,
            lambda: Client(address, KEY, QUICK, clock),
            campaign,
            Pacing(),
            clock,
            clock_check=ClockCheck(clock),
        )
    assert "it says 2027-03-01 12:00 UTC" in (outcome.reason or "")
