"""The rows of the table: what each compares, and its goal. Every ratio comes from one run.

The ids and goals are those of performance.md.
"""

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.inputs import write_csv, write_workbook
from benchmarks.long_list import send_long_list
from benchmarks.measure import interleaved, median, python, run
from benchmarks.row import Row, faster, megabytes, slower, smaller, within
from tests.flood import flood_listener

NAIVE = "benchmarks.peers.load_naively"
ARROW = "benchmarks.peers.parse_with_arrow"
# GOV.UK Notify's recipient reader is in no registry: these were measured from outside
# (performance.md B7), in seconds a row at so many rows.
NOTIFY = {10_000: 250e-6, 50_000: 600e-6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """How large a run is, and where its files go."""

    rows: int
    pairs: int
    folder: Path

    def csv(self, rows: int) -> Path:
        """Make the CSV of so many rows, once."""
        path = self.folder / f"list-{rows}.csv"
        if not path.exists():
            write_csv(path, rows)
        return path

    def workbook(self, rows: int) -> Path:
        """Make the workbook of so many rows, once."""
        path = self.folder / f"list-{rows}.xlsx"
        if not path.exists():
            write_workbook(path, rows)
        return path

    def check(self, path: Path) -> list[str]:
        """Name our program, loading a file as a user does."""
        rejects = self.folder / "rejects-ours.csv"
        return [
            *python("bulksms"),
            "check",
            str(path),
            "--json",
            "--rejects-out",
            str(rejects),
            "--max-rejected",
            "100",
        ]

    def naive(self, path: Path) -> list[str]:
        """Name the script a user would write."""
        return python(NAIVE, path, self.folder / "rejects-naive.csv")


def load(bench: Bench) -> Iterator[Row]:
    """Compare B1, B2 and B3: a CSV, from the file to the people."""
    path = bench.csv(bench.rows)
    programs = [bench.check(path), bench.naive(path), python(ARROW, path)]
    ours, naive, arrow = map(median, interleaved(programs, bench.pairs))
    yield faster("B1", f"load a CSV of {bench.rows:,} rows, or the script", ours, naive, 20)
    yield slower("B2", "the same, or pyarrow's parse alone", ours, arrow, 3.5)
    yield smaller("B3", "the same, peak memory, or the script", ours, naive, 0.4)


def phones(bench: Bench) -> Iterator[Row]:
    """Compare B4: the phone step alone, timed inside the process."""
    programs = [
        python("benchmarks.ours.numbers", bench.rows),
        python("benchmarks.ours.numbers", bench.rows, 2),
        python("benchmarks.peers.phonenumbers_alone", bench.rows),
    ]
    *ours, theirs = (
        statistics.median(float(measurement.said) for measurement in spent)
        for spent in interleaved(programs, bench.pairs)
    )
    what = f"{bench.rows:,} numbers{{}}, or phonenumbers one by one"
    for name, threads, mine in (("B4", "", ours[0]), ("B4t", " on two threads", ours[1])):
        yield Row(
            name=name,
            what=what.format(threads),
            ours=f"{mine:.2f} s",
            peer=f"{theirs:.2f} s",
            ratio=theirs / mine,
            unit="times faster",
            goal=">= 30",
            met=theirs / mine >= 30,
        )


def workbook(bench: Bench) -> Iterator[Row]:
    """Compare B5: a workbook, with the first goals and the ones beyond."""
    path = bench.workbook(bench.rows)
    programs = [bench.check(path), bench.naive(path)]
    ours, naive = map(median, interleaved(programs, bench.pairs))
    what = f"load a workbook of {bench.rows:,} rows, or the script"
    yield faster("B5", what, ours, naive, 15)
    yield faster("B5+", "the same, the goal beyond", ours, naive, 20)
    yield within("B5m", "the same, peak memory", ours, naive, 1100)
    yield within("B5m+", "the same, the goal beyond", ours, naive, 350)


def memory(bench: Bench) -> Iterator[Row]:
    """Compare B6: ten times the rows, what each of them costs in memory, and in time."""
    rows = bench.rows * 10
    few, many = bench.check(bench.csv(bench.rows)), bench.check(bench.csv(rows))
    small, spent = (median(measurement) for measurement in interleaved([few, many], 1))
    limit = 250 + 50e-6 * rows
    yield Row(
        name="B6",
        what=f"load a CSV of {rows:,} rows, peak memory",
        ours=megabytes(spent),
        peer=f"{limit:.0f} MB",
        ratio=spent.peak / limit,
        unit="of the limit",
        goal="<= 1",
        met=spent.peak <= limit,
    )
    yield slower("B6t", "the same, or a tenth of it: time", spent, small, 11)


def long_list(bench: Bench) -> Iterator[Row]:
    """Compare X3: ten times the rows, each a contact, from the file to the sandbox's answers."""
    yield send_long_list(bench.rows * 10, bench.folder)


def screened(bench: Bench) -> Iterator[Row]:
    """Compare B7: rows a second, against Notify's figures from outside; start-up is taken off."""
    empty = median([run(bench.check(bench.csv(1))) for _ in range(bench.pairs)])
    for rows, theirs in NOTIFY.items():
        spent = median([run(bench.check(bench.csv(rows))) for _ in range(bench.pairs)])
        mine = max(spent.wall - empty.wall, 1e-6) / rows
        ratio = theirs / mine
        goal = ">= 100" if rows == max(NOTIFY) else "-"
        yield Row(
            name="B7",
            what=f"a row of {rows:,}, or of Notify's reader",
            ours=f"{mine * 1e6:.1f} us",
            peer=f"{theirs * 1e6:.0f} us",
            ratio=ratio,
            unit="times faster",
            goal=goal,
            met=goal == "-" or ratio >= 100,
        )


def sending(bench: Bench) -> Iterator[Row]:
    """Compare B8 and B10: a server 200 ms away, 16 frames in flight, with and without a ledger."""
    frames, delay, in_flight = 2_000, 0.2, 16
    with _server(delay) as port:
        kept, forgotten, bare = [], [], []
        for _ in range(bench.pairs):
            kept.append(_sent(port, frames, in_flight, "kept"))
            forgotten.append(_sent(port, frames, in_flight, "forgotten"))
            bare.append(_figures(python("benchmarks.peers.post_pool", port, frames, in_flight)))
    # The first frame goes alone by design, so that much is added to the ideal, and to the pool.
    ideal = delay + (frames - 1) * delay / in_flight
    mine, free, pool = (sorted(runs)[len(runs) // 2][0] for runs in (kept, forgotten, bare))
    for name, what, peer, unit, goal in (
        ("B8", "200 ms away, 16 in flight, or the ideal", ideal, "of the ideal", 0.97),
        ("B8p", "the same, or a bare pool of 16 connections", delay + pool, "of the pool", 0.99),
    ):
        yield Row(
            name=name,
            what=what,
            ours=f"{frames / mine:.1f}/s",
            peer=f"{frames / peer:.1f}/s",
            ratio=peer / mine,
            unit=unit,
            goal=f">= {goal}",
            met=peer / mine >= goal,
        )
    cost = mine / free - 1
    yield Row(
        name="B10",
        what="the same, or with a ledger that forgets",
        ours=f"{mine:.2f} s",
        peer=f"{free:.2f} s",
        ratio=cost,
        unit="slower",
        goal="< 0.02",
        met=cost < 0.02,
    )


def sharing(bench: Bench) -> Iterator[Row]:
    """Compare B13: workers of four connections each, or a bare pool of as many connections."""
    delay, rounds = 0.2, 50
    with _server(delay) as port:
        for workers in (1, 2, 4):
            connections = 4 * workers
            frames = rounds * connections
            ours, bare = [], []
            for _ in range(bench.pairs):
                ours.append(_figures(python("benchmarks.ours.share", port, frames, workers))[0])
                pool = python("benchmarks.peers.post_pool", port, frames, connections)
                bare.append(_figures(pool)[0])
            mine, theirs = sorted(ours)[len(ours) // 2], sorted(bare)[len(bare) // 2]
            yield Row(
                name=f"B13.{workers}",
                what=f"{workers} workers x 4 in flight, 200 ms away, or a bare pool",
                ours=f"{frames / mine:.1f}/s",
                peer=f"{frames / theirs:.1f}/s",
                ratio=theirs / mine,
                unit="of the pool",
                goal=">= 0.95",
                met=theirs / mine >= 0.95,
            )


def flat_out(bench: Bench) -> Iterator[Row]:
    """Compare B9: a server that answers at once, or requests.post in a loop."""
    frames = 400
    ours, naive = [], []
    with _server(0) as port:
        for _ in range(bench.pairs):
            ours.append(_sent(port, frames, 16, "kept"))
            naive.append(_figures(python("benchmarks.peers.send_naively", port, frames)))
    mine, theirs = sorted(ours)[len(ours) // 2], sorted(naive)[len(naive) // 2]
    ratio, share = theirs[0] / mine[0], mine[1] / theirs[1]
    yield Row(
        name="B9",
        what="a server next door, or requests in a loop",
        ours=f"{frames / mine[0]:.0f}/s",
        peer=f"{frames / theirs[0]:.0f}/s",
        ratio=ratio,
        unit="times faster",
        goal=">= 3",
        met=ratio >= 3,
    )
    yield Row(
        name="B9c",
        what="the same, processor time a frame",
        ours=f"{mine[1] / frames * 1000:.2f} ms",
        peer=f"{theirs[1] / frames * 1000:.2f} ms",
        ratio=share,
        unit="of it",
        goal="<= 0.6",
        met=share <= 0.6,
    )


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
    "starting": starting,
    "callbacks": callbacks,
}


@contextmanager
def _server(delay: float) -> Iterator[int]:
    """Run the plain server as a process of its own."""
    program = python("benchmarks.server", delay)
    child = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield int(child.stdout.readline())
    finally:
        child.kill()
        child.wait()


def _sent(port: int, frames: int, in_flight: int, book: str) -> tuple[float, ...]:
    return _figures(python("benchmarks.ours.send", port, frames, in_flight, book))


def _figures(program: list[str]) -> tuple[float, ...]:
    return tuple(float(figure) for figure in run(program).said.split())
