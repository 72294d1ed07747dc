"""What every command takes, also those below another: `--version` and `--help`."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bulksms import __version__
from bulksms.cli import cli
from bulksms.cli.exit_codes import run


def _paths(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    """Give the words of a command and of all below it."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _paths(below, *path, name)


COMMANDS = tuple(_paths(cli))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_says_its_version_and_how_it_is_used(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, [*path, "--version"]) == 0
    assert capsys.readouterr().out == f"bulksms, version {__version__}\n"
    for word in ("-h", "--help"):
        assert run(cli, [*path, word]) == 0
        assert capsys.readouterr().out.startswith(" ".join(["Usage: bulksms", *path]))


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_that_cannot_be_written_are_one_sentence_and_no_bug(
    word: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with FULL.open("w", encoding="utf-8", buffering=1) as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert run(cli, ["check", word]) == 74
    sentence = "The answer could not be written to standard output (No space left on device)."
    assert capsys.readouterr().err == f"Error: {sentence}\n"
