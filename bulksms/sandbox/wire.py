"""Misbehaviour that really happens on the wire: sockets reset, cut in mid-answer, or left silent.

Only this file knows uvicorn's transport; everything above it chooses a response and hands it over.
"""

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


class WireProtocol(H11Protocol):
    """An HTTP/1.1 connection that responses can break."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, {**app_state, "wire": self}, _loop)
        self.silent = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Answer without waiting for the other side's acknowledgements (40 ms each)."""
        sock = transport.get_extra_info("socket")
        # asyncio does so by itself only for sockets that it has made.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)

    def reset(self) -> None:
        """Drop the connection with a TCP reset, what is buffered included."""
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self.transport.abort()

    def hang_up(self) -> None:
        """Close the connection once what is written has left."""
        self.transport.close()

    def shutdown(self) -> None:
        """Stop with the server; nobody waits for an answer that never comes."""
        if self.silent:
            self.transport.abort()
        else:
            super().shutdown()


def _wire(scope: Scope) -> WireProtocol:
    """Find the connection a request came by."""
    wire = scope["state"]["wire"]
    assert isinstance(wire, WireProtocol)
    return wire


async def _until_gone(receive: Receive) -> None:
    """Wait for the other side to leave, whatever it still sends."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Reset(Response):
    """No answer: the connection is reset."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Reset the connection."""
        _wire(scope).reset()
        await _until_gone(receive)


class Silence(Response):
    """No answer, and the connection stays open until the other side gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Say nothing for as long as the other side listens."""
        _wire(scope).silent = True
        await _until_gone(receive)


class CutShort(Response):
    """An answer that announces its whole length and stops in the middle."""

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
        _wire(scope).hang_up()
        await _until_gone(receive)


class HangUp(Response):
    """An answer given without listening to the end; the connection closes behind it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer at once and leave, whatever is still on its way here."""
        self.headers["connection"] = "close"
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": bytes(self.body)})
        _wire(scope).hang_up()


class Drip(Response):
    """A whole answer, one byte at a time."""

    def __init__(self, body: bytes, pause: float, status_code: int, media_type: str) -> None:
        super().__init__(body, status_code, media_type=media_type)
        self.pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the head, then byte after byte; a server that stops does not wait for it."""
        _wire(scope).silent = True
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        for place in range(len(self.body)):
            await asyncio.sleep(self.pause)
            piece = bytes(self.body)[place : place + 1]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        _wire(scope).silent = False
