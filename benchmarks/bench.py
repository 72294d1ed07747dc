"""How large a run of the bench is, and the files and programs that its rows share."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.inputs import write_csv, write_workbook
from benchmarks.measure import python

NAIVE = "benchmarks.peers.load_naively"


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
