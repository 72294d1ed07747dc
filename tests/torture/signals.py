"""Signals, to the program as people start it: `bulksms resume` in a process of its own."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.torture.bench import Bench, bench, has_frame_in_flight
from tests.torture.judge import Findings
from tests.torture.orders import CAMPAIGN, KEY, LOGIN, Sender

EXPECTED = {signal.SIGINT: {130}, signal.SIGTERM: {143}, signal.SIGHUP: {143}}
LATENCY = 0.15
PATIENCE = 60.0


@contextmanager
def _program(workbench: Bench) -> Iterator["subprocess.Popen[bytes]"]:
    """Start the program on the campaign of the bench."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BULKSMS")}
    variables = {
        "BULKSMS_HOME": str(workbench.home),
        "BULKSMS_BASE_URL": workbench.stand.url,
        "BULKSMS_API_LOGIN": LOGIN,
        "BULKSMS_API_KEY": KEY,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bulksms", "resume", CAMPAIGN],
        env=kept | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=(workbench.home / "child.log").open("ab"),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def asked_to_stop(
    folder: Path, sender: Sender, mode: str, order: signal.Signals, after: int
) -> Findings:
    """Ask once, after so many posts: the frame in flight ends, and no other one begins."""
    with bench(folder, sender, mode, 8, latency=LATENCY) as workbench:
        with _program(workbench) as process:
            workbench.await_posts(after)
            before = len(workbench.stand.posts)
            process.send_signal(order)
            code = process.wait(PATIENCE)
        workbench.extra.posts_after_failure = max(0, len(workbench.stand.posts) - before - 1)
        workbench.extra.misbehaved = code not in EXPECTED[order] and len(workbench.stand.posts) < 8
        workbench.finish()
        return workbench.judge()


def asked_twice(folder: Path, sender: Sender, mode: str, after: int) -> Findings:
    """Ask twice: it leaves now, and the frame in flight is in doubt at the most."""
    with bench(folder, sender, mode, 8, latency=LATENCY) as workbench:
        with _program(workbench) as process:
            workbench.await_posts(after)
            process.send_signal(signal.SIGINT)
            time.sleep(0.03)
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        workbench.kills += 1
        workbench.finish()
        return workbench.judge()


def killed(folder: Path, sender: Sender, mode: str, seed: int) -> Findings:
    """Kill the whole program while a frame is on its way, or in one run of five at its start."""
    dice = random.Random(seed)
    with bench(folder, sender, mode, 6, latency=LATENCY) as workbench:
        with _program(workbench) as process:
            if at_start := dice.random() < 0.2:
                time.sleep(dice.random())
            else:
                workbench.await_posts(dice.randint(1, 6))
                time.sleep(dice.random() * LATENCY)
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
        in_flight = has_frame_in_flight(workbench.home)
        workbench.kills += 1
        workbench.extra.kills_in_flight += in_flight
        if not at_start:
            workbench.extra.aimed_kills += 1
            workbench.extra.aimed_in_flight += in_flight
        workbench.finish()
        return workbench.judge()


def closed_pipe(folder: Path, sender: Sender, mode: str, after: int) -> Findings:
    """Close its standard output meanwhile, as `| head` does; it continues or stops, no worse."""
    with bench(folder, sender, mode, 6, latency=0.05) as workbench:
        with _program(workbench) as process:
            workbench.await_posts(after)
            assert process.stdout is not None
            process.stdout.close()
            process.wait(PATIENCE)
            process.stdout = None
        workbench.finish()
        return workbench.judge()


def frozen(folder: Path, sender: Sender, mode: str, after: int) -> Findings:
    """Freeze it in the middle of a post, as a laptop that sleeps, and let it continue."""
    with bench(folder, sender, mode, 6, latency=LATENCY) as workbench:
        with _program(workbench) as process:
            workbench.await_posts(after)
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.5)
            process.send_signal(signal.SIGCONT)
            process.wait(PATIENCE)
        workbench.finish()
        return workbench.judge()
