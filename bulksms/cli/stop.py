"""`bulksms stop`: ends a campaign for good; what it has left is dropped."""

from typing import Any

import click

from bulksms.cli.options.click_options import GroupedCommand, campaign_argument
from bulksms.cli.options.shared_options import order_options

__all__ = ["command"]

EXAMPLES = ("bulksms stop customers-1a2b3c4d",)


@click.command("stop", cls=GroupedCommand, examples=EXAMPLES)
@campaign_argument(required=True)
@order_options
def command(campaign: str, **given: Any) -> int:  # noqa: ANN401
    """Stop a campaign for good, from any terminal."""
    from bulksms.cli.texts.order_text import give_and_show
    from bulksms.ledger import OrderKind

    return give_and_show(OrderKind.STOP, campaign, given)
