"""Serves an application on a socket until a signal ends it."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

__all__ = ["serve_until_signal"]


def serve_until_signal(
    config: uvicorn.Config, listener: socket.socket, ready: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called once requests and signals are handled.

    Raises:
        KeyboardInterrupt: SIGINT came; what was being answered is answered.
    """
    server = _AnnouncedServer(config, ready)
    server.run([listener])
    # Some versions of asyncio lose an interruption that comes again when the server has ended.
    if server.interrupted:
        raise KeyboardInterrupt


class _AnnouncedServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self.interrupted = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.interrupted = self.interrupted or sig == signal.SIGINT
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
