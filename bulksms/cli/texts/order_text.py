"""Gives the order of `pause` or `stop`, and shows the result."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bulksms.cli.exit_codes import ExitCode
from bulksms.cli.terminal.streams import echo, echo_json
from bulksms.count_words import count_of
from bulksms.os_user import acting_user
from bulksms.results import quoted

if TYPE_CHECKING:
    from bulksms.ledger import OrderKind
    from bulksms.use_cases.orders.campaign_orders import OrderResult

__all__ = ["give_and_show"]

SHOWN_FRAMES = 5


def give_and_show(kind: "OrderKind", campaign: str | None, given: Mapping[str, Any]) -> int:
    """Give the order, show its result, and return the exit code."""
    from bulksms.clock import SystemClock
    from bulksms.ledger import OrderRecord
    from bulksms.settings import read_settings
    from bulksms.use_cases.orders.campaign_orders import give_order

    clock = SystemClock()
    order = OrderRecord(kind=kind, who=acting_user(os.environ), at=clock.now())
    result = give_order(campaign, order, given["timeout"], read_settings(os.environ), clock)
    if given["json"]:
        echo_json(_as_json(result))
    elif not given["quiet"] or result.in_flight:
        echo(" ".join(order_sentences(kind.value, result)), err=given["quiet"])
    return ExitCode.BUSY if result.in_flight else ExitCode.OK


def _as_json(result: "OrderResult") -> dict[str, Any]:
    return result.report.as_json() | {
        "was_running": result.was_running,
        "in_flight": list(result.in_flight),
    }


def order_sentences(verb: str, result: "OrderResult") -> list[str]:
    """Describe what was sent when the order was given, and what will still be sent."""
    name, report = result.report.campaign, result.report
    left, doubtful = report.contacts["not_attempted"], report.frames["in_doubt"]
    if result.was_finished or report.state == "done":
        return [f"The campaign {name} is {report.state}: nothing is left to {verb}."]
    ordered = {"pause": "paused", "stop": "stopped"}[verb]
    sentences = [_situation(name, ordered, result)]
    if doubtful:
        sentences.append(f"Frames in doubt: {doubtful:,}; `bulksms doubt list` shows them.")
    sentences.append(_what_next(verb, name, left))
    return sentences


def _situation(name: str, ordered: str, result: "OrderResult") -> str:
    if result.in_flight:
        return (
            f"The campaign {name} gets no further frame, but these are still in flight after the "
            f"waiting time: {_listed(result.in_flight)}. Their people may get the text; "
            f"`bulksms status {quoted(name)}` shows what became of them."
        )
    if result.has_crashed:
        return (
            f"The campaign {name} is {ordered}. The process that sent it had ended without "
            "finishing (killed, or the machine was switched off)."
        )
    if result.was_running:
        return f"The campaign {name} is {ordered}: nothing is in flight any more."
    return f"The campaign {name} was not being sent; it is {ordered}."


def _what_next(verb: str, name: str, left: int) -> str:
    if verb == "pause":
        return (
            f"{count_of(left, 'person is', 'people are')} left; nothing is sent until "
            f"`bulksms resume {quoted(name)}`."
        )
    return (
        f"{count_of(left, 'person does', 'people do')} not get the text. To send it to them "
        "anyway, send the file again with --after-stop."
    )


def _listed(numbers: tuple[int, ...]) -> str:
    shown = ", ".join(map(str, numbers[:SHOWN_FRAMES]))
    return (
        shown if len(numbers) <= SHOWN_FRAMES else f"{shown} and {len(numbers) - SHOWN_FRAMES} more"
    )
