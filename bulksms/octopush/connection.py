"""The connection to the API, which writes down each step of a request.

The class of an exception does not tell the phase ("refused" and "took everything, then reset"
are one class), so the connection itself does (`reliability.md` 0.8, 2.3). The same few
questions go to the same host again and again, so what the library works out anew for each
request is worked out once.
"""

import contextlib
import socket
from enum import IntEnum
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError

__all__ = ["Adapter", "Phase", "PhaseTracker"]

NO_RETRIES = urllib3.Retry(
    total=0, read=False, redirect=False, raise_on_redirect=False, raise_on_status=False
)


class Phase(IntEnum):
    """The furthest step a request came to, in their order."""

    NOTHING = 0
    NAME = 1
    CONNECT = 2
    TLS = 3
    HEADERS = 4
    HANDED_OVER = 5
    ANSWER = 6


class PhaseTracker:
    """Where the request in flight is; cut off from another thread when its time is over."""

    def __init__(self, write_timeout: float) -> None:
        self.write_timeout = write_timeout
        self.restart()

    def restart(self) -> None:
        """Forget the request before."""
        self.phase = Phase.NOTHING
        self.handed_over = False
        self.expired = False
        self.wire: socket.socket | None = None

    def reach(self, phase: Phase) -> None:
        """Write down a step; refuses to go on when the time is over."""
        if self.expired and phase < Phase.HANDED_OVER:
            raise TimeoutError("the total deadline has passed")
        self.phase = phase

    def follow(self, wire: socket.socket | None) -> None:
        """Remember the socket in use, and give it the time for writing."""
        self.wire = wire
        if wire is not None:
            wire.settimeout(self.write_timeout)

    def cut(self) -> None:
        """End the request now, wherever it is; called by the deadline's thread."""
        self.expired = True
        wire = self.wire
        if wire is not None:
            with contextlib.suppress(OSError):  # closed meanwhile
                # Not the TLS socket's own shutdown, which pulls the rug from under its reader.
                socket.socket.shutdown(wire, socket.SHUT_RDWR)


class _Steps(HTTPConnection):
    """A connection that writes its steps down."""

    trail: PhaseTracker
    _buffer: list[bytes]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- handed through
        super().__init__(*args, **kwargs)
        self._lines: dict[tuple[str, ...], bytes] = {}
        self._held: list[bytes] | None = None

    def _new_conn(self) -> socket.socket:
        self.trail.reach(Phase.NAME)
        try:
            wire = super()._new_conn()
        except NameResolutionError:
            raise
        except Exception:
            self.trail.reach(Phase.CONNECT)
            raise
        self.trail.reach(Phase.TLS)
        return wire

    def connect(self) -> None:
        super().connect()
        self.timeout = self.trail.write_timeout

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- handed through
        self.trail.follow(self.sock)
        held: list[bytes] = []
        self._held = held
        try:
            super().request(*args, **kwargs)
        finally:
            self._held = None
        self.send(b"".join(held))  # head and body in one go
        self.trail.handed_over = True
        self.trail.reach(Phase.HANDED_OVER)

    def putheader(self, header: str, *values: str) -> None:  # type: ignore[override]  # urllib3's
        # Checked and encoded by the library the first time, the same bytes from then on.
        line = self._lines.get((header, *values))
        if line is not None:
            self._buffer.append(line)
            return
        super().putheader(header, *values)
        if header != "Content-Length":  # as many as there are lengths
            self._lines[header, *values] = self._buffer[-1]

    def send(self, data: Any) -> None:  # noqa: ANN401 -- handed through
        if self._held is not None:
            self._held.append(data)
            return
        if self.sock is None:
            self.connect()
        if self.trail.phase < Phase.HEADERS:
            self.trail.follow(self.sock)
        self.trail.reach(Phase.HEADERS)
        super().send(data)

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        answer = super().getresponse()
        self.trail.reach(Phase.ANSWER)
        return answer


class _SecureSteps(_Steps, HTTPSConnection):
    """The same over TLS."""


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Steps
    trail: PhaseTracker

    def _new_conn(self) -> Any:  # noqa: ANN401 -- urllib3 has it so
        connection = super()._new_conn()
        connection.trail = self.trail  # type: ignore[attr-defined]
        return connection


class _SecurePool(_Pool, urllib3.HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _SecureSteps


class _Pools(urllib3.PoolManager):
    """Hands the trail to every connection."""

    def __init__(self, trail: PhaseTracker, **options: Any) -> None:  # noqa: ANN401 -- urllib3's own
        super().__init__(**options)
        self.trail = trail
        self.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def _new_pool(self, *args: Any, **kwargs: Any) -> urllib3.HTTPConnectionPool:  # noqa: ANN401
        pool = super()._new_pool(*args, **kwargs)
        pool.trail = self.trail  # type: ignore[attr-defined]
        return pool


class Adapter(HTTPAdapter):
    """Posts to one host over at most one connection, and works each address out once."""

    def __init__(self, trail: PhaseTracker) -> None:
        self.trail = trail
        self._ways: dict[str, tuple[Any, str]] = {}
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=NO_RETRIES)

    def init_poolmanager(self, *_: Any, **options: Any) -> None:  # noqa: ANN401 -- requests' own
        """Make the pools that hand the trail on."""
        options.pop("block", None)
        self.poolmanager = _Pools(self.trail, num_pools=1, maxsize=1, **options)

    def drop(self) -> None:
        """Close the connection; the next request opens another."""
        self._ways.clear()
        self.poolmanager.clear()

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,  # noqa: ANN401 -- requests' own
        proxies: Any = None,  # noqa: ANN401
        cert: Any = None,  # noqa: ANN401
    ) -> urllib3.HTTPConnectionPool:
        """Give the pool of the request's host, which checks its certificate."""
        url = request.url or ""
        if url not in self._ways:
            made = super().get_connection_with_tls_context(request, verify, proxies, cert)
            super().cert_verify(made, url, verify, cert)  # type: ignore[no-untyped-call]
            self._ways[url] = made, super().request_url(request, proxies)
        pool: urllib3.HTTPConnectionPool = self._ways[url][0]
        return pool

    def cert_verify(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 -- requests' own
        """Leave the pool as it was set up when it was made."""

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:  # noqa: ANN401
        """Give the path of the address."""
        del proxies
        return self._ways[request.url or ""][1]

    def build_response(
        self,
        req: requests.PreparedRequest,
        resp: urllib3.BaseHTTPResponse,
    ) -> requests.Response:
        """Give status and headers as they came; nobody asks for cookies and encodings."""
        answer = requests.Response()
        answer.request, answer.raw = req, resp
        answer.status_code, answer.headers = resp.status, resp.headers  # type: ignore[assignment]
        return answer
