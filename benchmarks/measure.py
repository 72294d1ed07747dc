"""Runs programs one after the other and asks the operating system what each of them used."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
KILOBYTES = 1 if sys.platform == "darwin" else 1024  # what ru_maxrss counts in


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one run used: seconds on the wall and of the processor, and peak megabytes."""

    wall: float
    cpu: float
    peak: float
    said: str


def run(program: Sequence[str], **environment: str) -> Spent:
    """Run a program to its end; its whole account, imports included."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)  # only the first run compiles, as for users
    read, write = os.pipe()
    starter = [*python("benchmarks.spent", write), *program]
    with os.fdopen(read) as figures:
        child = subprocess.run(
            starter,
            cwd=ROOT,
            env=variables,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=[write],
            check=False,
        )
        os.close(write)
        if child.returncode:
            raise SystemExit(f"{' '.join(program)} ended with {child.returncode}")
        wall, cpu, peak = json.load(figures)
    return Spent(wall=wall, cpu=cpu, peak=peak * KILOBYTES / 1_000_000, said=child.stdout)


def python(module: str, *arguments: object) -> list[str]:
    """Name a module of ours as a program."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def interleaved(programs: Sequence[Sequence[str]], pairs: int) -> list[list[Spent]]:
    """Run the programs in turn, so that a slow minute of the machine hits all of them."""
    spent: list[list[Spent]] = [[] for _ in programs]
    for _ in range(pairs):
        for at, program in enumerate(programs):
            spent[at].append(run(program))
    return spent


def median(spent: Sequence[Spent]) -> Spent:
    """Take the middle of each figure."""
    return Spent(
        wall=statistics.median(measurement.wall for measurement in spent),
        cpu=statistics.median(measurement.cpu for measurement in spent),
        peak=statistics.median(measurement.peak for measurement in spent),
        said=spent[-1].said,
    )
