"""Serves an application on a socket until a signal ends it."""

import socket
from collections.abc import Callable

import uvicorn

__all__ = ["serve_until_signal"]


def serve_until_signal(
    config: uvicorn.Config, listener: socket.socket, ready: Callable[[], None]
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called once both requests and signals are heeded.

    Raises:
        KeyboardInterrupt: SIGINT came; what was being answered is answered.
    """
    _AnnouncedServer(config, ready).run([listener])


class _AnnouncedServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
