"""`bulksms credit`: shows the balance of the account."""

import os
from typing import Any

import click

from bulksms.cli.options.shared_options import display
from bulksms.cli.terminal.streams import echo, echo_json

__all__ = ["command"]


@click.command("credit")
@display
def command(**given: Any) -> None:  # noqa: ANN401
    """Show the balance of the account."""
    from bulksms.money import format_money, show_money
    from bulksms.settings import read_settings
    from bulksms.use_cases.upkeep.account import read_balance

    balance = read_balance(read_settings(os.environ))
    if given["json"]:
        echo_json({"amount": format_money(balance.amount), "unit": balance.unit})
    else:
        echo(f"{show_money(balance.amount)} {balance.unit}")
