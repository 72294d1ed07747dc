"""The page of the library shows what works, and names what can be imported."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import bulksms

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"<!-- example -->\n```python\n(.*?)```", PAGE, re.DOTALL)
NAMES = [name for name in bulksms.__all__ if name != "__version__"]
LIST = "Mobile,Prénom\n0639980101,Zoë\n06 39 98 01 02,Éloïse\n0612,Luc\n"


def _run(example: str, folder: Path) -> str:
    (folder / "customers.csv").write_text(LIST, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", example],
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "PATH": ""},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_file_is_screened_in_six_lines(tmp_path: Path) -> None:
    example = EXAMPLES[0].replace('"customers.csv"', '"customers.csv", rehearsal=True')
    lines = [line for line in example.splitlines() if line]

    shown = _run(example, tmp_path)

    assert len(lines) <= 6
    assert shown.splitlines() == [
        "2 to text, 1 left out",
        "2 +33639980101 Zoë",
        "3 +33639980102 Éloïse",
    ]


def test_frames_are_posted_to_a_sandbox_in_sixteen_lines(tmp_path: Path) -> None:
    lines = [line for line in EXAMPLES[1].splitlines() if line]

    shown = _run(EXAMPLES[1], tmp_path).split()

    assert len(lines) <= 16
    assert shown[1:] == ["2", "0.09"]


def test_the_page_and_the_stub_have_every_name() -> None:
    table = PAGE[PAGE.index("## The names") :]
    stub = ast.parse((ROOT / "bulksms/__init__.pyi").read_text(encoding="utf-8"))
    imported = {
        alias.name for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }

    assert imported == set(NAMES)
    assert [name for name in NAMES if f"`{name}" not in table] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_documented_and_defined_where_the_page_says(name: str) -> None:
    value = getattr(bulksms, name)
    row = next(line for line in PAGE.splitlines() if line.startswith("|") and f"`{name}" in line)

    assert inspect.getdoc(value)
    assert (ROOT / row.split("`")[-2]).exists()


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = (
        "import sys, bulksms; print(sorted({'pandas', 'click', 'requests'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = importlib.import_module("bulksms").nonsense
