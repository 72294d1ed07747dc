"""`python -m tests.torture`: run the trials, and end in one line of figures.

Leaves with 1 when a bar does not hold or a broken sender gets away.
"""

# ruff: noqa: T201  the figures are what this is for

import argparse
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from types import FrameType

from tests.torture import disks, kills
from tests.torture.judge import Findings
from tests.torture.schedule import Size, Trial, broken_senders, sized, trials

DEADLINE = 300  # seconds that one trial may take
EFFECTIVE = 2 / 3  # of the kills that are aimed at a frame in flight
FEW = 30  # aimed kills; of fewer the share is chance


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    size = sized(asked.kills)
    memory = Path("/dev/shm")
    root = Path(tempfile.mkdtemp(prefix="torture-", dir=memory if memory.is_dir() else None))
    disk, file_system = disks.make_folder_on_disk()
    (root / "shelf").mkdir()
    began = time.monotonic()
    try:
        lines = 0 if asked.only else kills.count_lines(root / "lines")
        answer = kills.measure_answer(root / "measured")
        work = [*trials(size, asked.seed, lines, answer), *broken_senders()]
        chosen = [trial for trial in work if not asked.only or trial.kind in asked.only]
        findings, counted = _run(chosen, root, disk, asked.jobs)
    finally:
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(disk, ignore_errors=True)
    for story in findings.stories:
        print(story)
    seconds = time.monotonic() - began
    print(_figures(findings, counted, size), f"operator days on {file_system} ({seconds:.0f} s)")
    if findings.aimed_kills >= FEW and findings.aimed_in_flight < EFFECTIVE * findings.aimed_kills:
        print(f"Fewer than {EFFECTIVE:.0%} of the aimed kills met a frame in flight.")
        return 1
    return 1 if findings.broken() else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="1000 is the whole matrix")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", action="append", metavar="KIND", help="may be repeated")
    return parser


def _run(work: Sequence[Trial], root: Path, disk: Path, jobs: int) -> tuple[Findings, Counter[str]]:
    """Do all trials, several at a time, and sum up."""
    findings, counted = Findings(), Counter(trial.kind for trial in work)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_bear) as pool:
        futures = [
            pool.submit(_try, trial, (disk if trial.on_disk else root) / f"trial-{number}")
            for number, trial in enumerate(work)
        ]
        for future in _with_progress(as_completed(futures), len(futures)):
            findings.add(future.result())
    return findings, counted


def _with_progress(
    futures: Iterable["Future[Findings]"], count: int
) -> Iterable["Future[Findings]"]:
    """Say now and then how far it is, if someone looks on."""
    for done, future in enumerate(futures, start=1):
        if sys.stderr.isatty() and done % 10 == 0:
            print(f"\r{done} of {count}", end="", file=sys.stderr)
        yield future


def _bear() -> None:
    """Make a worker interrupt what lasts too long."""
    signal.signal(signal.SIGALRM, _too_long)


def _too_long(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise TimeoutError(f"a trial lasted more than {DEADLINE} s")


def _try(trial: Trial, folder: Path) -> Findings:
    """Do one trial; one that breaks down is a finding too."""
    signal.alarm(DEADLINE)
    try:
        return trial.act(folder)
    except Exception as error:  # noqa: BLE001 - one broken trial must not hide the others
        return Findings(runs=1, misbehaved=1, stories=[f"{trial}: {error!r}"])
    finally:
        signal.alarm(0)


def _figures(findings: Findings, counted: Counter[str], size: Size) -> str:
    """Write the one line that says it all."""
    storm = counted.pop("storms", 0) * size.storm_contacts // 2
    done = ", ".join(f"{count} {kind}" for kind, count in counted.items())
    bars = {
        "duplicates": findings.duplicates,
        "false sent": findings.false_sent,
        "false not sent": findings.false_unsent,
        "unaccounted": findings.unaccounted,
        "wrong words": findings.wrong_words,
    }
    shown = ", ".join(f"{name} {count}" for name, count in bars.items())
    others = {bar: count for bar, count in findings.broken().items() if bar not in _SHOWN}
    rest = ", ".join(f"{bar.replace('_', ' ')} {count}" for bar, count in others.items())
    return (
        f"torture: 2 modes x {storm:,} contacts at 20 % faults, {done}; "
        f"{findings.contacts:,} contacts in all: {shown}, {rest or 'other bars 0'}, "
        f"doubt per kill <= {findings.doubts_per_kill}, {findings.kills:,} kills of which "
        f"{findings.kills_in_flight:,} had a frame in flight ({findings.aimed_in_flight:,} of "
        f"{findings.aimed_kills:,} aimed)"
    )


_SHOWN = {"duplicates", "false_sent", "false_unsent", "unaccounted", "wrong_words"}

if __name__ == "__main__":
    sys.exit(main())
