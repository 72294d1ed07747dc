"""Heavy libraries load only where they are needed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from bulksms.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
heavy = {"pandas", "phonenumbers", "pyarrow", "requests", "openpyxl", "holidays", "sqlalchemy"}
print(*sorted(heavy & set(sys.modules)), file=sys.stderr)
"""
ENDING = """
import gc
from bulksms.cli import main
try:
    main(["--version"])
finally:
    print(gc.get_freeze_count() > 1_000, len(gc.get_objects()) < 1_000)
"""


def loaded(home: Path, *words: str) -> set[str]:
    """Name the heavy libraries that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={"BULKSMS_HOME": str(home), "BULKSMS_API_KEY": "test-1", "PATH": ""},
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--help"], ["send", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(tmp_path: Path, words: list[str]) -> None:
    assert loaded(tmp_path, *words) == set()


def test_status_loads_the_database_library_alone(tmp_path: Path) -> None:
    assert loaded(tmp_path, "status") == {"sqlalchemy"}


def test_a_check_without_a_text_and_a_ledger_loads_no_pandas_no_network_and_no_database(
    tmp_path: Path,
) -> None:
    rejects = tmp_path / "rejects.csv"
    source = str(ROOT / "sample_data" / "messy.csv")
    assert loaded(tmp_path, "check", source, "--rejects-out", str(rejects)) == {
        "phonenumbers",
        "pyarrow",
    }
    assert rejects.exists()


def test_the_end_of_the_program_looks_through_no_objects_for_cycles() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ENDING], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "True True"
