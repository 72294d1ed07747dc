"""Runs the rows, prints the table, and writes it with versions and machine to results.md.

python -m benchmarks [--rows N] [--pairs N] [--only SECTION]...
"""

import argparse
import os
import platform
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.row import Row
from benchmarks.rows import SECTIONS

RESULTS = Path(__file__).parent / "results.md"
NOTES = Path(__file__).parent / "notes.md"
HEADS = ("row", "what", "us", "peer or limit", "ratio", "", "goal", "met")
LIBRARIES = (
    *("bulksms-octopush", "pandas", "pyarrow", "phonenumbers", "openpyxl", "requests"),
    "sqlalchemy",
)


def lines(rows: list[Row]) -> list[str]:
    """Lay the rows out as a Markdown table."""
    cells = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(HEADS))]
    table = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
            for line in cells]  # fmt: skip
    table.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return table


def _cells(row: Row) -> tuple[str, ...]:
    met = "yes" if row.met else "NO"
    ratio = f"{row.ratio:.3f}" if row.ratio < 2 else f"{row.ratio:.1f}"
    return (row.name, row.what, row.ours, row.peer, ratio, row.unit, row.goal, met)


def machine() -> str:
    """Describe where and with what the figures were had."""
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}; {versions}."
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--only", action="append", choices=list(SECTIONS))
    asked = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="bulksms-bench-") as folder:
        bench = Bench(rows=asked.rows, pairs=asked.pairs, folder=Path(folder))
        for name in asked.only or SECTIONS:
            for row in SECTIONS[name](bench):
                rows.append(row)
                print(lines([row])[2], flush=True)
    table = "\n".join(lines(rows))
    print(f"\n{table}\n\n{machine()}")
    if not asked.only:
        report = f"# What `make bench` measured\n\n{table}\n\n{machine()}\n\n"
        RESULTS.write_text(report + NOTES.read_text("utf-8"), "utf-8")


if __name__ == "__main__":
    main()
