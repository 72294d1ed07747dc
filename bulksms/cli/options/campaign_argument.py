"""The argument that names a campaign; shells complete it from the ledger."""

import os
from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

__all__ = ["campaign_argument", "complete_campaigns"]


def complete_campaigns(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Name the campaigns whose names begin like this, the newest first."""
    del ctx, param
    from bulksms.errors import BulkSmsError
    from bulksms.ledger.campaigns.campaign_names import read_campaign_names
    from bulksms.ledger.location import ledger_file
    from bulksms.settings import read_settings

    try:
        settings = read_settings(os.environ)
        names = read_campaign_names(ledger_file(settings.home, settings.ledger))
    except BulkSmsError:  # the command itself explains it
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def campaign_argument(*, required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the argument."""
    return click.argument("campaign", required=required, shell_complete=complete_campaigns)
