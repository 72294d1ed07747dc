"""`bulksms doubt`: settles frames whose outcome is unknown."""

import getpass
import os
import sys
from typing import TYPE_CHECKING, Literal

import click

from bulksms.cli.click_options import option
from bulksms.errors import InputError, UsageError

if TYPE_CHECKING:
    from bulksms.ledger import FrameState
    from bulksms.use_cases.settle_doubt import FrameChoice, FrameInDoubt, OperatorDecision

__all__ = ["command"]

_json = option("--json", "as_json", is_flag=True, help="Answer with one JSON object.")
_campaign = click.argument("campaign")


class _FrameNumber(click.ParamType["int | str"]):
    """The number of a frame, or `all` where that may be said."""

    name = "frame"

    def __init__(self, *, several: bool) -> None:
        self.several = several

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """Read the number as people count: from 1."""
        if value == "all" and self.several:
            return "all"
        if not str(value).isdecimal():
            more = ", or all" if self.several else "; this is decided for one frame at a time"
            self.fail(f"{value!r} is not the number of a frame{more}.", param, ctx)
        return int(str(value))


_one = click.argument("frame", required=False, type=_FrameNumber(several=False))
_some = click.argument("frame", required=False, type=_FrameNumber(several=True))


@click.group("doubt")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Settle frames whose outcome is unknown."""
    # The settings file speaks of options, whichever command they belong to.
    ctx.default_map = dict.fromkeys(command.commands, ctx.default_map or {})


@command.command("list")
@click.argument("campaign", required=False)
@_json
def list_(campaign: str | None, *, as_json: bool) -> None:
    """List the frames in doubt, of one campaign or of all."""
    from bulksms.cli.doubt_text import doubt_as_json, doubt_table
    from bulksms.cli.rendering import show_json
    from bulksms.clock import SystemClock
    from bulksms.settings import read_settings
    from bulksms.use_cases.settle_doubt import list_doubts

    found = list_doubts(campaign, read_settings(os.environ), SystemClock().now())
    if as_json:
        show_json({"doubts": [doubt_as_json(one) for one in found]})
    elif found:
        click.echo("\n".join(doubt_table(found)))
    else:
        click.echo("No frame is in doubt.")


@command.command("show")
@_campaign
@_one
@_json
def show_(campaign: str, frame: int | None, *, as_json: bool) -> None:
    """Show what is known of one frame, and what one can do."""
    from bulksms.cli.doubt_text import doubt_in_words, whole_doubt_as_json
    from bulksms.cli.rendering import show_json
    from bulksms.clock import SystemClock
    from bulksms.settings import read_settings
    from bulksms.use_cases.settle_doubt import show_doubt

    found = show_doubt(campaign, frame, read_settings(os.environ), SystemClock().now())
    if as_json:
        show_json(whole_doubt_as_json(found))
    else:
        click.echo("\n".join(doubt_in_words(found)))


@command.command("mark-sent")
@_campaign
@_some
@option("--ticket", help="The ticket that the Octopush console shows.")
@_json
def mark_sent(campaign: str, frame: "FrameChoice", ticket: str | None, *, as_json: bool) -> None:
    """Say that a frame was sent, because you saw it in the console."""
    from bulksms.ledger import FrameState

    _settle(campaign, frame, FrameState.ACCEPTED, ticket, as_json=as_json)


@command.command("drop")
@_campaign
@_some
@_json
def drop(campaign: str, frame: "FrameChoice", *, as_json: bool) -> None:
    """Give a frame up; whoever is in it may have the text, and is told so."""
    from bulksms.ledger import FrameState

    _settle(campaign, frame, FrameState.DROPPED, None, as_json=as_json)


@command.command("resend")
@_campaign
@_one
@_json
def resend_(campaign: str, frame: int | None, *, as_json: bool) -> None:
    """Send a frame again, though people may get it twice; always asks, on a terminal."""
    from bulksms.cli.doubt_text import doubt_as_json
    from bulksms.cli.rendering import show_json
    from bulksms.clock import SystemClock
    from bulksms.settings import read_settings
    from bulksms.use_cases.order_resend import order_resend, prepare_resend

    if not sys.stdin.isatty():
        raise UsageError(
            "A frame in doubt is sent again only by somebody at a terminal who types how many "
            "people may get the text twice: run this command there."
        )
    clock, settings = SystemClock(), read_settings(os.environ)
    prepared = prepare_resend(campaign, frame, settings, clock.now())
    done = order_resend(prepared, _typed(prepared.doubt), settings, clock)
    if done.left_out:
        click.echo(f"Left out because they opted out: {done.left_out}.", err=True)
    if as_json:
        told = {"left_out": done.left_out, "resume_command": _resume(campaign)}
        show_json(doubt_as_json(done.doubt) | {"wave": done.doubt.frame.wave} | told)
    else:
        number = done.doubt.frame.number
        click.echo(f"Frame {number} waits to be sent again. Continue with: {_resume(campaign)}")


def _typed(doubt: "FrameInDoubt") -> "OperatorDecision":
    """Show what a second sending means, and have the number of people typed.

    Raises:
        InputError: something else was typed.
    """
    from bulksms.cli.doubt_text import price_in_words

    people = doubt.frame.contacts
    asked = (
        f"Up to {people} people may get this text twice; it costs {price_in_words(doubt.cost)}. "
        f"Type {people} to send frame {doubt.frame.number} again"
    )
    if click.prompt(asked, default="", show_default=False, err=True).strip() != str(people):
        raise InputError("Nothing was changed, as another number or none was typed.")
    return _word()


def _word() -> "OperatorDecision":
    from bulksms.clock import SystemClock
    from bulksms.use_cases.settle_doubt import OperatorDecision

    try:
        who = getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user on this machine, or no `pwd` there
        who = "somebody"
    return OperatorDecision(who=who, at=SystemClock().now())


def _settle(
    campaign: str,
    frame: "FrameChoice",
    state: "Literal[FrameState.ACCEPTED, FrameState.DROPPED]",
    ticket: str | None,
    *,
    as_json: bool,
) -> None:
    from bulksms.cli.doubt_text import doubt_as_json
    from bulksms.cli.rendering import show_json
    from bulksms.results import quoted
    from bulksms.settings import read_settings
    from bulksms.use_cases.settle_doubt import settle_doubt

    done = settle_doubt(campaign, frame, state, _word(), read_settings(os.environ), ticket)
    if as_json:
        show_json({"campaign": campaign, "settled": [doubt_as_json(one) for one in done]})
        return
    for one in done:
        click.echo(f"Frame {one.frame.number}: {one.frame.message}.")
    click.echo(f"`bulksms report {quoted(campaign)}` writes the results again.", err=True)


def _resume(campaign: str) -> str:
    from bulksms.results import quoted

    return f"bulksms resume {quoted(campaign)}"
