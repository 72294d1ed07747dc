"""The one place where an exception becomes a sentence and an exit code (`cli.md`)."""

import os
import platform
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path
from typing import TextIO

import click

from bulksms import __version__, errors
from bulksms.settings import home_folder

__all__ = ["ExitCode", "discard_closed_streams", "discard_stdout", "run"]


class ExitCode(IntEnum):
    """How a run ended, for cron and scripts."""

    OK = 0
    SOME_REFUSED = 1
    USAGE = 2
    INPUT = 3
    ACCOUNT = 4
    IN_DOUBT = 5
    LEDGER = 6
    BUG = 70
    BUSY = 75
    INTERRUPTED = 130
    TERMINATED = 143


# The first class that fits decides.
CODES: tuple[tuple[type[errors.BulkSmsError], ExitCode], ...] = (
    (errors.LedgerBusy, ExitCode.BUSY),
    (errors.SourceChanged, ExitCode.INPUT),
    (errors.CampaignNotFound, ExitCode.USAGE),
    (errors.LedgerError, ExitCode.LEDGER),
    (errors.InputError, ExitCode.INPUT),
    (errors.SettingsError, ExitCode.ACCOUNT),
    (errors.ApiError, ExitCode.ACCOUNT),
    (errors.BulkSmsError, ExitCode.USAGE),
)


def run(command: click.Command, args: Sequence[str] | None) -> int:
    """Run a command and say how it went; nothing a user can cause shows a traceback."""
    try:
        code = command.main(args, prog_name="bulksms", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted; `bulksms resume` goes on with what was begun.", err=True)
        return ExitCode.INTERRUPTED
    except errors.BulkSmsError as error:
        click.echo(f"Error: {error}", err=True)
        return next(code for kind, code in CODES if isinstance(error, kind))
    except BrokenPipeError:
        discard_stdout()
        return ExitCode.OK
    except Exception as error:  # noqa: BLE001  (the last door before the user)
        return _bug(error)
    return code if isinstance(code, int) else ExitCode.OK


def discard_stdout() -> None:
    """Let a closed stdout swallow the rest, without a second error at exit."""
    _hush(sys.stdout)


def discard_closed_streams() -> None:
    """Let what nobody reads any more be lost: Python would end with 120 and not with our code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _hush(stream)


def _hush(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _bug(error: Exception) -> int:
    """Write what a bug report needs, without names, numbers or secrets, and say where."""
    now = datetime.now(UTC)
    path = Path(home_folder(os.environ)) / "logs" / f"bug-{now:%Y%m%dT%H%M%S}.log"
    frames = traceback.extract_tb(error.__traceback__)
    told = [f"bulksms {__version__}, Python {platform.python_version()}, {platform.platform()}"]
    # Only places and the kind of error: its words may hold a name, a number or a key.
    told += [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    told.append(type(error).__name__)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text("\n".join(told) + "\n", encoding="utf-8")
    except OSError:
        click.echo("\n".join(told), err=True)
        return ExitCode.BUG
    click.echo(
        f"Error: this is a bug in bulksms ({type(error).__name__}); nothing recorded is lost. "
        f"Please report it with the file {path}.",
        err=True,
    )
    return ExitCode.BUG
