"""One request to one host, and how far it came; knows nothing of what is said in it.

The class of an exception does not tell the phase ("refused" and "took everything, then reset"
are one class), so it is asked of the connection (`reliability.md` section 2.3).
No retries, no redirects, no proxies, no cookies, and nothing from the environment.
"""

import errno
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException

import urllib3
from urllib3.util import Url, parse_url

from bulksms.octopush.connection import Phase, Steps, Trail, connection_to
from bulksms.octopush.deadline import Deadline

ANSWER_LIMIT = 1_000_000  # bytes; an answer has a few hundred
PIECE = 65_536
ANSWERED_EARLY = {errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE}


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

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._trail = Trail(timeouts.write)
        self._deadline = Deadline(timeouts.total, self._trail.cut)
        self._connection: Steps | None = None
        self._origin: tuple[str | None, ...] = ()
        self._last_used = 0.0

    def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> Exchange:
        """Carry one request and say how far it came; raises nothing that a network can cause."""
        self._trail.restart()
        try:
            with self._deadline:
                return self._carry(method, url, headers=headers, body=body)
        except BaseException:
            self._hang_up()  # half a request stands on it
            raise
        finally:
            self._last_used = time.monotonic()

    def close(self) -> None:
        """Close what is open."""
        self._deadline.close()
        self._hang_up()

    def _carry(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None
    ) -> Exchange:
        """Send, and read the answer as far as it comes."""
        try:
            address = parse_url(url)
            connection = self._connected(address)
            _hand_over(connection, method, address.request_uri, headers=headers, body=body)
            connection.timeout = self._timeouts.read
            answer = connection.getresponse()
        except (HTTPException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            self._hang_up()
            return Exchange(
                phase=self._trail.phase,
                handed_over=self._trail.handed_over,
                headers={},
                bad_certificate=_is_about_certificate(error),
            )
        text, whole = _read_capped(answer)
        if not (whole and self._trail.handed_over):
            self._hang_up()
        return Exchange(
            phase=self._trail.phase,
            handed_over=self._trail.handed_over,
            status=answer.status,
            headers=answer.headers,
            body=text,
            whole=whole and not self._trail.expired,
        )

    def _connected(self, address: Url) -> Steps:
        """Give a connection that is open: the one at hand if it is fresh, or a new one."""
        origin = (address.scheme, address.netloc)
        idle = time.monotonic() - self._last_used
        # One that is idle for long, or has something to say already, may be half dead.
        stale = origin != self._origin or idle > self._timeouts.idle
        if self._connection is not None and (stale or not self._connection.is_connected):
            self._hang_up()
        if self._connection is None:
            self._origin = origin
            self._connection = connection_to(address, self._timeouts.connect, self._trail)
            self._connection.connect()
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _hand_over(
    connection: Steps,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
) -> None:
    """Send a request; one that breaks off may have been answered early, so that is no error."""
    try:
        connection.request(
            method, path, body=body, headers=headers, preload_content=False, decode_content=False
        )
    except OSError as error:
        if error.errno not in ANSWERED_EARLY:
            raise


def _read_capped(answer: urllib3.HTTPResponse) -> tuple[bytes, bool]:
    """Read an answer up to the limit, and say whether its end was seen.

    Never unpacked: we ask for no compression, and a bomb stays one.
    """
    text = bytearray()
    try:
        while len(text) <= ANSWER_LIMIT:
            piece = answer.read1(PIECE, decode_content=False)
            if not piece:
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
