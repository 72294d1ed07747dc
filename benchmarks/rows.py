"""The rows of the table: what each compares, and its goal. Every ratio comes from one run.

The ids and goals are those of performance.md.
"""

import sys
from collections.abc import Callable, Iterator

from benchmarks.bench import Bench
from benchmarks.loading import load, memory, phones, screened, workbook
from benchmarks.long_list import send_long_list
from benchmarks.measure import interleaved, median, python
from benchmarks.row import Row, at_least, at_most
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
    yield at_most(
        "B11",
        "bulksms --help, or import click",
        f"{ours.wall * 1000:.0f} ms",
        f"{click.wall * 1000:.0f} ms",
        ratio,
        "times its time",
        2,
    )


def callbacks(bench: Bench) -> Iterator[Row]:
    """Measure B12: callbacks into a receiver that is killed four times, each answered in time."""
    flood = flood_listener(bench.folder / "flood", callbacks=50_000, kills=4)
    rate, wanted = len(flood.acknowledged) / flood.seconds, 50_000 / 60
    yield at_least(
        "B12",
        "callbacks a second, four kills between",
        f"{rate:.0f}/s",
        f"{wanted:.0f}/s",
        rate / wanted,
        "of the goal",
        1,
    )
    slowest, lost = flood.slowest, len(flood.lost)
    yield at_most("B12t", "the same, slowest answer", f"{slowest:.2f} s", "1 s", slowest, "", 1)
    yield at_most("B12l", "the same, acknowledged and lost", str(lost), "0", lost, "", 0)


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
