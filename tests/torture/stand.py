"""A provider in a process of its own, with the logs by which the judge judges."""

# ruff: noqa: ANN401  an option is whatever the sandbox has

import json
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from bulksms.sandbox import SandboxOptions, serve
from tests.torture.gateway import GatewayOptions, serve_gateway

RICH = Decimal(1_000_000)


@dataclass(frozen=True)
class Stand:
    """Where a provider listens and what it writes down."""

    url: str
    folder: Path
    pid: int

    def advance(self, hours: float) -> None:
        """Move the clock of the account on."""
        clock = f"{self.url.removesuffix('/v1/public')}/_sandbox/clock"
        order = json.dumps({"advance": hours * 3600}).encode()
        with urllib.request.urlopen(clock, data=order, timeout=10):
            pass

    @property
    def accepted(self) -> list[dict[str, Any]]:
        return lines(self.folder / "accepted.jsonl")

    @property
    def posts(self) -> list[dict[str, Any]]:
        return lines(self.folder / "posts.jsonl")


def lines(path: Path) -> list[dict[str, Any]]:
    """Read the whole lines of a log; the last one may still be on its way."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1] if line]


@contextmanager
def stand(folder: Path, **changes: Any) -> Iterator[Stand]:
    """Start a sandbox with these options; it dies with the block, and its logs stay."""
    folder.mkdir(parents=True, exist_ok=True)
    options = replace(
        SandboxOptions(credit=RICH, drip=0.001),
        log=folder / "accepted.jsonl",
        posts_log=folder / "posts.jsonl",
        **changes,
    )
    with _started(partial(_serve_sandbox, options), folder) as running:
        yield running


@contextmanager
def gateway_stand(folder: Path, **changes: Any) -> Iterator[Stand]:
    """Start the provider that shares no code with the sandbox."""
    folder.mkdir(parents=True, exist_ok=True)
    options = GatewayOptions(folder=folder, **changes)
    with _started(partial(_serve_gateway, options), folder) as running:
        yield running


@contextmanager
def _started(serve_it: Callable[[int], None], folder: Path) -> Iterator[Stand]:
    reader, writer = os.pipe()
    pid = fork(lambda: serve_it(writer))
    os.close(writer)
    try:
        with os.fdopen(reader) as lines_read:
            url = lines_read.readline().strip()
        assert url, "the provider did not start"
        yield Stand(url, folder, pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _serve_sandbox(options: SandboxOptions, writer: int) -> None:
    orphaned = threading.Event()
    _watch_parent(orphaned.set)
    serve(options, partial(_announce, writer), orphaned)


def _serve_gateway(options: GatewayOptions, writer: int) -> None:
    url, server = serve_gateway(options)
    _watch_parent(server.shutdown)
    _announce(writer, url)
    server.serve_forever()


def _announce(writer: int, url: str) -> None:
    os.write(writer, f"{url}\n".encode())
    os.close(writer)


def _watch_parent(end: Callable[[], None]) -> None:
    """Notice that the parent process has died: then nothing else would stop us."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        end()

    threading.Thread(target=watch, daemon=True).start()


def fork(work: Callable[[], None], log: Path | None = None) -> int:
    """Do some work in a child that shares nothing but memory as it was; give its id.

    The child leads a process group of its own, so that it can be killed whole.
    """
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        os.setpgid(0, 0)
        _redirect(log)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        work()
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 1
    except BaseException:  # noqa: BLE001 - whatever it is, the child ends here and says it
        import traceback

        traceback.print_exc()
    finally:
        os._exit(code)


def _redirect(log: Path | None) -> None:
    target = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(target, 1)
    os.dup2(target, 2)
