"""A second provider, written apart from the sandbox after Octopush's documents alone.

It shares no line with bulksms, so a misreading of the documents that the sandbox and the client
have in common does not pass here. It commits what it accepts before it answers, and keeps the
same two logs as the sandbox, for the judge.
"""

import hashlib
import json
import os
import socket
import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

__all__ = ["ANSWERS", "GatewayOptions", "serve_gateway"]

BASE = "/v1/public"
DAY = 86_400
PRICE = Decimal("0.0487")
# The parameters of `sms-campaign/send`; whatever else is sent would be ignored, unnoticed.
PARAMETERS = {
    *("text", "recipients", "sender", "type", "purpose", "send_at", "list_name", "with_replies"),
    *("simulation_mode", "recipient_tracking", "auto_optimize_text", "request_id"),
    *("auto_delete_optout_contacts", "auto_remove_blacklisted_numbers"),
}
# What may happen to one post after it was accepted.
ANSWERS = ("silence", "reset", "half", "early_hints", "server_error")
LONG = 60.0  # seconds of silence; every client has given up by then


@dataclass(frozen=True, kw_only=True)
class GatewayOptions:
    """Where the logs are, how long an answer takes, and how the so-manieth post is answered."""

    folder: Path
    honour_request_id: bool = True
    latency: float = 0.0
    script: dict[int, str] = field(default_factory=dict)


class _Account:
    """What the provider knows: ids of a day, credit, and its two logs."""

    def __init__(self, options: GatewayOptions) -> None:
        self.options = options
        self._lock = threading.Lock()
        self._ids: dict[str, float] = {}
        self._credit = Decimal(1_000_000)
        self._posts = 0

    def balance(self) -> dict[str, Any]:
        return {"amount": float(self._credit), "unit": "euros"}

    def take(self, body: bytes) -> tuple[int, dict[str, Any], str | None]:
        """Judge one post as the documents say; give status, answer, and what befalls it."""
        with self._lock:
            self._posts += 1
            manner = self.options.script.get(self._posts)
            request = _read(body)
            self._write("posts.jsonl", _as_post(request or {}, body, manner))
            code = _complaint(request)
            if request is None or code:
                return 400, {"code": code, "message": "refused"}, None
            if self._is_repeat(str(request.get("request_id") or "")):
                return 400, {"code": 120, "message": "request_id was already sent"}, None
            return 201, self._accept(request, body), manner

    def _is_repeat(self, request_id: str) -> bool:
        if not request_id or not self.options.honour_request_id:
            return False
        now = time.monotonic()
        if now - self._ids.get(request_id, -DAY) < DAY:
            return True
        self._ids[request_id] = now
        return False

    def _accept(self, request: dict[str, Any], body: bytes) -> dict[str, Any]:
        people = request["recipients"]
        cost = PRICE * len(people)
        self._credit -= cost
        ticket = f"sms_{hashlib.sha256(os.urandom(8)).hexdigest()[:13]}"
        accepted = {
            "recipients": [person["phone_number"] for person in people],
            "fields": [
                {name: word for name, word in person.items() if name != "phone_number" and word}
                for person in people
            ],
            "text": request["text"],
            "request_id": request.get("request_id"),
            "digest": hashlib.sha256(body).hexdigest(),
            "ticket": ticket,
            "total_cost": str(cost),
        }
        self._write("accepted.jsonl", accepted)
        return {
            "sms_ticket": ticket,
            "number_of_contacts": len(people),
            "total_cost": float(cost),
            "number_of_sms_needed": len(people),
            "residual_credit": float(self._credit),
            "message": "",
            "code": 0,
        }

    def _write(self, name: str, line: dict[str, Any]) -> None:
        with (self.options.folder / name).open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
            log.flush()
            os.fsync(log.fileno())


def _read(body: bytes) -> dict[str, Any] | None:
    try:
        request = json.loads(body)
    except ValueError:
        return None
    return request if isinstance(request, dict) else None


def _complaint(request: dict[str, Any] | None) -> int:
    """Return the code of what is wrong with a request; 0 when nothing is."""
    if request is None:
        return 100
    if not request.get("text"):
        return 107
    people = request.get("recipients")
    if not people:
        return 103
    if any(not str(person.get("phone_number", "")).startswith("+") for person in people):
        return 117
    marketing = (request.get("purpose") or "wholesale") == "wholesale"
    return 121 if marketing and "STOP" not in request["text"] else 0


def _as_post(request: dict[str, Any], body: bytes, manner: str | None) -> dict[str, Any]:
    return {
        "request_id": request.get("request_id"),
        "digest": hashlib.sha256(body).hexdigest(),
        "unknown_fields": sorted(set(request) - PARAMETERS),
        # After early hints the answer itself comes, so that no doubt may come of them.
        "fault": None if manner == "early_hints" else manner,
    }


class _Handler(BaseHTTPRequestHandler):
    """One connection to the provider; it is kept open, as HTTP/1.1 says."""

    protocol_version = "HTTP/1.1"
    account: _Account

    def do_GET(self) -> None:
        if not self._has_access():
            self._answer(401, {"code": 101, "message": "unauthorized"})
        elif self.path.partition("?")[0] == f"{BASE}/wallet/check-balance":
            self._answer(200, self.account.balance())
        else:
            self._answer(404, {"code": 404, "message": "not found"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._has_access():
            self._answer(401, {"code": 101, "message": "unauthorized"})
            return
        if self.path != f"{BASE}/sms-campaign/send":
            self._answer(404, {"code": 404, "message": "not found"})
            return
        status, answer, manner = self.account.take(body)
        time.sleep(self.account.options.latency)
        self._misbehave(manner)
        if manner == "server_error":
            status, answer = 503, {"message": "later"}
        if manner not in {"silence", "reset", "half"}:
            self._answer(status, answer)

    def _misbehave(self, manner: str | None) -> None:
        if manner == "silence":
            time.sleep(LONG)
        elif manner == "early_hints":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
        elif manner == "half":
            self.wfile.write(b'HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{"sms_ticket":')
        if manner in {"silence", "reset", "half"}:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    def _has_access(self) -> bool:
        return bool(self.headers.get("api-key")) and bool(self.headers.get("api-login"))

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing: the two logs say it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """A client that was killed leaves a broken connection, which is what it is for."""


def serve_gateway(options: GatewayOptions, port: int = 0) -> tuple[str, ThreadingHTTPServer]:
    """Bind the provider to a loopback port; give its base address and the server to run."""
    handler = type("_BoundHandler", (_Handler,), {"account": _Account(options)})
    server = _Server(("127.0.0.1", port), handler)
    return f"http://127.0.0.1:{server.server_address[1]}{BASE}", server
