"""The rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

from bulksms.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "bulksms"
MODULES = sorted(PACKAGE.rglob("*.py"))
DOORS = sorted(path for path in PACKAGE.glob("*/__init__.py") if path.read_text(encoding="utf-8"))
LINES_LIMIT = 300


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _exported(path: Path) -> list[str] | None:
    for node in _tree(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None


def _place(name: str) -> tuple[bool, bool, str]:
    """Sort as ruff does: constants, then classes, then functions."""
    return not name.isupper(), not name[0].isupper(), name


def _swallows_everything(handler: ast.ExceptHandler) -> bool:
    """Say whether an error of any kind ends here; one that is raised again does not."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    caught = "" if handler.type is None else ast.unparse(handler.type)
    return handler.type is None or re.search(r"\bException\b", caught) is not None


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < LINES_LIMIT


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_says_what_it_does(path: Path) -> None:
    assert ast.get_docstring(_tree(path)) or not path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOORS, ids=_name)
def test_the_names_of_a_door_are_sorted(path: Path) -> None:
    names = _exported(path) or []

    assert names == sorted(names, key=_place)


def test_only_the_last_door_swallows_errors_of_any_kind() -> None:
    found = [
        _name(path)
        for path in MODULES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ExceptHandler) and _swallows_everything(node)
    ]

    assert found == ["bulksms/cli/exit_codes.py"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(command: str) -> None:
    told = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.search(rf"^  {command} +\S", told, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_its_module(command: str) -> None:
    assert (PACKAGE / "cli" / f"{command}.py").exists()
