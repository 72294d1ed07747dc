"""`bulksms sandbox`: runs a local server that behaves like the API."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.options.click_options import MONEY, option
from bulksms.cli.terminal.streams import echo

if TYPE_CHECKING:
    from bulksms.sandbox import CallbackRules

__all__ = ["command"]


@click.command("sandbox")
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8474,
    show_default=True,
    help="Port on this machine; 0 takes a free one.",
)
@option("--credit", type=MONEY, default=Decimal(100), show_default=True, help="Balance in euros.")
@option(
    "--price",
    type=MONEY,
    default=Decimal("0.045"),
    show_default=True,
    help="Price of a segment in euros.",
)
@option(
    "--price-after",
    type=(click.IntRange(min=0), MONEY),
    metavar="N EUR",
    help="Price of a segment after N accepted frames.",
)
@option(
    "--parts-factor",
    type=click.IntRange(min=1),
    default=1,
    help="Segments billed for each one.",
)
@option("--latency", type=click.FloatRange(min=0), default=0.0, help="Seconds before each answer.")
@option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Append each accepted frame to this file, as a JSON line.",
)
@option(
    "--forget",
    is_flag=True,
    help="Keep no accepted frames in memory, so that millions of texts can be sent.",
)
@option(
    "--posts-log",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Append each send request to this file, accepted or not.",
)
@option(
    "--now",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"]),
    metavar="ISO",
    help="Start at this time (UTC, or with +0200); POST /_sandbox/clock changes it.",
)
@option(
    "--faults", type=click.FloatRange(0, 1), default=0.0, help="Share of requests that go wrong."
)
@option(
    "--fault-kind",
    "fault_kinds",
    multiple=True,
    metavar="KIND",
    help="Only this fault; repeatable. An unknown one lists them all.",
)
@option(
    "--script",
    type=click.Path(path_type=Path, dir_okay=False),
    help='Answers to posts by their number, in TOML or JSON, such as 3 = "429" or 4 = 104.',
)
@option(
    "--seed", type=int, default=0, show_default=True, help="The same seed gives the same faults."
)
@option("--refuse", type=int, metavar="CODE", help="Answer every request with this API code.")
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
    help="Accept frame N and never answer.",
)
@option(
    "--honour-request-id/--ignore-request-id",
    default=True,
    show_default=True,
    help="Refuse a request_id seen within 24 hours.",
)
@option("--burn-ids", is_flag=True, help="A refused request uses up its request_id too.")
@option(
    "--duplicate-code",
    type=click.Choice(["182", "120"]),
    default="182",
    show_default=True,
    help="API code of that refusal.",
)
@option(
    "--content-filter",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Refuse the same words to the same people for so long, whatever their request_id.",
)
@option("--reject-invalid", is_flag=True, help="One bad number refuses its frame (181).")
@option(
    "--opted-out",
    multiple=True,
    metavar="NUMBER",
    help="A number that is opted out, like +33639980001; may be repeated.",
)
@option(
    "--stop-mention",
    "stop_mentions",
    multiple=True,
    metavar="TEXT",
    help="Accept only these words as STOP mention; may be repeated.",
)
@option(
    "--success-status",
    type=click.Choice(["200", "201"]),
    default="201",
    show_default=True,
    help="HTTP status of an accepted frame.",
)
@option(
    "--answer-style",
    type=click.Choice(["documented", "bare", "code_zero", "numbers_as_text"]),
    default="documented",
    show_default=True,
    help="How the answer to an accepted frame is written.",
)
@option(
    "--callback-url",
    metavar="URL",
    help="Report receipts, replies and STOPs to this address on this machine, as `listen` "
    "prints it.",
)
@option(
    "--callback-delay",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Time from an accepted frame to its first receipt.",
)
@option(
    "--callback-format",
    type=click.Choice(["json", "form", "both"]),
    default="json",
    show_default=True,
    help="How the bodies of callbacks are written.",
)
@option(
    "--callback-habit",
    "callback_habits",
    type=click.Choice(["doubled", "late", "out_of_order", "forged"]),
    multiple=True,
    help="What else callbacks do; repeatable.",
)
@option(
    "--undelivered",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="SHARE",
    help="Share of the texts that are reported as failed.",
)
@option(
    "--replies",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="SHARE",
    help="Share of the people who answer.",
)
@option(
    "--stops",
    type=click.FloatRange(0, 1),
    default=0.0,
    metavar="SHARE",
    help="Share of the people who answer STOP.",
)
def command(**given: Any) -> None:  # noqa: ANN401
    """Start a local server that behaves like the API; Ctrl-C stops it."""
    from bulksms.sandbox import AnswerStyle, SandboxOptions, read_script, serve

    given["duplicate_code"] = int(given["duplicate_code"])
    given["success_status"] = int(given["success_status"])
    given["answer_style"] = AnswerStyle(given["answer_style"])
    given["opted_out"] = frozenset(given["opted_out"])
    script = given.pop("script")
    rules = _callback_rules(given)
    values = {name: value for name, value in given.items() if value not in (None, ())}
    replies = read_script(script) if script else ()
    serve(SandboxOptions(**values, script=replies, callback_rules=rules), _announce)


def _callback_rules(given: dict[str, Any]) -> "CallbackRules":
    """Take the options about callbacks out of the others."""
    from bulksms.sandbox import CallbackFormat, CallbackHabit, CallbackRules

    return CallbackRules(
        delay=given.pop("callback_delay"),
        format=CallbackFormat(given.pop("callback_format")),
        habits=frozenset(map(CallbackHabit, given.pop("callback_habits"))),
        undelivered=given.pop("undelivered"),
        replies=given.pop("replies"),
        stops=given.pop("stops"),
        opted_out=given["opted_out"],
        seed=given["seed"],
    )


def _announce(url: str) -> None:
    echo(url)
    echo(
        "The sandbox is running at this address. In another terminal, set\n"
        f"  BULKSMS_BASE_URL={url}\n"
        "  BULKSMS_API_LOGIN=me@example.com\n"
        "  BULKSMS_API_KEY=test-sandbox\n"
        "and send. No real person is texted.",
        err=True,
    )
