"""Whatever the answer or the streams are, a frame that was taken is sent, once, and reported."""

import gzip
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.acceptance.driver import Desk, number, table
from tests.acceptance.test_environments import posix

MESSAGE = ("--text", "Avis. STOP au 30101", "--sender", "DESK", "--yes")
TAKEN = {
    "sms_ticket": "sms_1",
    "number_of_contacts": 3,
    "number_of_sms_needed": 3,
    "total_cost": 0.135,
    "residual_credit": 99.865,
}


class Answers:
    """What an API answers to every post; counts the posts."""

    def __init__(self) -> None:
        self.body, self.posts = b"", 0
        self.headers: dict[str, str] = {}


@contextmanager
def _listening(answers: Answers) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(200, b'{"amount": 100.0, "unit": "euros"}', {})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answers.posts += 1
            self._answer(201, answers.body, answers.headers)

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/public"
    finally:
        server.shutdown()
        server.server_close()


def _body(**changes: object) -> bytes:
    return json.dumps(TAKEN | changes).encode()


ODD: dict[str, tuple[bytes, dict[str, str], str, Decimal]] = {
    "gzip": (gzip.compress(_body()), {"Content-Encoding": "gzip"}, "sms_1", Decimal("0.135")),
    "surrogate": (_body(sms_ticket="sms\ud800_1"), {}, "sms _1", Decimal("0.135")),
    "escape sequence": (_body(sms_ticket="\x1b[2Jsms\x00"), {}, "[2Jsms", Decimal("0.135")),
    "endless ticket": (_body(sms_ticket="s" * 10_000), {}, "s" * 200, Decimal("0.135")),
    "17 decimals": (
        _body()[:-1] + b', "total_cost": 0.13500000000000001}',
        {},
        "sms_1",
        Decimal("0.13500000000000001"),
    ),
    "beyond 64 bits": (_body(number_of_sms_needed=2**70), {}, "sms_1", Decimal("0.135")),
    "no cost": (_body(total_cost=-1, residual_credit="much"), {}, "sms_1", Decimal(0)),
    "a byte order mark": (b"\xef\xbb\xbf" + _body(), {}, "sms_1", Decimal("0.135")),
    "more than asked": (_body(extra={"a": ["☎" * 999]}), {}, "sms_1", Decimal("0.135")),
}


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, answers: Answers) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("odd")
    with _listening(answers) as url:
        yield Desk(folder, url)


def _list_of_three(desk: Desk, start: int) -> str:
    """Write a list of people whom no other test of this file texts."""
    people = "\n".join(number(start + person) for person in range(3))
    (desk.folder / f"{start}.csv").write_text(f"Mobile\n{people}\n")
    return f"{start}.csv"


@pytest.mark.parametrize("name", ODD)
def test_an_odd_answer_to_a_frame_that_was_taken_is_an_acceptance(
    desk: Desk, answers: Answers, name: str
) -> None:
    answers.body, answers.headers, ticket, cost = ODD[name]
    file, before = _list_of_three(desk, 10 * list(ODD).index(name)), answers.posts

    sent = desk.run("send", file, *MESSAGE, "--json", "--results", f"{file}.frames.csv")

    assert sent.code == 0, sent.err
    assert answers.posts == before + 1
    assert sent.json["contacts"]["sent"] == 3
    assert Decimal(sent.json["total_cost"]) == cost
    (frame,) = table(desk.folder / f"{file}.frames.csv")
    assert (frame["state"], frame["sms_ticket"]) == ("accepted", ticket)
    assert "\x1b" not in sent.out + sent.err


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize(
    ("redirect", "code"),
    [
        (">/dev/full", 74),
        ("--json >/dev/full", 74),
        ("2>/dev/full", 0),
        (">&-", 0),
        ("<&- >&- 2>&-", 0),
        ("--results /dev/full", 74),
        ("--quiet --contact-results /dev/full", 74),
    ],
)
def test_streams_that_are_closed_or_full_lose_no_frame(
    desk: Desk, answers: Answers, redirect: str, code: int
) -> None:
    """The exit code says that an answer was lost; all the same the frame is sent."""
    answers.body, answers.headers, before = _body(), {}, answers.posts
    file = _list_of_three(desk, 1000 + 10 * len(list(desk.folder.glob("*.csv"))))
    done = subprocess.run(
        ["sh", "-c", f'"$@" {redirect}', "sh", *desk.program, "send", file, *MESSAGE],
        cwd=desk.folder,
        env=desk.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    newest = desk.run("status", "--json").json["campaigns"][-1]

    assert (done.returncode, answers.posts) == (code, before + 1), done.stderr
    assert b"Traceback" not in done.stderr
    assert (newest["files"], newest["contacts"]["sent"]) == ([file], 3)
