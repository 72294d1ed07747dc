"""Trials of several workers on one ledger: killed, frozen, restarted, and made to forget."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import PostgresServer, running_server
from tests.torture import people
from tests.torture.judge import Findings
from tests.torture.machines import PER_FRAME, Machines, machines
from tests.torture.stand import stand

LATENCY = 0.2
CONCURRENCY = 4
LEASE = 30.0


@dataclass(frozen=True)
class Outcome:
    """What became of a trial: all must be nought but the doubts that the troubles explain."""

    twice: int
    lost: int
    false_sent: int
    doubts: int
    state: str
    seconds: float


def share(
    folder: Path,
    server: PostgresServer,
    *,
    frames: int,
    workers: int,
    concurrency: int = CONCURRENCY,
    trouble: Callable[[Machines], None] = lambda _machines: None,
    latency: float = LATENCY,
    to_the_end: bool = True,
) -> Outcome:
    """Let workers post a campaign, with some trouble on the way, and count."""
    # A provider that forgets request ids lets every repeat through.
    with (
        stand(folder / "provider", latency=latency, honour_request_id=False) as provider,
        machines(server, provider, folder) as made,
    ):
        for _ in range(workers):
            made.start_worker(concurrency)
        made.await_workers(workers)
        began = time.monotonic()
        made.enqueue(frames)
        trouble(made)
        if to_the_end:
            made.await_end()
        return _judge(made, frames, time.monotonic() - began)


def kill_one(made: Machines) -> None:
    """Kill a worker in the middle of its frames."""
    victim = made.processes[0]
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()


def freeze_one(made: Machines, seconds: float = LEASE + 3) -> None:
    """Stop a worker for longer than its lease, and let it go on."""
    victim = made.processes[-1]
    os.killpg(victim.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.killpg(victim.pid, signal.SIGCONT)


def restart_server(made: Machines, mode: str = "fast") -> None:
    """Restart the database while frames are in flight."""
    made.server.stop(mode)
    time.sleep(1)
    made.server.start()


def _judge(made: Machines, frames: int, seconds: float) -> Outcome:
    texted = made.texted()
    everybody = set(people.everybody(frames * PER_FRAME))
    states = made.states()
    doubts = states["in_doubt"] + states["intent"]
    unexplained = len(everybody - texted.keys()) - doubts * PER_FRAME
    return Outcome(
        twice=sum(count - 1 for count in texted.values()),
        lost=max(unexplained, 0) + states["planned"],
        false_sent=max(states["accepted"] * PER_FRAME - len(texted), 0),
        doubts=doubts,
        state=made.campaign()[0],
        seconds=seconds,
    )


def _killed(made: Machines) -> None:
    """Kill a worker, and start one in its place."""
    kill_one(made)
    made.start_worker(CONCURRENCY)


TROUBLES: Mapping[str, tuple[Callable[[Machines], None], int]] = {
    # What happens, and how many frames may be in doubt because of it.
    "killed": (_killed, CONCURRENCY),
    "frozen": (freeze_one, 0),  # its answers come when it wakes up
    "restarted server": (restart_server, 0),
    "crashed server": (lambda made: restart_server(made, "immediate"), 0),
    "forgetful engine": (Machines.forget, 0),
}


def troubled(folder: Path, *, workers: int, frames: int, kind: str) -> Findings:
    """Let workers post a campaign, with one kind of trouble when a quarter is posted."""
    act, doubts = TROUBLES[kind]

    def trouble(made: Machines) -> None:
        made.await_posts(frames // 4)
        act(made)

    with running_server() as server:
        outcome = share(folder, server, frames=frames, workers=workers, trouble=trouble)
    findings = Findings(
        runs=1,
        contacts=frames * PER_FRAME,
        duplicates=outcome.twice,
        unaccounted=outcome.lost,
        false_sent=outcome.false_sent,
        needless_doubt=max(outcome.doubts - doubts, 0),
        unfinished=int(outcome.state != "done"),
        kills=int(kind == "killed"),
        doubts=outcome.doubts,
    )
    if findings.broken():
        findings.stories.append(f"{workers} workers, {kind}: {outcome}")
    return findings
