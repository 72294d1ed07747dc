"""`bulksms doubt`: settles frames whose outcome is unknown."""

import os
import sys
from typing import TYPE_CHECKING, Literal

import click

from bulksms.cli.options.click_options import campaign_argument, option
from bulksms.cli.options.shared_options import json_option
from bulksms.cli.terminal.streams import echo, echo_json, prompt
from bulksms.count_words import count_of
from bulksms.errors import InputError, UsageError
from bulksms.os_user import acting_user

if TYPE_CHECKING:
    from bulksms.ledger import FrameState
    from bulksms.use_cases.orders.settle_doubt import FrameChoice, FrameInDoubt, OperatorDecision

__all__ = ["command"]

_campaign = campaign_argument(required=True)


class _FrameNumber(click.ParamType["int | str"]):
    """The number of a frame, or `all` where several can be settled at once."""

    name = "frame"

    def __init__(self, *, several: bool) -> None:
        self.several = several

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        """Read the number; frames are counted from 1."""
        if value == "all" and self.several:
            return "all"
        if not str(value).isdecimal():
            hint = ": give a number, or all." if self.several else ": give the number of one frame."
            self.fail(f"{value!r} is not the number of a frame{hint}", param, ctx)
        return int(str(value))


_one_frame = click.argument("frame", required=False, type=_FrameNumber(several=False))
_frames = click.argument("frame", required=False, type=_FrameNumber(several=True))


@click.group("doubt")
def command() -> None:
    """Settle frames whose outcome is unknown."""


@command.command("list")
@campaign_argument(required=False)
@json_option
def list_(campaign: str | None, **given: bool) -> None:
    """List the frames in doubt, of one campaign or of all."""
    from bulksms.cli.texts.doubt_text import doubt_as_json, doubt_table
    from bulksms.clock import SystemClock
    from bulksms.settings import read_settings
    from bulksms.use_cases.orders.settle_doubt import list_doubts

    doubts = list_doubts(campaign, read_settings(os.environ), SystemClock().now())
    if given["json"]:
        echo_json({"doubts": [doubt_as_json(doubt) for doubt in doubts]})
    elif doubts:
        echo("\n".join(doubt_table(doubts)))
    else:
        echo("No frame is in doubt.")


@command.command("show")
@_campaign
@_one_frame
@json_option
def show_(campaign: str, frame: int | None, **given: bool) -> None:
    """Show everything about one frame and what you can do."""
    from bulksms.cli.texts.doubt_text import doubt_details, doubt_details_as_json
    from bulksms.clock import SystemClock
    from bulksms.settings import read_settings
    from bulksms.use_cases.orders.settle_doubt import show_doubt

    doubt = show_doubt(campaign, frame, read_settings(os.environ), SystemClock().now())
    if given["json"]:
        echo_json(doubt_details_as_json(doubt))
    else:
        echo("\n".join(doubt_details(doubt)))


@command.command("mark-sent")
@_campaign
@_frames
@option("--ticket", metavar="TICKET", help="The ticket shown in the Octopush console.")
@json_option
def mark_sent(campaign: str, frame: "FrameChoice", ticket: str | None, **given: bool) -> None:
    """Record that a frame was sent, as the Octopush console shows."""
    from bulksms.ledger import FrameState

    _settle(campaign, frame, FrameState.ACCEPTED, ticket, as_json=given["json"])


@command.command("drop")
@_campaign
@_frames
@json_option
def drop(campaign: str, frame: "FrameChoice", **given: bool) -> None:
    """Give a frame up; its contacts stay reported as in doubt."""
    from bulksms.ledger import FrameState

    _settle(campaign, frame, FrameState.DROPPED, None, as_json=given["json"])


@command.command("resend")
@_campaign
@_one_frame
@json_option
def resend_(campaign: str, frame: int | None, **given: bool) -> None:
    """Send a frame again, though people may get it twice; asks at a terminal."""
    from bulksms.cli.texts.doubt_text import doubt_as_json
    from bulksms.clock import SystemClock
    from bulksms.settings import read_settings
    from bulksms.use_cases.orders.order_resend import order_resend, prepare_resend

    if not sys.stdin.isatty():
        raise UsageError(
            "Sending a frame in doubt again asks how many people may get the text twice: "
            "run this command at a terminal."
        )
    clock, settings = SystemClock(), read_settings(os.environ)
    prepared = prepare_resend(campaign, frame, settings, clock.now())
    order = order_resend(prepared, _confirm_resend(prepared.doubt), settings, clock)
    if order.left_out:
        echo(f"Left out because they opted out: {order.left_out:,}.", err=True)
    if given["json"]:
        more = {"left_out": order.left_out, "resume_command": _resume_command(campaign)}
        echo_json(doubt_as_json(order.doubt) | {"wave": order.doubt.frame.wave} | more)
    else:
        number = order.doubt.frame.number
        echo(f"Frame {number} will be sent again by: {_resume_command(campaign)}")


def _confirm_resend(doubt: "FrameInDoubt") -> "OperatorDecision":
    """Show what a second sending means, and have the number of people typed.

    Raises:
        InputError: something else was typed.
    """
    from bulksms.cli.texts.doubt_text import price_text

    people = doubt.frame.contacts
    typed = prompt(
        f"Up to {count_of(people, 'person', 'people')} may get this text twice; it costs "
        f"{price_text(doubt.cost)}. Type {people} to send frame {doubt.frame.number} again"
    )
    if typed.strip() != str(people):
        raise InputError("Cancelled: the number typed was not the same. Nothing was changed.")
    return _decision()


def _decision() -> "OperatorDecision":
    """Name the operator and the time of a decision."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.orders.settle_doubt import OperatorDecision

    return OperatorDecision(who=acting_user(os.environ), at=SystemClock().now())


def _settle(
    campaign: str,
    frame: "FrameChoice",
    state: "Literal[FrameState.ACCEPTED, FrameState.DROPPED]",
    ticket: str | None,
    *,
    as_json: bool,
) -> None:
    from bulksms.cli.texts.doubt_text import doubt_as_json
    from bulksms.results import quoted
    from bulksms.settings import read_settings
    from bulksms.use_cases.orders.settle_doubt import settle_doubt

    settled = settle_doubt(campaign, frame, state, _decision(), read_settings(os.environ), ticket)
    if as_json:
        echo_json({"campaign": campaign, "settled": [doubt_as_json(doubt) for doubt in settled]})
        return
    for doubt in settled:
        echo(f"Frame {doubt.frame.number}: {doubt.frame.message}.")
    echo(f"To write the results again: bulksms report {quoted(campaign)}", err=True)


def _resume_command(campaign: str) -> str:
    from bulksms.results import quoted

    return f"bulksms resume {quoted(campaign)}"
