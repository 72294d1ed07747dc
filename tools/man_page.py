"""Makes the manual page from the program (`make docs`); pip installs it where `man` looks."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import click

from bulksms.cli import COMMANDS, cli
from bulksms.cli.exit_codes import MEANINGS

__all__ = ["MAN_PAGE", "man_page"]

MAN_PAGE = Path(__file__).parents[1] / "docs" / "man" / "bulksms.1"
WIDTH = 1000  # click wraps at nothing; man does
HELP = ["-h", "--help"]
ENVIRONMENT = (
    ("BULKSMS_API_LOGIN", "The login of the Octopush account."),
    ("BULKSMS_API_KEY", "Its API key."),
    ("BULKSMS_API_KEY_FILE", "A file with the key that only its owner can read."),
    ("BULKSMS_BASE_URL", "The address of the API, such as that of a sandbox."),
    ("BULKSMS_HOME", "The state folder: the ledger, the opt-outs, the logs, settings.toml."),
    ("BULKSMS_LEDGER", "The file of the ledger, or postgresql://USER@HOST/DATABASE."),
    ("BULKSMS_<OPTION>", "The default of the option of that name."),
    ("NO_COLOR", "No colour, where it is set."),
)


def man_page() -> str:
    """Make the page, in roff."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield '.\\" Made by tools/man_page.py (make docs).'
    yield '.TH BULKSMS 1 "" "bulksms" "User Commands"'
    purpose = _text(_summary(cli)).rstrip(".")
    yield from (".SH NAME", f"bulksms \\- {purpose[0].lower()}{purpose[1:]}")
    yield from (".SH SYNOPSIS", ".B bulksms", ".RI [ OPTIONS ]", ".I COMMAND", ".RI [ ARGS ]...")
    yield from (".SH DESCRIPTION", _text(cli.help or ""))
    yield from (".SH OPTIONS", *_options(cli))
    yield ".SH COMMANDS"
    for name in COMMANDS:
        command: click.Command = importlib.import_module(f"bulksms.cli.{name}").command
        yield from _command(f"bulksms {name}", command)
    yield ".SH EXIT STATUS"
    for code, (meaning, _) in MEANINGS.items():
        yield from (".TP", f".B {code.value}", _text(meaning))
    yield ".SH ENVIRONMENT"
    for name, meaning in ENVIRONMENT:
        yield from (".TP", f".B {_text(name)}", _text(meaning))


def _command(path: str, command: click.Command) -> Iterator[str]:
    """Describe a command, its options and examples, and then its subcommands."""
    # The first context of a command decides how its help option is shown from then on.
    with click.Context(
        command, info_name=path, terminal_width=WIDTH, help_option_names=HELP
    ) as ctx:
        arguments = " ".join(command.collect_usage_pieces(ctx))
    yield from (f".SS {_text(path)} {_text(arguments)}", _text(_summary(command)))
    yield from _options(command)
    for example in getattr(command, "examples", ()):
        yield from (".PP", ".RS", ".EX", _text(example), ".EE", ".RE")
    if isinstance(command, click.Group):
        for name, subcommand in command.commands.items():
            yield from _command(f"{path} {name}", subcommand)


def _options(command: click.Command) -> Iterator[str]:
    with click.Context(command, terminal_width=WIDTH, help_option_names=HELP) as ctx:
        for param in command.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                yield from (".TP", f".B {_text(record[0])}", _text(record[1]))


def _summary(command: click.Command) -> str:
    return (command.help or "").strip().partition("\n\n")[0]


def _text(text: str) -> str:
    """Write text so that roff takes it for text."""
    line = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line
