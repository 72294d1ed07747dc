"""`bulksms pause`: keeps a campaign from posting further frames until it is resumed."""

from typing import Any

import click

from bulksms.cli.options.click_options import GroupedCommand, campaign_argument
from bulksms.cli.options.shared_options import order_options

__all__ = ["command"]

EXAMPLES = ("bulksms pause", "bulksms pause customers-1a2b3c4d")


@click.command("pause", cls=GroupedCommand, examples=EXAMPLES)
@campaign_argument(required=False)
@order_options
def command(campaign: str | None, **given: Any) -> int:  # noqa: ANN401
    """Pause a campaign, from any terminal; by default the one that is being sent."""
    from bulksms.cli.texts.order_text import give_and_show
    from bulksms.ledger import OrderKind

    return give_and_show(OrderKind.PAUSE, campaign, given)
