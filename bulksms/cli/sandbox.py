"""`bulksms sandbox`: a local server that behaves like the API."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from bulksms.cli.options import MONEY, option

__all__ = ["command"]


@click.command("sandbox")
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8474,
    show_default=True,
    help="Where it listens on this machine; 0 takes a free port.",
)
@option("--credit", type=MONEY, default=Decimal(100), show_default=True, help="Euros to spend.")
@option("--price", type=MONEY, default=Decimal("0.045"), show_default=True, help="Euros a segment.")
@option("--latency", type=click.FloatRange(min=0), default=0.0, help="Seconds before an answer.")
@option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Append each accepted frame to this file, one JSON line each.",
)
@option("--faults", type=click.FloatRange(0, 1), default=0.0, help="Share of sends that go wrong.")
@option("--fault-kind", "fault_kinds", multiple=True, help="Only this fault; may be repeated.")
@option("--seed", type=int, default=0, show_default=True, help="The same seed, the same faults.")
@option("--refuse", type=int, metavar="CODE", help="Answer every send with this API code.")
@option(
    "--refuse-after",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Frames accepted before --refuse starts.",
)
@option(
    "--hang-after-accept",
    type=click.IntRange(min=1),
    metavar="N",
    help="Take the N-th frame and never answer.",
)
@option(
    "--honour-request-id/--ignore-request-id",
    default=True,
    show_default=True,
    help="Refuse a request_id seen within 24 hours.",
)
@option(
    "--duplicate-code",
    type=click.Choice(["182", "120"]),
    default="182",
    show_default=True,
    help="The API code of that refusal.",
)
@option("--reject-invalid", is_flag=True, help="One bad number refuses its frame (181).")
def command(**given: Any) -> None:  # noqa: ANN401
    """Start a local server that behaves like the API; Ctrl-C stops it."""
    from bulksms.sandbox import FaultKind, SandboxOptions, serve

    given["duplicate_code"] = int(given["duplicate_code"])
    given["fault_kinds"] = given["fault_kinds"] or tuple(str(kind) for kind in FaultKind)
    serve(SandboxOptions(**given), _announce)


def _announce(url: str) -> None:
    click.echo(url)
    click.echo(
        "The sandbox listens there. In another terminal, set\n"
        f"  BULKSMS_BASE_URL={url}\n"
        "  BULKSMS_API_LOGIN=me@example.com\n"
        "  BULKSMS_API_KEY=test-sandbox\n"
        "and send; nobody real is texted.",
        err=True,
    )
