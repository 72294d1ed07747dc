"""The page of options names all that the program takes, and nothing else."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bulksms.cli import COMMANDS
from bulksms.cli.check import command as check
from bulksms.cli.send import command as send
from tools.reference_pages import PAGES, generate

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/options.md").read_text(encoding="utf-8")
DOCUMENTED = set(re.findall(r"--[a-z][a-z-]+", PAGE))
OWN_PAGE = "sandbox"


def _names(command: click.Command) -> Iterator[str]:
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            yield from (*option.opts, *option.secondary_opts)
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _names(below)


def test_every_option_is_on_the_page_and_no_other() -> None:
    modules = [importlib.import_module(f"bulksms.cli.{name}") for name in COMMANDS]
    others = [module.command for module in modules if not module.__name__.endswith(OWN_PAGE)]

    assert set().union(*map(_names, others)) == DOCUMENTED


def test_what_only_send_takes_is_marked() -> None:
    rows = re.findall(r"^\| (`--.+?`) \| (.*) \|$", PAGE, re.MULTILINE)
    marked = {name for first, says in rows if "*send:*" in says for name in _options(first)}

    assert marked == set(_names(send)) - set(_names(check))


def _options(cell: str) -> list[str]:
    return re.findall(r"--[a-z][a-z-]+", cell)


def test_the_choices_and_defaults_on_the_page_are_those_of_the_program() -> None:
    for option in send.params:
        name = option.opts[-1]
        if isinstance(option.type, click.Choice):
            row = next(line for line in PAGE.splitlines() if f"`{name} " in line)
            documented = re.search(rf"`{name} ([^`]+)`", row)
            assert documented is not None
            assert sorted(documented[1].split("\\|")) == sorted(option.type.choices)
            assert callable(option.default) or f"`{option.default}`" in row


def test_the_readme_names_the_page() -> None:
    assert "docs/reference/options.md" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_the_generated_parts_are_the_programs(name: str) -> None:
    page = (ROOT / "docs/reference" / name).read_text(encoding="utf-8")

    assert page == generate(name), "run `make docs`"
