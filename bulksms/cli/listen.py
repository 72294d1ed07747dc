"""`bulksms listen`: the receiver of delivery receipts and STOP callbacks."""

import os

import click

from bulksms.cli.exit_codes import ExitCode, show_interruption
from bulksms.cli.options.click_options import GroupedCommand, option
from bulksms.cli.terminal.streams import echo

__all__ = ["command"]

EXAMPLES = (
    "bulksms listen --port 8480 --public-url https://sms.example.com/callbacks",
    "bulksms listen --new-address --public-url https://sms.example.com/callbacks",
)


@click.command("listen", cls=GroupedCommand, examples=EXAMPLES)
@option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address of this machine to listen on.",
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8480,
    show_default=True,
    metavar="N",
    help="Port to listen on; 0 takes a free one.",
)
@option(
    "--public-url",
    metavar="URL",
    help="Where the receiver is reached from outside, through a proxy that ends TLS.",
)
@option(
    "--new-address",
    is_flag=True,
    help="Make a new secret address; the previous one stays valid too.",
)
def command(host: str, port: int, public_url: str | None, *, new_address: bool) -> int:
    """Receive delivery receipts and STOPs; prints the address to enter at Octopush."""
    from bulksms.clock import SystemClock
    from bulksms.loopback import is_loopback
    from bulksms.settings import read_settings
    from bulksms.webhook.listener import serve_receiver

    def ready(used_port: int, secret: str) -> None:
        shown = f"[{host}]" if ":" in host else host
        base = (public_url or f"http://{shown}:{used_port}").rstrip("/")
        echo(f"{base}/{secret}")
        if public_url is None:
            echo(
                "Octopush calls https addresses only: let a proxy end TLS and pass the path on, "
                "and give its address with --public-url.",
                err=True,
            )
        if not is_loopback(host):
            echo("Other machines can reach this address without TLS.", err=True)

    def say(sentence: str) -> None:
        echo(sentence, err=True)

    settings = read_settings(os.environ)
    try:
        serve_receiver(settings, (host, port), SystemClock(), ready, say, renew=new_address)
    except KeyboardInterrupt:
        return show_interruption("No longer receiving receipts and STOPs.", as_json=False)
    return ExitCode.OK
