"""One connection to one host, which writes down each step that a request on it takes.

The class of an exception does not tell the phase, so the connection itself does
(`reliability.md` 0.8). Knows nothing of answers and of what is said in them.
"""

import contextlib
import socket
import ssl
from enum import IntEnum
from functools import cache
from typing import Any

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError
from urllib3.util import Url
from urllib3.util.ssl_ import create_urllib3_context

__all__ = ["Phase", "Steps", "Trail", "connection_to"]


class Phase(IntEnum):
    """The furthest step a request came to, in their order."""

    NOTHING = 0
    NAME = 1
    CONNECT = 2
    TLS = 3
    HEADERS = 4
    HANDED_OVER = 5
    ANSWER = 6


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


class Steps(HTTPConnection):
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
        """Open it; from then on what is sent has the time for writing."""
        super().connect()
        self.timeout = self.trail.write_timeout

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- handed through
        """Send a whole request."""
        self.trail.follow(self.sock)
        super().request(*args, **kwargs)
        self.trail.handed_over = True
        self.trail.reach(Phase.HANDED_OVER)

    def send(self, data: Any) -> None:  # noqa: ANN401 -- handed through
        """Send a part of a request."""
        if self.sock is None:
            self.connect()
        if self.trail.phase < Phase.HEADERS:
            self.trail.follow(self.sock)
        self.trail.reach(Phase.HEADERS)
        super().send(data)

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        """Wait for the head of an answer."""
        answer = super().getresponse()
        self.trail.reach(Phase.ANSWER)
        return answer


class SecureSteps(Steps, HTTPSConnection):
    """The same over TLS."""


def connection_to(address: Url, patience: float, trail: Trail) -> Steps:
    """Make a connection, not yet open, that tries for so many seconds and writes on the trail."""
    host = (address.host or "").strip("[]")
    connection: Steps
    if address.scheme == "https":
        connection = SecureSteps(host, address.port, timeout=patience, ssl_context=_tls())
    else:
        connection = Steps(host, address.port, timeout=patience)
    connection.trail = trail
    return connection


@cache
def _tls() -> ssl.SSLContext:
    """Make what is trusted once: reading the certificates takes longer than a request."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(certifi.where())
    return context
