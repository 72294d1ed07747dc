"""Faults on the way: one in five posts goes wrong, and every answer the API can give."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bulksms.octopush import all_codes
from bulksms.sandbox import FaultKind
from bulksms.sandbox.fault_kinds import USUAL_KINDS
from tests.torture.bench import FRAME, bench
from tests.torture.judge import Findings
from tests.torture.orders import Sender

STORM = 10_000  # contacts; two storms of different seeds make the 20,000
SHARE = 0.2
DOUBTFUL_RUNS = 20

# Statuses of `reliability.md` 2.4 that say nothing was taken, and those that leave it open.
UNTAKEN = (301, 307, 308, 401, 402, 403, 404, 405, 406, 407, 410, 413, 415, 421, 425, 429)
OPEN = (200, 202, 204, 302, 303, 400, 408, 409, 418, 422, 423, 500, 502, 503, 504, 520, 529)
# One after another: every fault the sandbox knows by name.
KINDS = tuple(str(kind) for kind in FaultKind)
WAITS = ("0", "3", "1000000000", "-1", "Thu, 01 Jan 1970 00:00:00 GMT", "soon")

# Codes after which a person must act before anything continues (2.9): account and campaign.
STOPPING = frozenset(
    {101, 102, 104, 105, 106, 107, 108, 109, 112, 113, 114, 119, 120, 121, 122, 133, 182}
    | {201, 207, 208, 209}
)


def storm(folder: Path, sender: Sender, mode: str, seed: int, contacts: int = STORM) -> Findings:
    """Send with a fifth of all posts going wrong, until nothing is left.

    Where ids are proved, no frame stays in doubt; but for a stranger's page, which says "yes"
    in words no one can read, and is never repeated.
    """
    options: dict[str, Any] = {"faults": SHARE, "seed": seed}
    if mode == "proved":
        options["fault_kinds"] = tuple(kind for kind in USUAL_KINDS if kind != "html_200")
    with bench(folder, sender, mode, contacts // FRAME, **options) as workbench:
        workbench.finish()
        for _ in range(DOUBTFUL_RUNS):
            if mode == "proved" and workbench.doubts:
                workbench.send()
        workbench.extra.unfinished = workbench.doubts if mode == "proved" else 0
        return workbench.judge()


def scripted(folder: Path, sender: Sender, mode: str, answer: object) -> Findings:
    """Let the second post be answered so, and finish."""
    with bench(folder, sender, mode, script={"2": answer}) as workbench:
        workbench.finish()
        return workbench.judge()


def answered_apart(folder: Path, sender: Sender, mode: str, manner: str) -> Findings:
    """Let a provider that shares no code with the sandbox answer the second post in this way."""
    with bench(folder, sender, mode, apart=True, script={2: manner}) as workbench:
        workbench.finish()
        for _ in range(DOUBTFUL_RUNS):
            if mode == "proved" and workbench.doubts:
                workbench.send()
        workbench.extra.unfinished = workbench.doubts if mode == "proved" else 0
        return workbench.judge()


def code(folder: Path, sender: Sender, mode: str, number: int) -> Findings:
    """Refuse the second post with a code: a stopping one lets no third post leave."""
    with bench(folder, sender, mode, script={"2": number}) as workbench:
        workbench.send()
        posts = len(workbench.stand.posts)
        if number in STOPPING:
            workbench.extra.posts_after_failure = max(0, posts - 2)
        workbench.finish()
        return workbench.judge()


def statuses() -> Iterator[object]:
    """Yield an answer for each status, each with and without the frame taken if it may be."""
    yield from ({"status": status} for status in UNTAKEN)
    yield from ({"status": 429, "retry_after": wait} for wait in WAITS)
    yield from ({"status": 503, "retry_after": wait} for wait in WAITS)
    for status in OPEN:
        yield {"status": status}
        yield {"status": status, "accept": True}


def codes() -> list[int]:
    """Return every code the program knows, and one it does not."""
    return [*(code.number for code in all_codes()), 777]


def redirect(folder: Path, sender: Sender, mode: str, status: int) -> Findings:
    """Send the second post elsewhere: no one may come there, with keys or without."""
    with (
        _elsewhere() as (url, came),
        bench(
            folder, sender, mode, redirect_to=url, script={"2": f"redirect_{status}"}
        ) as workbench,
    ):
        workbench.finish()
        workbench.extra.requests_elsewhere = len(came)
        return workbench.judge()


@contextmanager
def _elsewhere() -> Iterator[tuple[str, list[bytes]]]:
    """Listen on another port, and keep what comes."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]

        def listen() -> None:
            while True:
                try:
                    wire, _ = door.accept()
                except OSError:
                    return
                with wire:
                    wire.settimeout(1)
                    came.append(wire.recv(65_536))
                    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        ear = threading.Thread(target=listen, daemon=True)
        ear.start()
        yield f"http://127.0.0.1:{port}/elsewhere", came
        door.shutdown(socket.SHUT_RDWR)
