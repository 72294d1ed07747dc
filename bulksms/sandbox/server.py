"""Starts and stops a sandbox; the web libraries are loaded only when one starts."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Self

from bulksms.clock import Clock
from bulksms.errors import MissingExtra, SettingsError, UsageError
from bulksms.sandbox.accepted_log import AcceptedFrame
from bulksms.sandbox.sandbox_account import SandboxAccount
from bulksms.sandbox.server_options import SandboxOptions

if TYPE_CHECKING:
    from uvicorn import Server

_STARTING_SECONDS = 10.0
_BACKLOG = 2048


class Sandbox:
    """A sandbox in a thread of this process, as a context manager."""

    def __init__(self, options: SandboxOptions | None = None, clock: Clock | None = None) -> None:
        self.options = options or SandboxOptions()
        self.base_url = ""
        self._clock = clock
        self._account: SandboxAccount | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen and serve in a thread; returns the base URL, which accepts connections at once.

        Raises:
            MissingExtra: Starlette or uvicorn is not installed.
            SettingsError: The port cannot be used.
            UsageError: The log cannot be used.
        """
        if self._thread is not None:
            return self.base_url
        _check_installed()
        listener = _listen(self.options)
        try:
            account = SandboxAccount(self.options, self._clock)
        except UsageError:
            listener.close()
            raise
        self._account = account
        self._server = _build_server(account)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="sandbox", daemon=True
        )
        self._thread.start()
        self.base_url = _base_url(listener)
        _await_start(self._server, self._thread)
        return self.base_url

    def stop(self) -> None:
        """Stop serving; silent connections are dropped, what was accepted stays readable."""
        if self._thread is None or self._server is None or self._account is None:
            return
        self._server.should_exit = True
        self._thread.join(_STARTING_SECONDS)
        self._thread = self._server = None
        self._account.close()

    @property
    def accepted(self) -> tuple[AcceptedFrame, ...]:
        """Every frame accepted so far."""
        return self._account.accepted if self._account else ()

    @property
    def account(self) -> SandboxAccount:
        """The account of a started sandbox, for tests that look closer."""
        if self._account is None:
            raise RuntimeError("the sandbox has not been started")
        return self._account

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()


def serve(
    options: SandboxOptions,
    ready: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or the event; `ready` gets the base URL."""
    stop = stop or threading.Event()
    with _stopped_by_signals(stop), Sandbox(options) as sandbox:
        ready(sandbox.base_url)
        # In slices: on Windows Ctrl-C does not end an endless wait.
        while not stop.wait(0.5):
            pass


@contextlib.contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into the event; only the main thread gets them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _await_start(server: "Server", thread: threading.Thread) -> None:
    """Wait until the server runs."""
    pause = threading.Event()
    for _ in range(int(_STARTING_SECONDS / 0.01)):
        if server.started or not thread.is_alive():
            break
        pause.wait(0.01)
    if not server.started:
        raise SettingsError("The sandbox did not start; try another port.")


def _check_installed() -> None:
    """Load the web libraries, or name the extra that brings them."""
    try:
        import bulksms.sandbox.routes  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            f"The sandbox needs {error.name}, which is not installed;"
            " run `pip install --upgrade bulksms-octopush`."
        ) from error


def _listen(options: SandboxOptions) -> socket.socket:
    """Bind the address before anything else, so that a taken port is noticed at once."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"The sandbox cannot listen on {options.host} port {options.port}"
            f" ({getattr(error, 'strerror', None) or error}); choose another port or 0."
        ) from error


def _base_url(listener: socket.socket) -> str:
    """The address that clients use."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/v1/public" if ":" in host else f"http://{host}:{port}/v1/public"


def _build_server(account: SandboxAccount) -> "Server":
    """Build a server without logs and proxy headers."""
    import uvicorn

    from bulksms.sandbox.broken_connections import BreakableProtocol
    from bulksms.sandbox.routes import build_app

    config = uvicorn.Config(
        build_app(account),
        http=BreakableProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        date_header=False,  # the account's clock gives the date
        # Long enough that no connection of a slow client is closed before its next request.
        timeout_keep_alive=120,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
