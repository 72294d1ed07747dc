"""Serves the receiver until it is told to stop."""

import socket
from collections.abc import Callable

import uvicorn

from bulksms.clock import Clock
from bulksms.errors import SettingsError
from bulksms.ledger import open_ledger
from bulksms.settings import Settings
from bulksms.use_cases.reporting.take_callbacks import take_callbacks
from bulksms.webhook.callback_secret import read_secrets
from bulksms.webhook.receiver import make_receiver

__all__ = ["serve_receiver"]

BACKLOG = 2048


def serve_receiver(
    settings: Settings,
    address: tuple[str, int],
    clock: Clock,
    ready: Callable[[int, str], None],
    *,
    renew: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the port and the secret of the address.

    Raises:
        SettingsError: the address is taken, or the secret cannot be read.
        LedgerError: the ledger cannot be used.
    """
    secrets = read_secrets(settings.home, renew=renew)
    listener = _listen(*address)
    with open_ledger(settings.home, settings.ledger) as ledger:
        app = make_receiver(secrets, lambda each: take_callbacks(ledger, each, clock.now()))
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # the secret is in the address
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=5,
        )
        ready(listener.getsockname()[1], secrets.newest)
        uvicorn.Server(config).run([listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"{host}, port {port} cannot be used ({error.strerror}): choose another with --host "
            "or --port."
        ) from None
    return listener
