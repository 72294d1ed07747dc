"""Serves the receiver until a signal stops it."""

import socket
from collections.abc import Callable, Sequence

import uvicorn
from starlette.applications import Starlette

from bulksms.clock import Clock
from bulksms.errors import BulkSmsError, SettingsError
from bulksms.http_server import serve_until_signal
from bulksms.ledger import open_ledger
from bulksms.octopush.callbacks import Callback
from bulksms.settings import Settings
from bulksms.use_cases.receipts.callback_intake import CallbackIntake
from bulksms.webhook.callback_secret import read_secrets
from bulksms.webhook.follow_up_thread import FollowUpThread
from bulksms.webhook.receiver import make_receiver

__all__ = ["serve_receiver"]

BACKLOG = 2048


def serve_receiver(
    settings: Settings,
    address: tuple[str, int],
    clock: Clock,
    ready: Callable[[int, str], None],
    say: Callable[[str], None],
    *,
    renew: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM; `ready` gets the port and the secret of the address.

    `say` gets a sentence for each thing that an operator should know.

    Raises:
        SettingsError: the address is taken, or the secret cannot be read.
        LedgerError: the ledger cannot be used.
    """
    secrets = read_secrets(settings.home, renew=renew)
    listener = _listen(*address)
    with open_ledger(settings.home, settings.ledger) as ledger:
        intake = CallbackIntake(ledger, settings.home, clock)
        with FollowUpThread(intake.act, say) as follow_up:

            def write(callbacks: Sequence[Callback]) -> None:
                try:
                    intake.take(callbacks)
                except BulkSmsError as error:
                    follow_up.report(error)
                    raise
                follow_up.notice()

            _serve(
                make_receiver(secrets, write), listener, lambda port: ready(port, secrets.newest)
            )


def _serve(app: Starlette, listener: socket.socket, ready: Callable[[int], None]) -> None:
    """Serve an application on a socket until a signal ends it."""
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
    serve_until_signal(config, listener, lambda: ready(listener.getsockname()[1]))


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
