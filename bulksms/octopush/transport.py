"""One request to one host, and how far it came; knows nothing of what is said in it.

The class of an exception does not tell the phase ("refused" and "took everything, then reset"
are one class), so the connection itself writes down each step (`reliability.md` 0.8, 2.3).
No retries, no redirects, no proxies, no cookies, and nothing from the environment.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from http import HTTPStatus
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError

ANSWER_LIMIT = 1_000_000  # bytes; an answer has a few hundred
PIECE = 65_536
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds until each step is given up, and for how long an idle connection is reused.

    Long on purpose: a frame given up too early costs a person's decision.
    """

    connect: float = 10.0
    write: float = 30.0
    read: float = 120.0
    total: float = 180.0
    idle: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What came of a request: how far it went, and the answer if one began.

    `handed_over` says whether the last byte left, which an early answer does not imply;
    `whole` says whether the answer's end was seen.
    """

    phase: Phase
    handed_over: bool
    status: int = 0
    headers: Mapping[str, str]
    body: bytes = b""
    whole: bool = False
    bad_certificate: bool = False

    @property
    def is_success(self) -> bool:
        """Whether the answer is a 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_trouble(self) -> bool:
        """Whether the server speaks of its own trouble or of our slowness."""
        too_slow = self.status == HTTPStatus.REQUEST_TIMEOUT
        return too_slow or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


class Trail:
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

    trail: Trail

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
        super().request(*args, **kwargs)
        self.trail.handed_over = True
        self.trail.reach(Phase.HANDED_OVER)

    def send(self, data: Any) -> None:  # noqa: ANN401 -- handed through
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
    trail: Trail

    def _new_conn(self) -> Any:  # noqa: ANN401 -- urllib3 has it so
        connection = super()._new_conn()
        connection.trail = self.trail  # type: ignore[attr-defined]
        return connection


class _SecurePool(_Pool, urllib3.HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = _SecureSteps


class _Pools(urllib3.PoolManager):
    """Hands the trail to every connection."""

    def __init__(self, trail: Trail, **options: Any) -> None:  # noqa: ANN401 -- urllib3's own
        super().__init__(**options)
        self.trail = trail
        self.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def _new_pool(self, *args: Any, **kwargs: Any) -> urllib3.HTTPConnectionPool:  # noqa: ANN401
        pool = super()._new_pool(*args, **kwargs)
        pool.trail = self.trail  # type: ignore[attr-defined]
        return pool


class _Adapter(HTTPAdapter):
    def __init__(self, trail: Trail) -> None:
        self.trail = trail
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=NO_RETRIES)

    def init_poolmanager(self, *_: Any, **options: Any) -> None:  # noqa: ANN401 -- requests' own
        options.pop("block", None)
        self.poolmanager = _Pools(self.trail, num_pools=1, maxsize=1, **options)


class Transport:
    """Carries requests one after another; not to be shared between threads."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._trail = Trail(timeouts.write)
        self._adapter = _Adapter(self._trail)
        self._last_used = 0.0

    def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Exchange:
        """Carry one request and say how far it came; raises nothing that a network can cause."""
        if time.monotonic() - self._last_used > self._timeouts.idle:
            self._adapter.poolmanager.clear()  # a connection idle for long may be half dead
        self._trail.restart()
        deadline = threading.Timer(self._timeouts.total, self._trail.cut)
        deadline.daemon = True
        deadline.start()
        try:
            return self._carry(method, url, headers=headers, body=body)
        finally:
            deadline.cancel()
            self._last_used = time.monotonic()

    def close(self) -> None:
        """Close what is open."""
        self._adapter.close()

    def _carry(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None
    ) -> Exchange:
        """Send, and read the answer as far as it comes."""
        try:
            request = requests.Request(method, url, headers=dict(headers), data=body).prepare()
            answer = self._adapter.send(
                request, stream=True, timeout=(self._timeouts.connect, self._timeouts.read)
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Exchange(
                phase=self._trail.phase,
                handed_over=self._trail.handed_over,
                headers={},
                bad_certificate=_is_about_certificate(error),
            )
        text, whole = _read_capped(answer.raw)
        if not whole:
            self._adapter.poolmanager.clear()
        return Exchange(
            phase=self._trail.phase,
            handed_over=self._trail.handed_over,
            status=answer.status_code,
            headers=answer.headers,
            body=text,
            whole=whole and not self._trail.expired,
        )


def _read_capped(answer: urllib3.HTTPResponse) -> tuple[bytes, bool]:
    """Read an answer up to the limit, and say whether its end was seen.

    Never unpacked: we ask for no compression, and a bomb stays one.
    """
    text = bytearray()
    try:
        while len(text) <= ANSWER_LIMIT:
            piece = answer.read1(PIECE, decode_content=False)
            if not piece:
                answer.release_conn()
                return bytes(text), True
            text += piece
    except (urllib3.exceptions.HTTPError, OSError):
        pass
    answer.close()
    return bytes(text[:ANSWER_LIMIT]), False


def _is_about_certificate(error: BaseException) -> bool:
    """Look for a refused certificate among the causes of an error."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
