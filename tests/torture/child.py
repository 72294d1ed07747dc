"""The child that sends: the program's own use case, in a process that may die at any moment."""

# ruff: noqa: T201  a child prints, because printing may fail

import os
import resource
import signal
import sys
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bulksms.clock import SystemClock
from bulksms.errors import BulkSmsError
from bulksms.ledger import FrameRecord, Ledger, open_ledger
from bulksms.octopush import Credentials
from bulksms.sender import ApiConnection, Observer, Pacing
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunOptions, require_credentials
from bulksms.use_cases.send.resume_campaign import resume_campaign
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from
from tests.torture.orders import KEY, LOGIN, Order
from tests.torture.stand import fork
from tests.torture.tripping import (
    TrippingObserver,
    TrippingPoster,
    Wire,
    trip_over_lines,
    tripping_ledger,
)


class HurriedClock(SystemClock):
    """The real hour, and waits that pass at once; every look at it is seconds later.

    So each frame writes the results file again, as a slow campaign would.
    """

    def __init__(self, hours_later: float = 0.0) -> None:
        self._passed = 0.0
        self._later = timedelta(hours=hours_later)

    def now(self) -> datetime:
        return super().now() + self._later

    def monotonic(self) -> float:
        self._passed += 3.0
        return self._passed

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        self._passed += seconds
        return wake.is_set()


class Talker:
    """An observer that prints, into a pipe that someone may have closed."""

    def started(self, frames: int, contacts: int) -> None:
        print("started", frames, contacts, flush=True)

    def frame_settled(self, record: FrameRecord) -> None:
        print("settled", record.number, record.state, flush=True)

    def note(self, sentence: str) -> None:
        print("note", sentence, flush=True)


class CutOff(Talker):
    """A talker whose listener goes away once it has begun."""

    def started(self, frames: int, contacts: int) -> None:
        super().started(frames, contacts)
        _stop_listening()


def launch(order: Order) -> int:
    """Start a child that obeys the order; give its id, which is its process group's too."""
    return fork(lambda: obey(order), log=order.home / "child.log")


def await_end(pid: int) -> int:
    """Wait for a child; negative is the signal that ended it."""
    _, ended = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(ended)


def has_ended(pid: int) -> bool:
    """Return whether a child is dead; its end is still to be awaited."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def send(order: Order) -> int:
    """Let a child obey, and wait for its end."""
    return await_end(launch(order))


def obey(order: Order) -> None:
    """Send as the order says; leaves with 3 when the program says no with a sentence."""
    if order.file_limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.file_limit, order.file_limit))
    context = run_context(order)
    try:
        if order.sender.is_real and order.trip is None:
            resume_campaign(order.campaign, _run_options(order), context)
        else:
            _drive(order, context)
    except BulkSmsError as error:
        print("said:", error, flush=True)
        sys.exit(3)


def run_context(order: Order) -> RunContext:
    """Make what a run is given of the world; SIGTERM asks it to stop after its frame."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = Settings(home=order.home, base_url=order.url, api_login=LOGIN, api_key=KEY)
    talker: Observer = CutOff() if order.deaf_reader else Talker()
    return RunContext(
        settings=settings,
        clock=HurriedClock(order.hours_later),
        observer=talker,
        stop=stop,
        poster=order.sender.poster,
    )


def _run_options(order: Order) -> RunOptions:
    pacing = Pacing(concurrency=order.concurrency, max_cost=order.max_cost)
    return RunOptions(pacing=pacing, approve_late=order.approve_late)


def _drive(order: Order, context: RunContext) -> None:
    """Do what `resume` does, with a wire before all that it is given."""
    sender, trip = order.sender, order.trip
    with _opened(order, context) as real:
        record = real.campaigns.get(order.campaign)
        ledger = sender.ledger(real)
        if trip is not None and not trip.is_of_lines:
            wire = Wire(trip)
            ledger, context = tripping_ledger(ledger, wire), _tripping(context, wire)
        with real.locks.campaign(record.name) if sender.locks else nullcontext():
            if trip is not None and trip.is_of_lines:
                trip_over_lines(Wire(trip))
            credentials = require_credentials(context.settings)
            sender.driving(ledger, record, _run_options(order), context, credentials)
    sys.settrace(None)


def _opened(order: Order, context: RunContext) -> AbstractContextManager[Ledger]:
    """Open the ledger, asking its witnesses unless the sender does not."""
    if order.sender.trusts:
        return ledger_to_send_from(context.settings, context.observer)
    return open_ledger(order.home)


def _tripping(context: RunContext, wire: Wire) -> RunContext:
    def poster(_url: str, credentials: Credentials) -> ApiConnection:
        return TrippingPoster(context.connect(credentials), wire)

    return replace(context, poster=poster, observer=TrippingObserver(context.observer, wire))


def _stop_listening() -> None:
    """Make every print fail, as when the reader is gone."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    reader, writer = os.pipe()
    os.close(reader)
    os.dup2(writer, 1)


def log_of(home: Path) -> str:
    """Read what children printed, to find a cause."""
    path = home / "child.log"
    return path.read_text(errors="replace") if path.exists() else ""
