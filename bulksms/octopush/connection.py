"""HTTP connections that record how far each request came.

The class of an exception does not tell: requests raises ConnectionError both for "refused" and
for "took the whole request, then reset". The phase does (`reliability.md` sections 0.8 and 2.3).
"""

import contextlib
import http.client
import socket
import ssl
from enum import IntEnum
from functools import partial
from http import HTTPStatus
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError

__all__ = ["Phase", "PhaseTracker", "TrackingAdapter"]

NO_RETRIES = urllib3.Retry(
    total=0, read=False, redirect=False, raise_on_redirect=False, raise_on_status=False
)


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
        self._holds_head, self._head = False, b""
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
        self._holds_head, self._head = bool(kwargs.get("body")), b""  # nothing empty is written
        super().request(*args, **kwargs)
        self.tracker.handed_over = True
        self.tracker.reach(Phase.HANDED_OVER)

    def send(self, data: Any) -> None:  # noqa: ANN401 -- passed through
        if self._holds_head:  # it goes with the body: the library would make two writes
            self._holds_head, self._head = False, data
            return
        head, self._head = self._head, b""  # before connecting, which may write to a proxy
        if self.sock is None:
            self.connect()
        if self.tracker.phase is not Phase.PROXY:
            self.tracker.reach(Phase.HEADERS)
        super().send(head + data)

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        response = super().getresponse()
        self.tracker.reach(Phase.ANSWER)
        return response

    def _ready_to_write(self) -> None:
        self.timeout = self.tracker.write_timeout
        self.tracker.watch(self.sock)


class _TrackedSecureConnection(_TrackedConnection, HTTPSConnection):
    """The same over TLS."""


class TrackingAdapter(HTTPAdapter):
    """Sends to one host over at most one connection, whose phases it records.

    The certificates of a context are trusted beside the usual ones, if there is one.
    """

    def __init__(self, tracker: PhaseTracker, context: ssl.SSLContext | None) -> None:
        self._trust: dict[str, Any] = {} if context is None else {"ssl_context": context}
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=NO_RETRIES)
        self._tracker = tracker
        self._address: str | None = None
        self._pool: Any = None  # of urllib3

    def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- requests' own
        """Make the pools for direct connections."""
        super().init_poolmanager(*args, **options | self._trust)

    def proxy_manager_for(self, *args: Any, **options: Any) -> urllib3.ProxyManager:  # noqa: ANN401
        """Make the pools for connections through a proxy."""
        manager: urllib3.ProxyManager = super().proxy_manager_for(*args, **options | self._trust)
        return manager

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        *args: Any,  # noqa: ANN401 -- requests' own
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Return the pool of the connection; for the same address it is that of the last one."""
        if self._pool is None or request.url != self._address:
            pool: Any = super().get_connection_with_tls_context(request, *args, **options)
            kind = _TrackedSecureConnection if pool.scheme == "https" else _TrackedConnection
            pool.ConnectionCls = partial(kind, self._tracker)
            self._pool, self._address = pool, request.url
        return self._pool

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:  # noqa: ANN401, ARG002
        """Return the path alone: a proxy is only used for https, and then passes bytes on."""
        return request.path_url

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:  # noqa: ANN401
        """Make a response of what is used of it; cookies are not kept."""
        response = requests.Response()
        response.request, response.raw = req, resp
        response.status_code, response.headers = resp.status, resp.headers
        return response

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._pool is not None:
            self._pool.close()  # which requests does only when it is collected
            self._pool = None
        super().close()
