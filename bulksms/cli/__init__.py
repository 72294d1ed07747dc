"""The command line: one file per command, one place where exceptions become exit codes.

Heavy libraries load only when a command needs them.
"""

import gc
import importlib
import os
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from bulksms import __version__
from bulksms.cli.exit_codes import run
from bulksms.cli.terminal.streams import discard_closed_streams, prepare_streams

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = ["cli", "main"]

# Command, its module, and the sentence that `--help` shows without importing it.
COMMANDS = {
    "check": "Show what would be sent, what would not, and why; opens no connection.",
    "send": "Check the list, show the plan, ask, send, and write the results.",
    "resume": "Continue an interrupted or paused campaign.",
    "pause": "Pause a campaign, from any terminal.",
    "stop": "Stop a campaign for good, from any terminal.",
    "run": "Run a saved campaign once, for cron; --plan only shows.",
    "approve": "Approve the plan of someone else's saved campaign.",
    "watch": "Run a saved campaign on every file dropped into a folder.",
    "worker": "Post campaigns of a shared ledger, together with other workers.",
    "status": "Show one campaign, follow it, or list them all.",
    "report": "Write the results of a campaign again.",
    "doubt": "Settle frames whose outcome is unknown.",
    "optout": "Manage the numbers that are never texted.",
    "person": "Show or erase what is held on one phone number.",
    "purge": "Delete the personal data of old campaigns; counts and costs stay.",
    "login": "Store login and API key in the keyring of the system.",
    "logout": "Remove the stored login and API key.",
    "audit": "Show who did what, and when.",
    "listen": "Receive delivery receipts and STOPs from Octopush.",
    "credit": "Show the balance of the account.",
    "doctor": "Check the set-up; prove that repeats are refused.",
    "sandbox": "Start a local server that behaves like the API.",
    "rehearse": "Send the sample data to a sandbox; needs no account.",
    "completion": "Print the completion script of a shell.",
    "web": "Open the local page in the browser.",
}


class LazyGroup(click.Group):
    """A group that imports a command only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of a campaign's life."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the command."""
        del ctx
        return _load_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, so that help loads nothing heavy."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """Complete the name of a command from the table, so that it loads nothing heavy."""
        from click.shell_completion import CompletionItem

        options = click.Command.shell_complete(self, ctx, incomplete)
        names = [name for name in COMMANDS if name.startswith(incomplete)]
        return [*options, *(CompletionItem(name, help=COMMANDS[name]) for name in names)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Read the settings file before the options of the command."""
        if ctx.resilient_parsing:  # a shell completes: a mistake in the settings is reported later
            return super().resolve_command(ctx, args)
        from bulksms.cli.options.click_options import refuse_unknown_names
        from bulksms.settings import home_folder, read_settings_file

        settings = read_settings_file(home_folder(os.environ))
        ctx.default_map = dict.fromkeys(COMMANDS, settings)
        command = self.get_command(ctx, args[0])
        if isinstance(command, click.Group):  # options have their defaults in whichever command
            ctx.default_map[args[0]] = dict.fromkeys(command.commands, settings)
        refuse_unknown_names(settings, os.environ, lambda: map(_load_command, COMMANDS))
        return super().resolve_command(ctx, args)


@cache
def _load_command(name: str) -> click.Command:
    command: click.Command = importlib.import_module(f"bulksms.cli.{name}").command
    return _with_version(command)


def _with_version(command: click.Command) -> click.Command:
    """Copy a command with a `--version` for it and those below it; only the main help lists it."""
    taking = copy(command)
    taking.params = list(command.params)
    click.version_option(__version__, "--version", prog_name="bulksms", hidden=True)(taking)
    if isinstance(taking, click.Group):
        taking.commands = {name: _with_version(each) for name, each in taking.commands.items()}
    return taking


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="bulksms")
def cli() -> None:
    """Turn a spreadsheet into an SMS campaign, and never text anyone twice."""


def main(args: Any = None) -> None:  # noqa: ANN401  (click takes any sequence of texts)
    """Run the program and exit with its code."""
    prepare_streams()
    code = run(cli, args)
    discard_closed_streams()
    gc.freeze()  # Python ends by looking for cycles among all objects, which takes 0.1 s
    raise SystemExit(code)
