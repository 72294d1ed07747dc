"""One HTTP request to one host: how far it came, and the answer.

No retries, no redirects, no cookies, and nothing from the environment.
"""

import re
import ssl
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import certifi
import requests
import urllib3
from urllib3.util.ssl_ import create_urllib3_context

from bulksms.errors import SettingsError
from bulksms.octopush.connection import Phase, PhaseTracker, TrackingAdapter
from bulksms.octopush.deadlines import Deadlines

__all__ = ["Exchange", "Phase", "Route", "Timeouts", "Transport"]

ANSWER_LIMIT = 1_000_000  # bytes; an answer has a few hundred
BLOCK = 65_536
PROXY = re.compile(r"http://(?:[^@/\s]+@)?(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?/?")
GZIP_OR_ZLIB = 47  # zlib's wbits for "find out which"
DEADLINES = Deadlines()  # of all clients of the process


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
class Route:
    """How the API is reached: directly or through a proxy, and with which extra CA.

    `ca_file` adds certificates in PEM to the usual ones; it replaces none. `trusted_url` is an
    address that is not Octopush's and may still get a real key. All come from our own
    settings only, never from variables such as HTTPS_PROXY.

    Raises:
        SettingsError: the proxy is not an address like http://proxy.example:3128.
    """

    proxy: str | None = field(default=None, repr=False)  # may hold a password
    ca_file: Path | None = None
    trusted_url: str | None = None

    def __post_init__(self) -> None:
        if self.proxy is not None and not PROXY.fullmatch(self.proxy):
            raise SettingsError(
                "The `proxy` setting cannot be used: write it like http://proxy.example:3128, "
                "with http://user:password@ in front of the host where the proxy requires it.",
                code="connection_setting_invalid",
            )

    def ssl_context(self) -> ssl.SSLContext | None:
        """Trust the usual certificates and those of the CA file.

        Raises:
            SettingsError: the file is missing or holds no certificate.
        """
        if self.ca_file is None:
            return None
        context = create_urllib3_context()
        try:
            context.load_verify_locations(certifi.where())
            context.load_verify_locations(self.ca_file)
        except OSError as error:
            raise SettingsError(
                f"The CA file {self.ca_file} cannot be used ({error.strerror or error}): "
                "`ca_file` must name a file of certificates in PEM format.",
                code="connection_setting_invalid",
            ) from error
        return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The result of a request: the phase it reached, and the answer if one began.

    `handed_over` says whether the last byte left, which an early answer does not imply;
    `whole` whether the answer's end was seen.
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
    def is_server_trouble(self) -> bool:
        """Whether the server reports an error of its own, or that we were too slow."""
        too_slow = self.status == HTTPStatus.REQUEST_TIMEOUT
        return too_slow or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


class Transport:
    """Carries requests one after another; not to be shared between threads.

    Raises:
        SettingsError: the CA file cannot be used.
    """

    def __init__(self, timeouts: Timeouts, headers: Mapping[str, str], route: Route) -> None:
        self._timeouts = timeouts
        self._headers = dict(headers)
        self._tracker = PhaseTracker(timeouts.write)
        self._adapter = TrackingAdapter(self._tracker, route.ssl_context())
        self._proxies = {} if route.proxy is None else {"https": route.proxy}
        self._prepared: requests.PreparedRequest | None = None
        self._last_used = 0.0

    def exchange(self, method: str, url: str, *, body: bytes | None = None) -> Exchange:
        """Carry one request; raises nothing that a network can cause."""
        if time.monotonic() - self._last_used > self._timeouts.idle:
            self.close()  # a connection that was idle for long may be half dead
        self._tracker.restart()
        try:
            with DEADLINES.limit(self._timeouts.total, self._tracker.cut):
                return self._carry(method, url, body)
        finally:
            self._last_used = time.monotonic()

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        self._adapter.close()

    def _prepare(self, method: str, url: str, body: bytes | None) -> requests.PreparedRequest:
        """Prepare a request; for the same address only the body differs from the last one."""
        prepared = self._prepared
        if prepared is None or (prepared.method, prepared.url) != (method, url):
            prepared = requests.Request(method, url, headers=self._headers, data=body).prepare()
            # A plain dictionary is read many times faster, and the names are ours.
            prepared.headers = dict(prepared.headers)  # type: ignore[assignment]
            self._prepared = prepared
        if body is not None:
            prepared.body = body
            prepared.headers["Content-Length"] = str(len(body))
        return prepared

    def _carry(self, method: str, url: str, body: bytes | None) -> Exchange:
        """Send, and read the answer as far as it comes."""
        try:
            response = self._adapter.send(
                self._prepare(method, url, body),
                stream=True,
                timeout=(self._timeouts.connect, self._timeouts.read),
                proxies=self._proxies,
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return Exchange(
                phase=self._tracker.phase,
                handed_over=self._tracker.handed_over,
                headers={},
                bad_certificate=_is_about_certificate(error),
            )
        answer, whole = _read_capped(response.raw)
        if not whole:
            self.close()
        return Exchange(
            phase=self._tracker.phase,
            handed_over=self._tracker.handed_over,
            status=response.status_code,
            headers=response.headers,
            body=_unpacked(answer, response.headers.get("Content-Encoding", "")),
            whole=whole and not self._tracker.expired,
        )


def _read_capped(response: urllib3.HTTPResponse) -> tuple[bytes, bool]:
    """Read an answer up to the limit, and say whether its end was seen."""
    answer = bytearray()
    try:
        while len(answer) <= ANSWER_LIMIT:
            block = response.read1(BLOCK, decode_content=False)
            if not block:
                response.release_conn()
                return bytes(answer), True
            answer += block
    except (urllib3.exceptions.HTTPError, OSError):
        pass
    response.close()
    return bytes(answer[:ANSWER_LIMIT]), False


def _unpacked(answer: bytes, encoding: str) -> bytes:
    """Decompress an answer, which we did not ask for; one that is too large stays packed."""
    if encoding.strip().lower() not in {"gzip", "x-gzip", "deflate"}:
        return answer
    unpacker = zlib.decompressobj(GZIP_OR_ZLIB)
    try:
        unpacked = unpacker.decompress(answer, ANSWER_LIMIT)
    except zlib.error:
        return answer
    return unpacked if unpacker.eof else answer


def _is_about_certificate(error: BaseException) -> bool:
    """Look for a refused certificate among the causes of an error."""
    cause: BaseException | None = error
    while cause is not None:
        if any(isinstance(part, ssl.SSLCertVerificationError) for part in (cause, *cause.args)):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
