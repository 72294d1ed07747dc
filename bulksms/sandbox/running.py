"""Starting and stopping a sandbox; the web libraries are loaded only when one starts."""

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bulksms.clock import Clock
from bulksms.errors import MissingExtra, SettingsError
from bulksms.sandbox.account import Account
from bulksms.sandbox.journal import AcceptedFrame
from bulksms.sandbox.options import SandboxOptions

if TYPE_CHECKING:
    from uvicorn import Server

_STARTING_SECONDS = 10.0
_BACKLOG = 2048


class Sandbox:
    """A sandbox in a thread of this process; a context manager that gives itself."""

    def __init__(self, options: SandboxOptions | None = None, clock: Clock | None = None) -> None:
        self.options = options or SandboxOptions()
        self.base_url = ""
        self._clock = clock
        self._account: Account | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen and serve in a thread; say the base URL, which accepts connections at once.

        Raises:
            MissingExtra: Starlette or uvicorn is not installed.
            SettingsError: The port or the log cannot be used.
        """
        if self._thread is not None:
            return self.base_url
        _check_installed()
        listener = _listen(self.options)
        try:
            account = Account(self.options, self._clock)
        except SettingsError:
            listener.close()
            raise
        self._account = account
        self._server = _build_server(account)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="sandbox", daemon=True
        )
        self._thread.start()
        self.base_url = _base_url(listener)
        self._await_start()
        return self.base_url

    def _await_start(self) -> None:
        """Wait until the server says it runs."""
        assert self._server is not None
        assert self._thread is not None
        pause = threading.Event()
        for _ in range(int(_STARTING_SECONDS / 0.01)):
            if self._server.started or not self._thread.is_alive():
                break
            pause.wait(0.01)
        if not self._server.started:
            raise SettingsError("The sandbox did not start; try another port.")

    def stop(self) -> None:
        """Stop serving; connections left silent are dropped. What was accepted stays readable."""
        if self._thread is None or self._server is None or self._account is None:
            return
        self._server.should_exit = True
        self._thread.join(_STARTING_SECONDS)
        self._thread = self._server = None
        self._account.close()

    @property
    def accepted(self) -> tuple[AcceptedFrame, ...]:
        """Every frame taken so far."""
        return self._account.accepted if self._account else ()

    @property
    def account(self) -> Account:
        """The account behind the address, for tests that look closer."""
        assert self._account is not None, "the sandbox has not been started"
        return self._account

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def serve(
    options: SandboxOptions,
    ready: Callable[[str], None],
    stop: threading.Event | None = None,
) -> None:
    """Serve until SIGINT, SIGTERM or the event; `ready` hears the base URL once listening."""
    stop = stop or threading.Event()
    with _stopped_by_signals(stop), Sandbox(options) as sandbox:
        ready(sandbox.base_url)
        # Waiting in slices: on Windows an endless wait would not hear Ctrl-C.
        while not stop.wait(0.5):
            pass


@contextlib.contextmanager
def _stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Turn the two polite signals into the event; only the main thread can hear them."""
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


def _check_installed() -> None:
    """Load the web libraries, or name the extra that brings them."""
    try:
        import bulksms.sandbox.app  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            f"The sandbox needs {error.name}, which is not installed;"
            " run `pip install --upgrade bulksms-octopush`."
        ) from error


def _listen(options: SandboxOptions) -> socket.socket:
    """Bind the address before anything else, so that a taken port is heard of at once."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    try:
        return socket.create_server((options.host, options.port), family=family, backlog=_BACKLOG)
    except (OSError, OverflowError) as error:
        raise SettingsError(
            f"The sandbox cannot listen on {options.host} port {options.port}"
            f" ({getattr(error, 'strerror', None) or error}); choose another port or 0."
        ) from error


def _base_url(listener: socket.socket) -> str:
    """Write the address clients are given."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/v1/public" if ":" in host else f"http://{host}:{port}/v1/public"


def _build_server(account: Account) -> "Server":
    """Build a server that neither logs nor answers for proxies."""
    import uvicorn

    from bulksms.sandbox.app import build_app
    from bulksms.sandbox.wire import WireProtocol

    config = uvicorn.Config(
        build_app(account),
        http=WireProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        date_header=False,  # the account's clock has its own hour
        # Long enough that a paced client never meets a connection closed under its request.
        timeout_keep_alive=120,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)
