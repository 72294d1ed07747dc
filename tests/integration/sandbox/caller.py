"""A plain HTTP client on the standard library and a clock that moves only on request."""

import http.client
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bulksms.sandbox import Sandbox

HEADERS = {"api-login": "me@example.com", "api-key": "test-key"}


@dataclass
class StoppedClock:
    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        self.moment += timedelta(seconds=seconds)
        return wake.is_set()


@dataclass
class Answered:
    status: int
    raw: bytes
    headers: dict[str, str]

    @property
    def body(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.raw)
        return parsed

    @property
    def code(self) -> int:
        code: int = self.body["code"]
        return code


@dataclass
class RunningSandbox:
    """A running sandbox and a caller that knows only HTTP."""

    sandbox: Sandbox
    clock: StoppedClock

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: dict[str, str] | None = None,
        timeout: float = 5,
    ) -> Answered:
        base = urlsplit(self.sandbox.base_url)
        prefix = "" if path.startswith("/_sandbox") else base.path
        connection = http.client.HTTPConnection(base.hostname or "", base.port, timeout=timeout)
        try:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(
                method,
                prefix + path,
                None if body is None else data,
                HEADERS if headers is None else headers,
            )
            response = connection.getresponse()
            return Answered(response.status, response.read(), dict(response.getheaders()))
        finally:
            connection.close()

    def send(self, timeout: float = 5, **fields: object) -> Answered:
        return self.call("POST", "/sms-campaign/send", submission(**fields), timeout=timeout)


def submission(**fields: object) -> dict[str, object]:
    """A body the API accepts, with some fields changed."""
    return {
        "text": "Hello. STOP au 30101",
        "recipients": [{"phone_number": "+33639980001"}],
        "sender": "ACME",
        "type": "sms_premium",
        "purpose": "wholesale",
        **fields,
    }


StartBox = Callable[..., RunningSandbox]
