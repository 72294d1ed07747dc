"""HTTP connections that record how far each request came.

The class of an exception does not tell: a broken connection is a ProtocolError in the middle of
the request and after all of it. The phase does (`reliability.md` sections 0.8 and 2.3).
"""

import contextlib
import http.client
import socket
import ssl
from collections.abc import Mapping
from enum import IntEnum
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError
from urllib3.util import parse_url

__all__ = ["Phase", "PhaseTracker", "open_pool"]


class Phase(IntEnum):
    """The furthest step a request came to, in their order."""

    NOTHING = 0
    NAME = 1
    CONNECT = 2
    PROXY = 3
    TLS = 4
    HEADERS = 5
    HANDED_OVER = 6
    ANSWER = 7


class PhaseTracker:
    """The phase of the request in flight; `cut` ends that request from another thread."""

    def __init__(self, write_timeout: float) -> None:
        self.write_timeout = write_timeout
        self.restart()

    def restart(self) -> None:
        """Begin with the next request."""
        self.phase = Phase.NOTHING
        self.handed_over = False
        self.expired = False
        self._socket: socket.socket | None = None

    def reach(self, phase: Phase) -> None:
        """Record a phase; raises TimeoutError when the total time is over before the answer."""
        if self.expired and phase < Phase.HANDED_OVER:
            raise TimeoutError("the total deadline has passed")
        self.phase = phase

    def watch(self, connected: socket.socket | None) -> None:
        """Remember the connected socket, and set the timeout for writing."""
        self._socket = connected
        if connected is not None:
            connected.settimeout(self.write_timeout)

    def cut(self) -> None:
        """End the request now, whatever its phase; called by the timer's thread."""
        self.expired = True
        connected = self._socket
        if connected is not None:
            with contextlib.suppress(OSError):  # closed meanwhile
                # The plain shutdown: that of a TLS socket would unwrap it under its reader.
                socket.socket.shutdown(connected, socket.SHUT_RDWR)


class _FinalResponse(http.client.HTTPResponse):
    """Skips all interim answers; the library takes every 1xx but 100 for the final one."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            interim = HTTPStatus.CONTINUE <= status < HTTPStatus.OK
            if not interim or status == HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)


class _TrackedConnection(HTTPConnection):
    """A connection that records its phases."""

    response_class = _FinalResponse

    def __init__(self, tracker: PhaseTracker, *args: Any, **options: Any) -> None:  # noqa: ANN401
        self.tracker = tracker
        super().__init__(*args, **options)

    def _new_conn(self) -> socket.socket:
        self.tracker.reach(Phase.NAME)
        try:
            connected = super()._new_conn()
        except NameResolutionError:
            raise
        except Exception:
            self.tracker.reach(Phase.CONNECT)
            raise
        self.tracker.reach(Phase.TLS)
        return connected

    def _tunnel(self) -> None:
        self.tracker.reach(Phase.PROXY)
        super()._tunnel()
        self.tracker.reach(Phase.TLS)

    def connect(self) -> None:
        super().connect()
        self._ready_to_write()

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- passed through
        if self.sock is not None:
            self._ready_to_write()
        super().request(*args, **kwargs)
        self.tracker.handed_over = True
        self.tracker.reach(Phase.HANDED_OVER)

    def send(self, data: Any) -> None:  # noqa: ANN401 -- passed through
        if self.sock is None:
            self.connect()
        if self.tracker.phase is not Phase.PROXY:
            self.tracker.reach(Phase.HEADERS)
        super().send(data)

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        response = super().getresponse()
        self.tracker.reach(Phase.ANSWER)
        return response

    def _ready_to_write(self) -> None:
        self.timeout = self.tracker.write_timeout
        self.tracker.watch(self.sock)


class _TrackedSecureConnection(_TrackedConnection, HTTPSConnection):
    """The same over TLS."""


def open_pool(
    url: str,
    headers: Mapping[str, str],
    tracker: PhaseTracker,
    proxy: str | None,
    context: ssl.SSLContext | None,
) -> urllib3.HTTPConnectionPool:
    """Make the pool of the one connection to a host, whose phases are recorded.

    Every request gets the headers, and a user's name and password from the address if it has
    them. Only what is encrypted goes through the proxy.
    """
    options: dict[str, Any] = {
        "cert_reqs": ssl.CERT_REQUIRED,
        "ca_certs": certifi.where(),
        "ssl_context": context,
    }
    manager = urllib3.PoolManager(**options)
    if proxy is not None and url.startswith("https:"):
        proxy_headers = _basic_auth(proxy, "Proxy-Authorization")
        manager = urllib3.ProxyManager(proxy, proxy_headers=proxy_headers, **options)
    pool = manager.connection_from_url(url)
    pool.headers = {**headers, **_basic_auth(url, "Authorization")}
    kind = _TrackedSecureConnection if pool.scheme == "https" else _TrackedConnection
    pool.ConnectionCls = partial(kind, tracker)  # type: ignore[assignment]
    return pool


def _basic_auth(url: str, header: str) -> dict[str, str]:
    user = parse_url(url).auth
    if user is None:
        return {}
    return {header: urllib3.make_headers(basic_auth=unquote(user))["authorization"]}
