"""`bulksms credit`: the balance of the account."""

import os
from typing import Any

import click

from bulksms.cli.shared_options import display

__all__ = ["command"]


@click.command("credit")
@display
def command(**given: Any) -> None:  # noqa: ANN401
    """Show the balance of the account."""
    from bulksms.cli.rendering import show_json
    from bulksms.money import format_money
    from bulksms.settings import read_settings
    from bulksms.use_cases.account_balance import read_balance

    left = read_balance(read_settings(os.environ))
    if given["as_json"]:
        show_json({"amount": format_money(left.amount), "unit": left.unit})
    else:
        click.echo(f"{format_money(left.amount)} {left.unit}")
