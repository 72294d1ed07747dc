"""The rows about loading a list: from the file to the people."""

import statistics
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.measure import interleaved, median, python, run
from benchmarks.row import Row, at_least, at_most, faster, megabytes, slower, smaller, within

ARROW = "benchmarks.peers.parse_with_arrow"
# GOV.UK Notify's recipient reader is in no registry: these were measured from outside
# (performance.md B7), in seconds a row at so many rows.
NOTIFY = {10_000: 250e-6, 50_000: 600e-6}


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
        yield at_least(
            name,
            what.format(threads),
            f"{mine:.2f} s",
            f"{theirs:.2f} s",
            theirs / mine,
            "times faster",
            30,
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
    yield at_most(
        "B6",
        f"load a CSV of {rows:,} rows, peak memory",
        megabytes(spent),
        f"{limit:.0f} MB",
        spent.peak / limit,
        "of the limit",
        1,
    )
    yield slower("B6t", "the same, or a tenth of it: time", spent, small, 11)


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
