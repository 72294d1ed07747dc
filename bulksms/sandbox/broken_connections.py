"""Responses that break the connection: reset, cut in mid-answer, silent, or byte by byte."""

import asyncio
import socket
import struct
import sys
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

# On, for zero seconds: closing then sends a reset. Windows counts in shorts.
_LINGER_ZERO = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class BreakableProtocol(H11Protocol):
    """An HTTP/1.1 connection that a response can break."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, {**app_state, "connection": self}, _loop)
        self.silent = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Send at once, without waiting for acknowledgements (40 ms each)."""
        sock = transport.get_extra_info("socket")
        # asyncio sets this only for sockets it made itself.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)

    def reset(self) -> None:
        """Drop the connection with a TCP reset, with all that is buffered."""
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self.transport.abort()

    def hang_up(self) -> None:
        """Close the connection once everything written is sent."""
        self.transport.close()

    def shutdown(self) -> None:
        """Stop with the server, also where an answer never comes."""
        if self.silent:
            self.transport.abort()
        else:
            super().shutdown()


def _connection(scope: Scope) -> BreakableProtocol:
    """The connection of a request."""
    connection = scope["state"]["connection"]
    if not isinstance(connection, BreakableProtocol):
        raise TypeError(f"the sandbox is not served by {BreakableProtocol.__name__}")
    return connection


async def _until_gone(receive: Receive) -> None:
    """Wait until the other side closes."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Reset(Response):
    """No answer: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Reset the connection."""
        _connection(scope).reset()
        await _until_gone(receive)


class Silence(Response):
    """No answer, and the connection stays open until the other side gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send nothing until the other side closes."""
        _connection(scope).silent = True
        await _until_gone(receive)


class CutShort(Response):
    """An answer that declares its whole length and stops in the middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and half of the body, then hang up."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        _connection(scope).hang_up()
        await _until_gone(receive)


class HangUp(Response):
    """An answer given before the request was read; the connection closes after it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer at once and close, whatever is still arriving."""
        self.headers["connection"] = "close"
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": bytes(self.body)})
        _connection(scope).hang_up()


class AfterInterim(Response):
    """A whole answer after two interim ones, 103 and 102."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write the interim answers, then answer as usual."""
        interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
        _connection(scope).transport.write(interim)
        await super().__call__(scope, receive, send)


class Drip(Response):
    """A whole answer, one byte at a time."""

    def __init__(self, body: bytes, pause: float, status_code: int, media_type: str) -> None:
        super().__init__(body, status_code, media_type=media_type)
        self.pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the head, then byte after byte; stopping the server does not wait for it."""
        _connection(scope).silent = True
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        for position in range(len(self.body)):
            await asyncio.sleep(self.pause)
            block = bytes(self.body)[position : position + 1]
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        _connection(scope).silent = False
