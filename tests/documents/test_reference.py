"""What the documents say is what the program does."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bulksms.cli.exit_codes import ExitCode

ROOT = Path(__file__).parents[2]
EXIT_CODES = "docs/reference/exit-codes.md"


def _python(*args: str) -> str:
    """Run Python on its own, without a terminal, and give what it says on stdout."""
    environ = {**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, *args],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env=environ,
        cwd=ROOT,
    )
    return done.stdout


def _codes(path: str) -> list[int]:
    """Read the first column of the exit-code table."""
    text = (ROOT / path).read_text(encoding="utf-8")
    cells = re.findall(r"^\| (\d+(?:, \d+)*) \|", text, re.MULTILINE)
    return [int(code) for cell in cells for code in cell.split(", ")]


def test_the_help_in_the_readme_is_the_programs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- help -->\n```\n(.*?)```\n<!-- /help -->", readme, re.DOTALL)

    assert block is not None
    assert block[1] == _python("-m", "bulksms", "--help")


@pytest.mark.parametrize("path", [EXIT_CODES, "README.md"])
def test_the_table_of_exit_codes_is_the_programs(path: str) -> None:
    assert _codes(path) == [code.value for code in ExitCode]


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["status"]], ids=" ".join)
def test_a_command_that_reads_no_list_loads_no_heavy_library(args: list[str]) -> None:
    script = (
        "import sys\n"
        "from bulksms.cli import cli\n"
        "from bulksms.cli.exit_codes import run\n"
        f"assert run(cli, {args!r}) == 0\n"
        "heavy = {'pandas', 'numpy', 'pyarrow', 'openpyxl', 'phonenumbers', 'requests'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )

    assert _python("-c", script).splitlines()[-1] == "loaded: []"
