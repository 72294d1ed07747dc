"""HTTP connections that record how far each request came.

The class of an exception does not tell: requests raises ConnectionError both for "refused" and
for "took the whole request, then reset". The phase does (`reliability.md` sections 0.8 and 2.3).
"""

import contextlib
import http.client
import socket
from enum import IntEnum
from http import HTTPStatus
from typing import Any

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
    tracker: PhaseTracker

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


class _TrackedPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _TrackedConnection
    tracker: PhaseTracker

    def _new_conn(self) -> Any:  # noqa: ANN401 -- as urllib3 has it
        connection = super()._new_conn()
        connection.tracker = self.tracker  # type: ignore[attr-defined]
        return connection


class _TrackedSecurePool(_TrackedPool, urllib3.HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _TrackedSecureConnection


class _TrackedPools(urllib3.PoolManager):
    """Gives the tracker to every pool."""

    def __init__(self, tracker: PhaseTracker, *args: Any, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self.tracker = tracker
        self.pool_classes_by_scheme = {"http": _TrackedPool, "https": _TrackedSecurePool}

    def _new_pool(self, *args: Any, **kwargs: Any) -> urllib3.HTTPConnectionPool:  # noqa: ANN401
        pool = super()._new_pool(*args, **kwargs)
        pool.tracker = self.tracker  # type: ignore[attr-defined]
        return pool

    def close(self) -> None:
        """Close every connection; urllib3 would wait until its pools are collected."""
        for key in self.pools.keys():  # noqa: SIM118 - not a dict
            pool = self.pools.get(key)
            if pool is not None:
                pool.close()
        self.clear()


class _TrackedProxyPools(_TrackedPools, urllib3.ProxyManager):
    """The same through a proxy."""


class TrackingAdapter(HTTPAdapter):
    """Sends to one host over at most one connection, whose phases it records."""

    def __init__(self, tracker: PhaseTracker, **options: Any) -> None:  # noqa: ANN401
        self._tracker, self._options = tracker, options
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=NO_RETRIES)

    def init_poolmanager(self, *_: Any, **__: Any) -> None:  # noqa: ANN401 -- requests' own
        """Make the pools for direct connections."""
        self.poolmanager = _TrackedPools(self._tracker, num_pools=1, maxsize=1, **self._options)

    def proxy_manager_for(self, proxy: str, **_: Any) -> urllib3.ProxyManager:  # noqa: ANN401
        """Make the pools for connections through a proxy."""
        if proxy not in self.proxy_manager:
            self.proxy_manager[proxy] = _TrackedProxyPools(
                self._tracker,
                proxy,
                proxy_headers=self.proxy_headers(proxy),
                num_pools=1,
                maxsize=1,
                **self._options,
            )
        manager: urllib3.ProxyManager = self.proxy_manager[proxy]
        return manager

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            manager.close()
