"""Each fault really happens on the wire, and only those "after accept" take the frame."""

import http.client
import json
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bulksms.errors import UsageError
from bulksms.sandbox import FaultKind, SandboxOptions, parse_script
from tests.integration.sandbox.caller import RunningSandbox, StartBox, submission


def only(start: StartBox, kind: str, **options: object) -> RunningSandbox:
    return start(faults=1.0, fault_kinds=(kind,), **options)


@pytest.mark.parametrize(("kind", "taken"), [("reset_before", 0), ("reset_after_accept", 1)])
def test_reset(start: StartBox, kind: str, taken: int) -> None:
    box = only(start, kind)
    with pytest.raises(ConnectionResetError):
        box.send()
    assert len(box.sandbox.accepted) == taken


@pytest.mark.parametrize(
    ("kind", "taken"), [("silence_before_accept", 0), ("silence_after_accept", 1)]
)
def test_silence(start: StartBox, kind: str, taken: int) -> None:
    box = only(start, kind)
    with pytest.raises(TimeoutError):
        box.send(timeout=0.2)
    assert len(box.sandbox.accepted) == taken


@pytest.mark.parametrize(
    ("kind", "status", "taken"),
    [
        ("500_before", 500, 0),
        ("502_after_accept", 502, 1),
        ("429", 429, 0),
        ("429_retry_after", 429, 0),
        ("504_before", 504, 0),
        ("504_after_accept", 504, 1),
        ("html_200", 200, 0),
    ],
)
def test_page(start: StartBox, kind: str, status: int, taken: int) -> None:
    box = only(start, kind)
    answered = box.send()
    assert answered.status == status
    assert answered.raw.startswith(b"<!DOCTYPE html>")
    assert answered.headers.get("retry-after") == ("1" if kind == "429_retry_after" else None)
    assert len(box.sandbox.accepted) == taken


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect(start: StartBox, status: int) -> None:
    box = only(start, f"redirect_{status}", redirect_to="http://127.0.0.1:1/there")
    answered = box.send()
    assert (answered.status, answered.headers["location"]) == (status, "http://127.0.0.1:1/there")
    assert len(box.sandbox.accepted) == 0


def test_redirects_stay_on_this_machine() -> None:
    with pytest.raises(UsageError, match="this machine only"):
        SandboxOptions(redirect_to="http://example.com/")


@pytest.mark.parametrize(
    ("kind", "reported", "taken"),
    [("count_short", 4, 4), ("count_half", 3, 3), ("count_zero", 0, 5), ("count_over", 6, 5)],
)
def test_count(start: StartBox, kind: str, reported: int, taken: int) -> None:
    recipients = [{"phone_number": f"+3363998000{n}"} for n in range(5)]
    box = only(start, kind)
    assert box.send(recipients=recipients).body["number_of_contacts"] == reported
    (frame,) = box.sandbox.accepted
    assert frame.recipients == tuple(recipient["phone_number"] for recipient in recipients[:taken])


def test_a_refusal_is_not_miscounted(start: StartBox) -> None:
    box = only(start, "count_over")
    assert box.send(text="").code == 107


def test_garbage_answer(start: StartBox) -> None:
    box = only(start, "garbage_200")
    answered = box.send()
    with pytest.raises(ValueError, match="utf-8"):
        answered.raw.decode()
    assert (answered.status, len(box.sandbox.accepted)) == (200, 1)


def test_huge_answer_is_megabytes_of_json(start: StartBox) -> None:
    box = only(start, "huge_answer")
    answered = box.send()
    assert len(answered.raw) > 2_000_000
    assert answered.body["sms_ticket"] == box.sandbox.accepted[0].ticket


def test_slow_answer_comes_byte_by_byte_and_whole(start: StartBox) -> None:
    box = only(start, "slow_answer", drip=0.001)
    began = time.monotonic()
    answered = box.send()
    assert time.monotonic() - began > 0.001 * len(answered.raw)
    assert answered.body["sms_ticket"] == box.sandbox.accepted[0].ticket


