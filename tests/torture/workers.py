"""Trials of several workers on one ledger: killed, frozen, restarted, and made to forget."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import PostgresServer, running_server
from tests.tcp_proxy import TcpProxy
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
    last_port: int | None = None,
) -> Outcome:
    """Let workers post a campaign, with some trouble on the way, and count.

    The last of them reaches the server through `last_port`, if that is given.
    """
    # A provider that forgets request ids lets every repeat through.
    with (
        stand(folder / "provider", latency=latency, honour_request_id=False) as provider,
        machines(server, provider, folder) as made,
    ):
        for index in range(workers):
            made.start_worker(concurrency, last_port if index == workers - 1 else None)
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
    """Stop a worker for longer than its lease, and let it continue."""
    victim = made.processes[-1]
    os.killpg(victim.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.killpg(victim.pid, signal.SIGCONT)
    time.sleep(2)  # while its late answers come: others may have ended the campaign meanwhile


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
    # Late answers end most doubts; a frame claimed and not posted yet stays in doubt.
    "frozen": (freeze_one, CONCURRENCY),
    "restarted server": (restart_server, 0),
    "crashed server": (lambda made: restart_server(made, "immediate"), 0),
    "forgetful engine": (Machines.forget, 0),
}


def cut_off(folder: Path, *, workers: int, frames: int) -> Findings:
    """Cut the network between one worker and the database for longer than its lease."""

    def trouble(made: Machines) -> None:
        made.await_posts(frames // 4)
        proxy.swallow()
        time.sleep(LEASE + 5)
        proxy.pass_again()

    with running_server() as server, TcpProxy(server.port) as proxy:
        outcome = share(
            folder,
            server,
            frames=frames,
            workers=workers,
            trouble=trouble,
            last_port=proxy.port,
        )
    # Its answers come when the network is back, unless the program gave them up before.
    return _findings(outcome, frames, f"{workers} workers, one cut off", CONCURRENCY)


def troubled(folder: Path, *, workers: int, frames: int, kind: str) -> Findings:
    """Let workers post a campaign, with one kind of trouble when a quarter is posted."""
    act, doubts = TROUBLES[kind]

    def trouble(made: Machines) -> None:
        made.await_posts(frames // 4)
        act(made)

    with running_server() as server:
        outcome = share(folder, server, frames=frames, workers=workers, trouble=trouble)
    return _findings(outcome, frames, f"{workers} workers, {kind}", doubts)


def _findings(outcome: Outcome, frames: int, story: str, doubts: int) -> Findings:
    findings = Findings(
        runs=1,
        contacts=frames * PER_FRAME,
        duplicates=outcome.twice,
        unaccounted=outcome.lost,
        false_sent=outcome.false_sent,
        needless_doubt=max(outcome.doubts - doubts, 0),
        unfinished=int(outcome.state != "done"),
        doubts=outcome.doubts,
    )
    if findings.broken():
        findings.stories.append(f"{story}: {outcome}")
    return findings
