"""The options of `pause` and `stop`."""

import click

from bulksms.cli.options.click_options import option, stack

__all__ = ["order_options"]

order_options = stack(
    [
        option("--timeout", type=click.FloatRange(min=0), default=200.0, show_default=True,
               metavar="SECONDS", help="How long to wait for the frames in flight."),
        option("--json", is_flag=True, help="Answer with one JSON object."),
        option("--quiet", is_flag=True, help="Show only what went wrong."),
    ]
)  # fmt: skip
