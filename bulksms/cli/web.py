"""`bulksms web`: the local page, for people who never open a terminal."""

import os

import click

from bulksms.cli.options.click_options import option
from bulksms.cli.terminal.streams import echo
from bulksms.errors import MissingExtra

__all__ = ["command"]


@click.command("web")
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="N",
    help="Port on this machine; by default a free one.",
)
@option("--no-browser", is_flag=True, help="Only print the address; do not open the browser.")
def command(port: int, *, no_browser: bool) -> None:
    """Open the page in the browser; only this machine can reach it."""
    from bulksms.clock import SystemClock
    from bulksms.settings import read_settings

    try:
        from bulksms.web.entrance_file import EntranceFile
        from bulksms.web.web_server import serve_page
    except ImportError as error:
        raise MissingExtra(
            f"The page needs {error.name}, which is not installed: "
            'run `pip install "bulksms-octopush[web]"`.'
        ) from error

    settings = read_settings(os.environ)
    entrance = EntranceFile(settings.home)

    def ready(address: str) -> None:
        echo(address)
        if not no_browser:
            entrance.open(address, click.launch)

    serve_page(settings, port, SystemClock(), os.environ, ready, entrance.remove)
