"""A flood of callbacks into `bulksms listen`, which is killed and started again meanwhile."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bulksms.ledger import FrameState, Ledger, open_ledger
from tests.acceptance.driver import Desk
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import frame_of

if TYPE_CHECKING:
    from subprocess import Popen

FIRST, PEOPLE, PER_FRAME = 33_639_980_000, 10_000, 250
STATUSES = ("ACK", "DELIVERED", "READ", "CLICKED", "NOT_DELIVERED")
CONNECTIONS = 32
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

Receipt = tuple[int, str]  # who, and what became of the text


@dataclass(kw_only=True)
class Flood:
    """What a flood met: the receipts that were acknowledged, and how long each answer took."""

    acknowledged: set[Receipt] = field(default_factory=set)
    answers: list[float] = field(default_factory=list)
    refused: int = 0
    kills: int = 0
    seconds: float = 0.0
    lost: set[Receipt] = field(default_factory=set)
    _goal: int = 0
    _at_goal: asyncio.Event = field(default_factory=asyncio.Event)

    def acknowledge(self, receipt: Receipt) -> None:
        """Note that a receipt was answered with 200."""
        self.acknowledged.add(receipt)
        if len(self.acknowledged) >= self._goal:
            self._at_goal.set()

    async def reached(self, goal: int) -> None:
        """Wait until so many were acknowledged."""
        self._goal = goal
        self._at_goal.clear()
        if len(self.acknowledged) < goal:
            await self._at_goal.wait()

    @property
    def slowest(self) -> float:
        """The longest time to an answer, in seconds."""
        return max(self.answers, default=0.0)

    @property
    def share_within_a_second(self) -> float:
        """The share of the answers that took a second at most."""
        return sum(each <= 1.0 for each in self.answers) / max(1, len(self.answers))


def flood_listener(folder: Path, callbacks: int, kills: int) -> Flood:
    """Post so many callbacks about a campaign that was sent, and compare with the ledger."""
    folder.mkdir(parents=True, exist_ok=True)
    desk = Desk(folder, key=None)
    with ledger_in(desk.home) as ledger:
        _send_campaign(ledger)
    flood = asyncio.run(_flood(_Listener(desk), callbacks, kills))
    with open_ledger(desk.home) as ledger:
        kept = set(_kept(ledger))
    flood.lost = flood.acknowledged - kept
    return flood


def _send_campaign(ledger: Ledger) -> None:
    frames = [
        frame_of(*range(FIRST + start, FIRST + start + PER_FRAME), number=at)
        for at, start in enumerate(range(0, PEOPLE, PER_FRAME), start=1)
    ]
    made = ledger.campaigns.create(new_campaign(), frames)
    for frame in frames:
        ledger.claims.claim(made.id, frame.number, NOW)
        ticket = f"sms_{frame.number}"
        ledger.claims.record(made.id, frame.number, FrameState.ACCEPTED, NOW, ticket=ticket)


def _kept(ledger: Ledger) -> Iterator[Receipt]:
    tickets = [f"sms_{at + 1}" for at in range(PEOPLE // PER_FRAME)]
    for _, number, status in ledger.receipts.of_tickets(tickets):
        yield number, status


class _Listener:
    """The receiver as a process, at one address over its restarts."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._port = desk, "0"
        self._process: Popen[str] | None = None
        self.address = ""

    def start(self) -> None:
        self._process = self._desk.start("listen", "--port", self._port)
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        self._port = str(urlsplit(self.address).port)

    def kill(self) -> None:
        """End it as a power cut does: nothing is flushed, no one is answered."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()


async def _flood(listener: _Listener, callbacks: int, kills: int) -> Flood:
    flood = Flood()
    waiting = asyncio.Queue[Receipt]()
    for at in range(callbacks):
        waiting.put_nowait((FIRST + at % PEOPLE, STATUSES[at // PEOPLE]))
    await asyncio.to_thread(listener.start)
    started = time.monotonic()
    posters = [asyncio.create_task(_post_all(listener, waiting, flood)) for _ in range(CONNECTIONS)]
    for turn in range(1, kills + 1):
        await flood.reached(callbacks * turn // (kills + 1))
        await asyncio.to_thread(listener.kill)
        flood.kills += 1
        await asyncio.to_thread(listener.start)
    await waiting.join()
    flood.seconds = time.monotonic() - started
    for each in posters:
        each.cancel()
    await asyncio.to_thread(listener.kill)
    return flood


async def _post_all(listener: _Listener, waiting: asyncio.Queue[Receipt], flood: Flood) -> None:
    """Post over one connection; what got no answer is posted again over the next."""
    while True:
        parts = urlsplit(listener.address)
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                while True:
                    await _post(reader, writer, parts.path, waiting, flood)
            finally:
                writer.close()
        await asyncio.sleep(0.02)


async def _post(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    path: str,
    waiting: asyncio.Queue[Receipt],
    flood: Flood,
) -> None:
    receipt = await waiting.get()
    person, status = receipt
    ticket = f"sms_{(person - FIRST) // PER_FRAME + 1}"
    body = json.dumps({"message_id": ticket, "number": str(person), "status": status}).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    started = time.monotonic()
    answered = False
    try:
        writer.write(head + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        answered = answer.split()[1] == b"200"
        flood.answers.append(time.monotonic() - started)
        flood.refused += not answered
    finally:
        if answered:
            flood.acknowledge(receipt)
        else:
            waiting.put_nowait(receipt)
        waiting.task_done()
