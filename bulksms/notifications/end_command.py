"""Runs the command that gets the JSON of a run on its standard input."""

import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import psutil

__all__ = ["COMMAND_LIMIT", "run_command", "without_secrets"]

COMMAND_LIMIT = 120.0  # seconds; a mail program may wait for its server
STANDARD_ERROR = 2
# What only a sender needs; a command can still read reports from the ledger.
SECRET_VARIABLES = frozenset(
    {"BULKSMS_API_KEY", "BULKSMS_API_KEY_FILE", "BULKSMS_API_LOGIN", "BULKSMS_PROXY"}
)


def without_secrets(environ: Mapping[str, str], secrets: Collection[str]) -> dict[str, str]:
    """Copy an environment without the account's secrets, by name and by value."""
    return {
        name: value
        for name, value in environ.items()
        if name.upper() not in SECRET_VARIABLES
        and not any(secret and secret in value for secret in secrets)
    }


def run_command(
    command: str,
    payload: bytes,
    folder: Path,
    environ: Mapping[str, str],
    limit: float = COMMAND_LIMIT,
) -> str | None:
    """Run a command line of the system's shell, and return what went wrong, if anything did.

    What it prints goes to standard error: standard output is the answer of the program.
    After `limit` seconds it is ended with everything that it started.
    """
    try:
        process = subprocess.Popen(  # noqa: S602 - the user's own command line, pipes and all
            command,
            shell=True,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=STANDARD_ERROR,
            # A group of its own: Ctrl-C in a terminal is for the program, which ends the command.
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be run"
        return _problem(f"could not be started ({reason})")
    try:
        process.communicate(payload, timeout=limit)
    except subprocess.TimeoutExpired:
        return _problem(f"was ended after {limit:g} s")
    finally:
        _end(process)
    if process.returncode:
        return _problem(f"ended with code {process.returncode}")
    return None


def _problem(problem: str) -> str:
    return f"The on_end command {problem}: check it. The run is not affected."


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a command that still runs, and the processes it started."""
    if process.poll() is not None:
        return
    try:
        shell = psutil.Process(process.pid)
        family = [*shell.children(recursive=True), shell]
    except psutil.Error:
        family = []
    for member in family:
        try:
            member.kill()
        except psutil.Error:
            continue
    process.kill()
    process.wait()