def test_a_slow_refusal_is_a_refusal(start: StartBox) -> None:
    answered = only(start, "slow_answer", drip=0.001).send(recipients=[])
    plain = start().send(recipients=[])
    assert (answered.status, answered.body) == (plain.status, plain.body)
    assert answered.status >= 400


def test_early_400_answers_before_the_body_has_come(start: StartBox) -> None:
    box = only(start, "early_400")
    address = urlsplit(box.sandbox.base_url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as wire:
        wire.sendall(
            f"POST {address.path}/sms-campaign/send HTTP/1.1\r\nHost: {address.netloc}\r\n"
            "Content-Length: 1000000\r\n\r\n{".encode()
        )
        assert wire.recv(100).startswith(b"HTTP/1.1 400 ")
    assert box.sandbox.accepted == ()


def test_cut_answer_announces_more_than_comes(start: StartBox) -> None:
    box = only(start, "cut_200")
    with pytest.raises(http.client.IncompleteRead) as caught:
        box.send()
    assert caught.value.partial.startswith(b'{"sms_ticket"')
    assert caught.value.expected
    assert len(box.sandbox.accepted) == 1


@pytest.mark.parametrize("kind", ["reset_after_accept", "silence_after_accept", "cut_200"])
def test_log_is_written_before_the_misbehaviour(start: StartBox, tmp_path: Path, kind: str) -> None:
    box = only(start, kind, log=tmp_path / "log.jsonl")
    with pytest.raises((OSError, http.client.IncompleteRead)):
        box.send(timeout=0.2)
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) == 1


def test_frame_k_hangs_after_it_was_taken(start: StartBox) -> None:
    box = start(hang_after_accept=2)
    assert box.send().status == 201
    with pytest.raises(TimeoutError):
        box.send(timeout=0.2)
    assert box.send().status == 201
    assert len(box.sandbox.accepted) == 3


def test_same_seed_meets_the_same_faults(start: StartBox) -> None:
    pages = ("429", "500_before", "html_200", "502_after_accept")

    def run() -> list[int]:
        box = start(faults=0.5, seed=7, fault_kinds=pages)
        return [box.send().status for _ in range(40)]

    first = run()
    assert first == run()
    assert set(first) == {200, 201, 429, 500, 502}


def test_faults_met_are_counted(start: StartBox) -> None:
    box = only(start, "429")
    box.send()
    box.send()
    assert box.call("GET", "/_sandbox/accepted").body["faults"] == {"429": 2}


def test_stopping_does_not_wait_for_silent_connections(start: StartBox) -> None:
    box = only(start, "silence_after_accept")
    with pytest.raises(TimeoutError):
        box.send(timeout=0.1)
    began = time.monotonic()
    box.sandbox.stop()
    assert time.monotonic() - began < 2


def test_latency_delays_the_answer(start: StartBox) -> None:
    box = start(latency=0.2)
    began = time.monotonic()
    assert box.send().status == 201
    assert time.monotonic() - began >= 0.2


def test_every_kind_has_a_test_here() -> None:
    text = Path(__file__).read_text("utf-8")
    redirects = {"redirect_301", "redirect_302", "redirect_303", "redirect_307", "redirect_308"}
    assert [kind for kind in FaultKind if f'"{kind}"' not in text and kind not in redirects] == []


def test_interim_answers_come_before_the_real_one(start: StartBox) -> None:
    base = urlsplit(start(script=parse_script({"1": "interim_answers"})).sandbox.base_url)
    body = json.dumps(submission()).encode()
    head = (
        f"POST {base.path}/sms-campaign/send HTTP/1.1\r\nHost: {base.netloc}\r\n"
        "api-login: me\r\napi-key: test-key\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((base.hostname or "", base.port or 0), timeout=5) as connection:
        connection.sendall(head.encode() + body)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    statuses = [line for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert statuses == [
        b"HTTP/1.1 103 Early Hints",
        b"HTTP/1.1 102 Processing",
        b"HTTP/1.1 201 Created",
    ]
