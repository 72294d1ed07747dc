"""Serves the page, only on this machine, until a signal stops it."""

import socket
from collections.abc import Callable, Mapping

import uvicorn

from bulksms.clock import Clock
from bulksms.errors import SettingsError
from bulksms.http_server import serve_until_signal
from bulksms.settings import Settings
from bulksms.web.app import make_app
from bulksms.web.request_guard import Session

__all__ = ["serve_page"]

HOST = "127.0.0.1"
BACKLOG = 128


def serve_page(
    settings: Settings,
    port: int,
    clock: Clock,
    environment: Mapping[str, str],
    ready: Callable[[str], None],
    forget_entrance: Callable[[], None],
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the address with its one-time token.

    `forget_entrance` is called when that token was used, and at the end.

    Raises:
        SettingsError: the port is taken.
    """
    listener = _listen(port)
    session = Session(listener.getsockname()[1], forget_entrance=forget_entrance)
    app = make_app(settings, session, clock, environment)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # the address with the token would be in it
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=2,
    )
    address = f"http://{HOST}:{session.port}{session.entrance}"
    serve_until_signal(config, listener, lambda: ready(address))


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Port {port} of this machine cannot be used ({error.strerror}): "
            "choose another one with --port, or none."
        ) from None
    return listener
