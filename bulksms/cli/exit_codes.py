"""The one place where an exception becomes a sentence and an exit code (`cli.md`)."""

import os
import platform
import sys
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from bulksms import __version__, errors
from bulksms.cli.terminal.streams import LostAnswer, echo, echo_json, lost_answer
from bulksms.settings import home_folder, read_settings_file
from bulksms.use_cases.exit_code import ExitCode, exit_code_of_error

__all__ = ["MEANINGS", "ExitCode", "run", "show_error", "show_interruption"]


# What each code means and what to do; docs/reference/exit-codes.md is made from it.
MEANINGS: dict[ExitCode, tuple[str, str]] = {
    ExitCode.OK: ("everything sendable was sent, or there was nothing new to do", "nothing"),
    ExitCode.SOME_REFUSED: (
        "finished, but some frames were refused",
        "read `code` and `message` in the results",
    ),
    ExitCode.USAGE: (
        "wrong usage, on the command line, in the environment or in the settings file",
        "read the message; `--help` lists the options",
    ),
    ExitCode.INPUT: (
        (
            "the input or a rule stops the run before anything is posted: unreadable file, "
            "no phone column, STOP mention missing"
        ),
        "correct what the message names, and run it again",
    ),
    ExitCode.ACCOUNT: (
        "the account or the API stops the run: credentials, credit, address",
        "correct it, then `bulksms resume`",
    ),
    ExitCode.IN_DOUBT: (
        "at least one frame is in doubt",
        (
            "[look it up and decide](../how-to/resolve-a-frame-in-doubt.md); do not send it again "
            "on a guess"
        ),
    ),
    ExitCode.LEDGER: (
        "ledger trouble: disk, permissions, rolled back; nothing more was posted",
        "check the state folder with `bulksms doctor`, then `bulksms resume`",
    ),
    ExitCode.BUG: ("a bug; a log with its path was written", "read the log and send it to us"),
    ExitCode.OUTPUT: (
        "done, but an output that was asked for could not be written",
        "correct what the message names; `bulksms report` writes the results again",
    ),
    ExitCode.BUSY: (
        "another process is sending this campaign or watching this folder",
        "wait for it to end",
    ),
    ExitCode.INTERRUPTED: (
        "interrupted (Ctrl-C), or paused or stopped from elsewhere",
        "`bulksms resume` is safe",
    ),
    ExitCode.TERMINATED: ("ended by the system (SIGTERM)", "`bulksms resume` is safe"),
}
TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})


def run(command: click.Command, args: Sequence[str] | None) -> int:
    """Run a command and return its exit code; no user error shows a traceback."""
    as_json = _wants_json(sys.argv[1:] if args is None else args)
    try:
        code = command.main(args, prog_name="bulksms", standalone_mode=False)
    except click.ClickException as error:
        return _show_usage(error, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        sentence = "Interrupted. `bulksms resume` continues a campaign that was begun."
        return show_interruption(sentence, as_json=as_json)
    except errors.BulkSmsError as error:
        return show_error(error, as_json=as_json and not isinstance(error, LostAnswer))
    except Exception as error:  # noqa: BLE001  (the last handler before the user)
        if isinstance(error, OSError) and _comes_from_printing(error):  # help, or the version
            return show_error(lost_answer(error), as_json=False)
        return _fail(ExitCode.BUG, type(error).__name__, _log_bug(error), as_json=as_json)
    return code if isinstance(code, int) else ExitCode.OK


def _comes_from_printing(error: OSError) -> bool:
    """Whether click could not write what it prints by itself."""
    return [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)][-1] is (
        click.echo.__code__
    )


def show_error(error: errors.BulkSmsError, *, as_json: bool) -> int:
    """Show what stopped a command, and return its exit code."""
    details = {} if error.code is None else {"problem": error.code, "values": _plain(error.values)}
    code = exit_code_of_error(error)
    return _fail(code, type(error).__name__, str(error), as_json=as_json, details=details)


def show_interruption(sentence: str, *, as_json: bool) -> int:
    """Show that a command was interrupted, and return the exit code of that."""
    return _fail(ExitCode.INTERRUPTED, "Interrupted", sentence, as_json=as_json)


def _plain(values: Mapping[str, errors.ErrorValue]) -> dict[str, str | int]:
    """Return values in a form that JSON has."""
    return {name: each if isinstance(each, int) else str(each) for name, each in values.items()}


def _fail(
    code: int,
    name: str,
    sentence: str,
    *,
    as_json: bool,
    details: Mapping[str, Any] | None = None,
) -> int:
    """Show an error on stderr, or as a JSON object on stdout."""
    try:
        if as_json:
            error = {"code": int(code), "name": name, "message": sentence, **(details or {})}
            echo_json({"error": error})
        else:
            prefix = "" if code == ExitCode.INTERRUPTED else "Error: "
            echo(f"{prefix}{sentence}", err=True, fg="red")
    except LostAnswer as closed:
        echo(f"Error: {closed}", err=True)
    return code


def _show_usage(error: click.ClickException, *, as_json: bool) -> int:
    """Show wrong usage, with the line that says how the command is used."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if (
        context is not None
        and not as_json
        and not isinstance(error, click.exceptions.NoArgsIsHelpError)
    ):
        echo(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n", err=True)
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and not as_json:
        echo(error.format_message(), err=True)
        return error.exit_code
    return _fail(error.exit_code, "UsageError", error.format_message(), as_json=as_json)


def _wants_json(args: Sequence[str]) -> bool:
    """Whether errors are to be JSON: by option, environment or settings file."""
    options = args[: args.index("--")] if "--" in args else args
    if "--json" in options:
        return True
    variable = os.environ.get("BULKSMS_JSON")
    if variable:
        return variable.strip().lower() in TRUE
    try:
        return read_settings_file(home_folder(os.environ)).get("json") is True
    except errors.BulkSmsError:
        return False  # the command itself says what is wrong with the file


def _log_bug(error: Exception) -> str:
    """Write what a bug report needs, without names, numbers or secrets, and say where."""
    now = datetime.now(UTC)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"bulksms {__version__}, Python {platform.python_version()}, {platform.platform()}"]
    # Only places and the kind of error: its message may hold a name, a number or a key.
    lines += [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    lines.append(type(error).__name__)
    sentence = f"this is a bug in bulksms ({type(error).__name__}); nothing recorded is lost. "
    try:
        path = home_folder(os.environ) / "logs" / f"bug-{now:%Y%m%dT%H%M%S}.log"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except (OSError, ValueError, errors.BulkSmsError):
        echo("\n".join(lines), err=True)
        return sentence + "Please report it with the lines above."
    return sentence + f"Please report it with the file {path}."
