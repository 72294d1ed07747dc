"""The receiver as a process: what it acknowledged is kept, and no stranger changes anything."""

import json
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from bulksms.ledger import open_ledger
from tests.acceptance.driver import Desk

PERSON = 33639980101
CERTIFICATES = Path(__file__).parents[1] / "unit" / "octopush"


@contextmanager
def listening(desk: Desk, *args: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the receiver, and give its process and its address."""
    process = desk.start("listen", "--port", "0", *args)
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _delivery(person: int, status: str = "DELIVERED") -> dict[str, str]:
    return {"message_id": "sms_1", "number": str(person), "status": status}


def _post(address: str, body: object, session: requests.Session | None = None) -> requests.Response:
    poster = session or requests.Session()
    return poster.post(address, data=json.dumps(body), timeout=30)


def _statuses(desk: Desk, person: int) -> list[str]:
    with open_ledger(desk.home) as ledger:
        return [each.status for each in ledger.receipts.of_number(person)]


def _is_opted_out(desk: Desk, person: int) -> bool:
    with open_ledger(desk.home) as ledger:
        return ledger.opt_outs.origin_of(person) is not None


def test_receipts_replies_and_stops_are_kept_and_answered_with_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with listening(desk) as (_, address):
        stop = {"number": str(PERSON + 1), "text": "stop", "stop_date": "2026-11-30 10:00:00"}
        reply = {"number": str(PERSON + 2), "text": "Arrêt.", "reception_date": "2026-11-30"}
        thanks = {"number": str(PERSON + 3), "text": "Merci", "reception_date": "2026-11-30"}
        answers = [_post(address, each) for each in (_delivery(PERSON), stop, reply, thanks)]
        form = "message_id=sms_1&number=%2B33639980105&status=NOT_DELIVERED"
        answers.append(requests.post(address, data=form, timeout=30))
        answers += [_post(address, "garbage"), requests.get(address, timeout=30)]

    assert [(each.status_code, each.content) for each in answers] == [(200, b"")] * 7
    assert _statuses(desk, PERSON) == ["DELIVERED"]
    assert _statuses(desk, 33639980105) == ["NOT_DELIVERED"]
    stopped = [person for person in range(PERSON, PERSON + 5) if _is_opted_out(desk, person)]
    assert stopped == [PERSON + 1, PERSON + 2]


def test_a_stranger_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with listening(desk) as (_, address):
        base, _, secret = address.rpartition("/")
        wrong = ["", "x", secret[:-1], secret + "x", secret.upper() + "-", f"{secret}/more", "%00"]
        session = requests.Session()
        forged = [
            _post(f"{base}/{wrong[at % len(wrong)]}", _delivery(PERSON, "BAD_DESTINATION"), session)
            for at in range(1000)
        ]
        other = [session.request(method, address, timeout=30) for method in ("PUT", "DELETE")]

    assert {(each.status_code, each.content) for each in (*forged, *other)} == {(404, b"")}
    assert _statuses(desk, PERSON) == []


def test_a_body_longer_than_any_callback_is_not_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with listening(desk) as (_, address):
        body = json.dumps(_delivery(PERSON)).encode() + b" " * 10_000_000
        try:
            answer = requests.post(address, data=body, timeout=30)
            assert answer.content == b""
        except requests.ConnectionError:
            pass  # closed while it was still being sent
        assert _post(address, _delivery(PERSON + 1)).status_code == 200

    assert _statuses(desk, PERSON) == []
    assert _statuses(desk, PERSON + 1) == ["DELIVERED"]


def test_nothing_acknowledged_is_lost_when_the_receiver_is_killed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    acknowledged: set[int] = set()

    def send(address: str, people: range) -> None:
        session = requests.Session()
        for person in people:
            try:
                if _post(address, _delivery(person), session).status_code == 200:
                    acknowledged.add(person)
            except requests.ConnectionError:
                return

    for turn in range(3):
        before = len(acknowledged)
        with listening(desk) as (process, address), ThreadPoolExecutor(8) as pool:
            first = PERSON + turn * 100_000
            parts = [range(first + at * 10_000, first + (at + 1) * 10_000) for at in range(8)]
            jobs = [pool.submit(send, address, part) for part in parts]
            deadline = time.monotonic() + 30
            while len(acknowledged) < before + 200 and time.monotonic() < deadline:
                time.sleep(0.01)
            process.kill()
            for job in jobs:
                job.result()

    assert len(acknowledged) >= 600
    with open_ledger(desk.home) as ledger:
        lost = [person for person in acknowledged if not ledger.receipts.of_number(person)]
    assert lost == []


def test_the_address_stays_the_same_until_a_new_one_is_asked_for(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with listening(desk, "--public-url", "https://sms.example.com/x/") as (_, first):
        pass
    with listening(desk, "--new-address") as (_, second):
        base, _, newest = second.rpartition("/")
        oldest = first.rpartition("/")[2]
        addresses = (f"{base}/{each}" for each in (newest, oldest))
        answers = [requests.get(each, timeout=30).status_code for each in addresses]

    assert first.startswith("https://sms.example.com/x/")
    assert oldest != newest
    assert answers == [200, 200]


@pytest.mark.parametrize("host", ["256.1.1.1", "127.0.0.1"])
def test_an_address_that_cannot_be_used_is_one_sentence(tmp_path: Path, host: str) -> None:
    desk = Desk(tmp_path)
    with listening(desk) as (_, address):
        port = address.split(":")[2].split("/")[0]
        answer = desk.run("listen", "--host", host, "--port", port)

    assert answer.code == 4
    assert answer.err.startswith("Error: ")
    assert answer.err.count("\n") == 1


def test_doctor_proves_that_the_address_is_reached(tmp_path: Path) -> None:
    desk = Desk(tmp_path, key=None)
    with listening(desk) as (_, address):
        reached = desk.run("doctor", "--offline", "--callback", address)
        mistyped = desk.run("doctor", "--offline", "--callback", address[:-1])
        bare = desk.run("doctor", "--offline", "--callback", "http://sms.example.com/x")
    gone = desk.run("doctor", "--offline", "--callback", address)

    assert "callbacks: the address reaches the receiver" in reached.out
    assert "callbacks: GET is answered with 404" in mistyped.out
    assert "callbacks: Octopush calls https addresses only" in bare.out
    assert "callbacks: GET is not answered: check that" in gone.out


@contextmanager
def _tls_proxy(backend: str) -> Iterator[str]:
    """End TLS as nginx does in the how-to: `/callbacks/` goes to the root of the receiver."""

    class Proxy(BaseHTTPRequestHandler):
        def _pass_on(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            answer = requests.request(
                self.command,
                backend + self.path.removeprefix("/callbacks"),
                data=self.rfile.read(length),
                headers=dict(self.headers),
                timeout=30,
            )
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = _pass_on  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / "company_server.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"https://localhost:{server.server_port}/callbacks"
        server.shutdown()
        thread.join()


def test_doctor_proves_an_address_behind_a_proxy_that_ends_tls(tmp_path: Path) -> None:
    desk = Desk(tmp_path, key=None, ca_file=CERTIFICATES / "company_ca.pem")
    with listening(desk) as (_, address):
        backend, _, secret = address.rpartition("/")
        with _tls_proxy(backend) as public:
            reached = desk.run("doctor", "--offline", "--callback", f"{public}/{secret}")
            mistyped = desk.run("doctor", "--offline", "--callback", f"{public}/{secret}x")
            stranger = Desk(tmp_path, key=None)
            untrusted = stranger.run("doctor", "--offline", "--callback", f"{public}/{secret}")

    assert "callbacks: the address reaches the receiver" in reached.out
    assert "callbacks: GET is answered with 404" in mistyped.out
    assert "callbacks: GET is not answered (its certificate is not trusted)" in untrusted.out


def test_doctor_notices_another_server_behind_the_address(tmp_path: Path) -> None:
    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/secret"
        answer = Desk(tmp_path, key=None).run("doctor", "--offline", "--callback", address)
        server.shutdown()
        thread.join()

    assert "callbacks: GET is answered by something else" in answer.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_an_interrupted_receiver_speaks_of_no_campaign(tmp_path: Path) -> None:
    process = Desk(tmp_path).start("listen", "--port", "0")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert said.endswith("No longer receiving receipts and STOPs.\n")
    assert "resume" not in said
