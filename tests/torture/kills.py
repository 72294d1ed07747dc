"""Kills: at random instants, at every exact point, on the wire, and at every line.

Each function is one trial: a campaign, a death or several, resumes until the end, the judge.
"""

import random
import time
from pathlib import Path

from tests.torture.bench import bench, kill_group
from tests.torture.judge import Findings
from tests.torture.orders import Sender, Trip

# What one frame crosses, in its order; `reported` is everything after the answer is written down.
POINTS = (
    "bodies:before",
    "claim:before",
    "claim:after",
    "post:before",
    "post:after",
    "record:before",
    "record:after",
    "reported:before",
    "reported:after",
)
FIVE = 5
WORKERS = 4
LATENCY = 0.04  # seconds for which a frame is in flight, most of the time that it takes
ANSWER = 0.05  # seconds that a frame takes where no run was measured
START = 0.15  # seconds within which a sender begins


def random_kills(
    folder: Path,
    sender: Sender,
    mode: str,
    seed: int,
    frames: int = 12,
    *,
    answer: float = ANSWER,
    apart: bool = False,
) -> Findings:
    """Kill a sender at a random instant, now and then five times in a row; then finish.

    The instant is within the `answer` seconds that a frame of a measured run takes, or, in one
    run of ten, before the first.
    """
    dice = random.Random(seed)
    times = FIVE if dice.random() < 0.1 else 1
    with bench(folder, sender, mode, frames, latency=LATENCY, apart=apart) as workbench:
        for _ in range(times):
            pid = workbench.launch()
            if dice.random() < 0.1:
                time.sleep(dice.random() * START)
                kill_group(pid)
                workbench.ended(pid)
                continue
            workbench.await_posts(
                len(workbench.stand.posts) + dice.randint(1, max(1, frames // times)), pid
            )
            time.sleep(dice.random() * answer)
            workbench.kill(pid)
        workbench.finish()
        return workbench.judge()


def parallel_kill(folder: Path, sender: Sender, mode: str, seed: int) -> Findings:
    """Kill a sender with four frames in the air: those are in doubt, and no others."""
    dice = random.Random(seed)
    with bench(folder, sender, mode, 12, latency=LATENCY) as workbench:
        pid = workbench.launch(concurrency=WORKERS)
        workbench.await_posts(dice.randint(2, 9), pid)
        time.sleep(dice.random() * LATENCY)
        workbench.kill(pid)
        workbench.excuses = WORKERS - 1
        workbench.finish(concurrency=WORKERS)
        return workbench.judge()


def measure_answer(folder: Path) -> float:
    """Measure an undisturbed run: how many seconds each of its frames takes."""
    frames = 12
    with bench(folder, Sender(), "honoured", frames, latency=LATENCY) as workbench:
        pid = workbench.launch()
        workbench.await_posts(1)
        began = time.monotonic()
        workbench.ended(pid)
        return (time.monotonic() - began) / frames


def exact_point(
    folder: Path, sender: Sender, mode: str, point: str, crossing: int, frames: int = 12
) -> Findings:
    """Die at one crossing of one point, then finish."""
    with bench(folder, sender, mode, frames) as workbench:
        workbench.send(trip=Trip(crossing, frozenset({point})))
        workbench.finish()
        return workbench.judge()


def on_the_wire(
    folder: Path, sender: Sender, mode: str, frame: int, frames: int = 12, *, taken: bool = True
) -> Findings:
    """Die while the frame is at the API, which has taken it or not and says nothing."""
    fault = "silence_after_accept" if taken else "silence_before_accept"
    with bench(folder, sender, mode, frames, script={str(frame): fault}) as workbench:
        pid = workbench.launch()
        workbench.await_posts(frame)
        workbench.kill(pid)
        workbench.excuses = -1  # no process waits through the silence: the kill is the one excuse
        workbench.finish()
        return workbench.judge()


def exact_line(folder: Path, sender: Sender, mode: str, crossing: int) -> Findings:
    """Die at one executed line of a campaign of two frames, then finish."""
    with bench(folder, sender, mode, 2) as workbench:
        workbench.send(trip=Trip(crossing))
        workbench.finish()
        return workbench.judge()


def count_lines(folder: Path) -> int:
    """Describe how many lines such a campaign executes."""
    with bench(folder, Sender(), "honoured", 2) as workbench:
        report = workbench.home / "lines.txt"
        workbench.send(trip=Trip(0, report=report))
        return report.read_bytes().count(b"\n")
