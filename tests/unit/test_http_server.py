"""A server that says it is ready can be ended cleanly from that moment on."""

import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette

from bulksms.http_server import serve_until_signal


def test_a_signal_at_the_first_moment_ends_what_has_begun() -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        del app
        steps.append("begun")
        yield
        steps.append("ended")

    def interrupt() -> None:
        steps.append("ready")
        signal.raise_signal(signal.SIGINT)

    config = uvicorn.Config(Starlette(lifespan=lifespan), log_config=None)
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(KeyboardInterrupt):
        serve_until_signal(config, listener, interrupt)

    assert steps == ["begun", "ready", "ended"]
