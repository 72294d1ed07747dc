"""The list of what may be accepted, compared with the source that asks and the page that tells."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bulksms.plan.accepted_findings import ACCEPTABLE

ROOT = Path(__file__).parents[2]


def _calls(tree: ast.AST, noun: str) -> Iterator[tuple[ast.Call, dict[str, ast.expr]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == noun:
            yield node, {word.arg: word.value for word in node.keywords if word.arg}


def _codes(tree: ast.AST, code: ast.expr) -> set[str]:
    """Read the code; where it is an argument, what the function's callers give for it."""
    if isinstance(code, ast.Constant):
        return {str(code.value)}
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    (inner,) = (
        function for function in functions if any(node is code for node in ast.walk(function))
    )
    at = [argument.arg for argument in inner.args.args].index(ast.unparse(code))
    given = [call.args[at] for call, _ in _calls(tree, inner.name)]
    return set().union(*(_codes(tree, value) for value in given))


def _asked(noun: str, asks: str, *never: str) -> set[str]:
    """Gather the codes of all `noun`s in the source whose keyword `asks` may have another value."""
    codes: set[str] = set()
    for path in (ROOT / "bulksms").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for _, given in _calls(tree, noun):
            asked = asks in given and ast.unparse(given[asks]) not in never
            if asked:
                codes |= _codes(tree, given["code"])
    return codes


def test_all_that_the_source_asks_about_can_be_accepted_and_nothing_else() -> None:
    assert set(ACCEPTABLE) == _asked("Finding", "ask", "False")
    assert list(ACCEPTABLE) == sorted(ACCEPTABLE)


def test_the_page_lists_each() -> None:
    page = (ROOT / "docs/reference/formats.md").read_text(encoding="utf-8")
    section = page.split("## What is asked\n")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)

    assert sorted(listed) == list(ACCEPTABLE)
