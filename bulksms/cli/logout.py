"""`bulksms logout`: removes stored login and API key."""

import os
from typing import Any

import click

from bulksms.cli.options.shared_options import json_option
from bulksms.cli.terminal.streams import echo, echo_json

__all__ = ["command"]


@click.command("logout")
@json_option
def command(**given: Any) -> None:  # noqa: ANN401
    """Remove the login and API key that `bulksms login` stored."""
    from bulksms.credential_store import delete_credentials
    from bulksms.settings import home_folder

    locations = delete_credentials(home_folder(os.environ))
    if given["json"]:
        echo_json({"removed_from": locations})
    elif locations:
        echo(f"Login and key are removed from {' and '.join(locations)}.")
    else:
        echo("No login or key is stored.")
