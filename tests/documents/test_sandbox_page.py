"""The page about the sandbox names all that the sandbox knows."""

from pathlib import Path

from bulksms.cli.sandbox import command
from bulksms.sandbox import FaultKind

PAGE = Path(__file__).parents[2] / "docs/reference/sandbox.md"


def test_every_option_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    names = [name for option in command.params for name in (*option.opts, *option.secondary_opts)]
    assert [name for name in names if f"`{name}" not in page] == []


def test_every_fault_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [str(kind) for kind in FaultKind if f"`{kind}`" not in page] == []
