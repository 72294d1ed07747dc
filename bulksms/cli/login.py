"""`bulksms login`: stores login and API key, so that no environment variable is needed."""

import os
import sys
from typing import Any

import click

from bulksms.cli.options.click_options import option
from bulksms.cli.options.shared_options import json_option
from bulksms.cli.terminal.streams import echo, echo_json, prompt, prompt_hidden
from bulksms.errors import UsageError

__all__ = ["command"]


@click.command("login")
@option("--offline", is_flag=True, help="Store without trying.")
@json_option
def command(**given: Any) -> None:  # noqa: ANN401
    """Store login and API key in the keyring of the system, after trying them.

    They are asked for; without a terminal they are the first two lines of standard input.
    """
    from bulksms.settings import KEY_VARIABLES, read_settings
    from bulksms.use_cases.upkeep.account import log_in

    login, key = _ask()
    # Given here, they take precedence over stored ones, which may be damaged.
    settings = read_settings({**os.environ, "BULKSMS_API_LOGIN": login, "BULKSMS_API_KEY": key})
    result = log_in(settings, offline=given["offline"])
    overriding = [name for name in ("BULKSMS_API_LOGIN", *KEY_VARIABLES) if os.environ.get(name)]
    if given["json"]:
        balance = result.balance
        echo_json(
            {
                "stored": "keyring" if result.file is None else "file",
                "file": None if result.file is None else str(result.file),
                "balance": None if balance is None else str(balance.amount),
                "unit": None if balance is None else balance.unit,
                "overridden_by": overriding,
            }
        )
        return
    if result.balance is not None:
        from bulksms.money import show_money

        echo(
            f"Octopush accepts them: the balance is {show_money(result.balance.amount)} "
            f"{result.balance.unit}."
        )
    if result.file is None:
        echo("Stored in the keyring of this system.")
    else:
        echo(f"There is no keyring here: stored in {result.file}, which only you can read.")
    if overriding:
        echo(f"Set in the environment and used instead: {', '.join(overriding)}.", err=True)


def _ask() -> tuple[str, str]:
    """Ask for login and key, or read them from standard input where there is no terminal.

    Raises:
        UsageError: one of them is missing.
    """
    if sys.stdin.isatty():
        login, key = prompt("API login (an e-mail address)"), prompt_hidden("API key")
    else:
        login, key = (sys.stdin.readline().strip() for _ in range(2))
    if not login or not key:
        raise UsageError(
            "Login or key is missing: type them, or give both on two lines of standard input."
        )
    return login, key
