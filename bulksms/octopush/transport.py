"""One request to one host, and how far it came; knows nothing of what is said in it.

How far is told by the connection itself, which writes down each step (`steps`).
No retries, no redirects, no proxies, no cookies, and nothing from the environment.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import requests
import urllib3

from bulksms.octopush.connection import Adapter, Phase, PhaseTracker
from bulksms.octopush.deadlines import WATCH

__all__ = ["Exchange", "Phase", "Timeouts", "Transport"]

ANSWER_LIMIT = 1_000_000  # bytes; an answer has a few hundred
PIECE = 65_536


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


class Transport:
    """Carries requests one after another; not to be shared between threads."""

    def __init__(self, timeouts: Timeouts, headers: Mapping[str, str]) -> None:
        self._timeouts = timeouts
        self._headers = dict(headers)
        self._trail = PhaseTracker(timeouts.write)
        self._adapter = Adapter(self._trail)
        self._prepared: dict[tuple[str, str], requests.PreparedRequest] = {}
        self._patience = (timeouts.connect, timeouts.read)
        self._last_used = 0.0

    def exchange(self, method: str, url: str, *, body: bytes | None = None) -> Exchange:
        """Carry one request and say how far it came; raises nothing that a network can cause."""
        if time.monotonic() - self._last_used > self._timeouts.idle:
            self._adapter.drop()  # a connection idle for long may be half dead
        self._trail.restart()
        deadline = WATCH.set(self._timeouts.total, self._trail.cut)
        try:
            return self._carry(method, url, body)
        finally:
            deadline.cancel()
            self._last_used = time.monotonic()

    def close(self) -> None:
        """Close what is open."""
        self._adapter.close()

    def _request(self, method: str, url: str, body: bytes | None) -> requests.PreparedRequest:
        """Write a request; of two to one address only the bytes differ."""
        request = self._prepared.get((method, url))
        if request is None:
            request = requests.Request(method, url, headers=self._headers).prepare()
            self._prepared[method, url] = request
        if body is not None:
            request.body = body
            request.headers["Content-Length"] = str(len(body))
        return request

    def _carry(self, method: str, url: str, body: bytes | None) -> Exchange:
        """Send, and read the answer as far as it comes."""
        try:
            request = self._request(method, url, body)
            answer = self._adapter.send(request, stream=True, timeout=self._patience)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Exchange(
                phase=self._trail.phase,
                handed_over=self._trail.handed_over,
                headers={},
                bad_certificate=_is_about_certificate(error),
            )
        text, whole = _read_capped(answer.raw)
        if not whole:
            self._adapter.drop()
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
