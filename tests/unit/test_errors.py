import inspect
import re

import pytest

from bulksms import errors
from bulksms.errors import BulkSmsError


def _drawn() -> dict[str, str | None]:
    """Read the tree of the module docstring: every class and the class above it."""
    parents: dict[str, str | None] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        branch = re.match(r"^    ((?:│   |    )*)(?:[├└]── )?(\w+)(?:  +\S.*)?$", line)
        if branch is None or not ("──" in line or line.strip() == "BulkSmsError"):
            continue
        depth = 0 if "──" not in line else len(branch[1]) // 4 + 1
        path = [*path[:depth], branch[2]]
        parents[branch[2]] = path[depth - 1] if depth else None
    return parents


def _classes() -> dict[str, type[BulkSmsError]]:
    classes = inspect.getmembers(errors, inspect.isclass)
    return {name: kind for name, kind in classes if issubclass(kind, BulkSmsError)}


def test_the_tree_in_the_docstring_is_the_real_one() -> None:
    real = {name: kind.__bases__[0].__name__ for name, kind in _classes().items()}

    assert _drawn() == real | {"BulkSmsError": None}


@pytest.mark.parametrize("name", sorted(_classes()))
def test_every_error_says_in_one_sentence_when_it_is_raised(name: str) -> None:
    sentence = (inspect.getdoc(_classes()[name]) or "").split("\n\n")[0]

    assert re.fullmatch(r"[A-Z][^.\n]*\.", sentence)


def test_an_error_reads_as_its_sentence() -> None:
    assert str(errors.MappingError("No column holds the number.")) == "No column holds the number."
