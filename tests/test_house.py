"""The rules of the house that no linter knows."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bulksms.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "bulksms"
MODULES = sorted(PACKAGE.rglob("*.py"))
OTHER_MODULES = sorted(
    path for folder in ("tests", "benchmarks", "tools") for path in (ROOT / folder).rglob("*.py")
)
DOORS = sorted(path for path in PACKAGE.glob("*/__init__.py") if path.read_text(encoding="utf-8"))
LINES_LIMIT = 300
# Every package may have them; a command's file is named after its command.
SHARED_STEMS = {"__init__", "__main__", "interface", "model"} | set(COMMANDS)
# Words of an old dialect: as identifiers they said nothing of what a variable holds.
OLD_WORDS = frozenset(
    {"told", "telling", "tellings", "one", "found", "anew", "dear", "mend", "mended", "whoever"}
    | {"wish", "wishes", "seat", "seats", "stands", "strays", "roll", "hearing", "spoken"}
    | {"known", "place", "this", "that", "thing", "stuff", "it", "x", "res", "tmp", "obj"}
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class Module:
    """What the rules ask of a module."""

    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        nodes = list(ast.walk(tree))
        self.name = _name(path)
        self.lines = len(text.splitlines())
        self.says_what_it_does = not text or bool(ast.get_docstring(tree))
        self.identifiers = {name.strip("_") for name in _identifiers(nodes)}
        self.classes = [node.name for node in nodes if isinstance(node, ast.ClassDef)]
        handlers = [node for node in nodes if isinstance(node, ast.ExceptHandler)]
        self.swallowing = sum(map(_swallows_everything, handlers))
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        opened = [call for call in calls if getattr(call.func, "attr", "") == "open"]
        self.opens = [call for call in map(ast.unparse, opened) if call.startswith("os.open(")]
        self.asserts = [
            ast.unparse(node.test) for node in nodes if isinstance(node, ast.Assert)
        ] + [node.id for node in nodes if isinstance(node, ast.Name) and node.id == "__debug__"]


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    return [Module(path) for path in MODULES]


def _exported(path: Path) -> list[str] | None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None


def _sort_key(name: str) -> tuple[bool, bool, str]:
    """Sort as ruff does: constants, then classes, then functions."""
    return not name.isupper(), not name[0].isupper(), name


def _identifiers(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name


def _swallows_everything(handler: ast.ExceptHandler) -> bool:
    """Return whether an error of any kind ends here; one that is raised again does not."""
    last = handler.body[-1]
    if isinstance(last, ast.Raise) and last.exc is None:
        return False
    caught = "" if handler.type is None else ast.unparse(handler.type)
    return handler.type is None or re.search(r"\bException\b", caught) is not None


def test_a_module_fits_on_a_few_screens(modules: list[Module]) -> None:
    assert [module.name for module in modules if module.lines >= LINES_LIMIT] == []


def test_a_module_says_what_it_does(modules: list[Module]) -> None:
    assert [module.name for module in modules if not module.says_what_it_does] == []


@pytest.mark.parametrize("path", DOORS, ids=_name)
def test_the_names_of_a_door_are_sorted(path: Path) -> None:
    names = _exported(path) or []

    assert names == sorted(names, key=_sort_key)


def test_only_the_last_door_swallows_errors_of_any_kind(modules: list[Module]) -> None:
    swallowing = [module.name for module in modules for _ in range(module.swallowing)]

    assert swallowing == ["bulksms/cli/exit_codes.py"]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_every_command(command: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.search(rf"^  {command} +\S", readme, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_has_its_module(command: str) -> None:
    assert (PACKAGE / "cli" / f"{command}.py").exists()


def test_a_file_name_is_unique_in_the_package() -> None:
    stems = Counter(path.stem for path in MODULES if path.stem not in SHARED_STEMS)

    assert [stem for stem, count in stems.items() if count > 1] == []


def test_a_class_name_is_unique_in_the_package(modules: list[Module]) -> None:
    names = Counter(name for module in modules for name in module.classes)

    assert [name for name, count in names.items() if count > 1] == []


def test_an_identifier_is_no_word_of_the_old_dialect(modules: list[Module]) -> None:
    everywhere = [*modules, *map(Module, OTHER_MODULES)]

    old = {module.name: module.identifiers & OLD_WORDS for module in everywhere}
    assert {name: words for name, words in old.items() if words} == {}


def test_files_are_opened_to_write_where_windows_is_thought_of(modules: list[Module]) -> None:
    """`os.open` without `O_BINARY` changes line ends on Windows."""
    opened = [call for module in modules for call in module.opens if "O_WRONLY" in call]

    assert [call for call in opened if "os.devnull" not in call and "_BINARY" not in call] == []


def test_no_promise_is_guarded_by_an_assert(modules: list[Module]) -> None:
    # What the type checker cannot know may be stated; `python -O` leaves it out.
    assert [
        (module.name, stated)
        for module in modules
        for stated in module.asserts
        if not stated.endswith(" is not None")
    ] == []
