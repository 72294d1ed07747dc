"""The rows of the table: what each compares, and its goal. Every ratio comes from one run.

The ids and goals are those of performance.md.
"""

import sys
from collections.abc import Callable, Iterator

from benchmarks.bench import Bench
from benchmarks.loading import load, memory, phones, screened, workbook
from benchmarks.long_list import send_long_list
from benchmarks.measure import interleaved, median, python
from benchmarks.row import Row
from benchmarks.sending import claiming, flat_out, sending, sharing
from tests.flood import flood_listener


def long_list(bench: Bench) -> Iterator[Row]:
    """Compare X3: ten times the rows, each a contact, from the file to the sandbox's answers."""
    yield send_long_list(bench.rows * 10, bench.folder)


def starting(bench: Bench) -> Iterator[Row]:
    """Compare B11: the help, or the import of click alone."""
    programs = [[*python("bulksms"), "--help"], [sys.executable, "-c", "import click"]]
    ours, click = map(median, interleaved(programs, bench.pairs * 5))
    ratio = ours.wall / click.wall
    yield Row(
        name="B11",
        what="bulksms --help, or import click",
        ours=f"{ours.wall * 1000:.0f} ms",
        peer=f"{click.wall * 1000:.0f} ms",
        ratio=ratio,
        unit="times its time",
        goal="<= 2",
        met=ratio <= 2,
    )


def callbacks(bench: Bench) -> Iterator[Row]:
    """Measure B12: callbacks into a receiver that is killed four times, each answered in time."""
    flood = flood_listener(bench.folder / "flood", callbacks=50_000, kills=4)
    rate, wanted = len(flood.acknowledged) / flood.seconds, 50_000 / 60
    for name, what, ours, peer, ratio, goal in (
        ("B12", "callbacks a second, four kills between", f"{rate:.0f}/s", f"{wanted:.0f}/s",
         rate / wanted, 1.0),
        ("B12t", "the same, slowest answer", f"{flood.slowest:.2f} s", "1 s", flood.slowest, 1.0),
        ("B12l", "the same, acknowledged and lost", str(len(flood.lost)), "0",
         float(len(flood.lost)), 0.0),
    ):  # fmt: skip
        is_rate = name == "B12"
        yield Row(
            name=name,
            what=what,
            ours=ours,
            peer=peer,
            ratio=ratio,
            unit="of the goal" if is_rate else "",
            goal=f"{'>=' if is_rate else '<='} {goal:g}",
            met=ratio >= goal if is_rate else ratio <= goal,
        )


SECTIONS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "load": load,
    "phones": phones,
    "workbook": workbook,
    "memory": memory,
    "long_list": long_list,
    "screened": screened,
    "sending": sending,
    "flat_out": flat_out,
    "sharing": sharing,
    "claiming": claiming,
    "starting": starting,
    "callbacks": callbacks,
}
