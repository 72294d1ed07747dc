"""From click's values to the typed options that the use cases take."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bulksms.errors import UsageError
from bulksms.plan.make_plan import PlanRequest
from bulksms.plan.make_request import make_request
from bulksms.plan.options import (
    HoursOptions,
    MessageOptions,
    PlanOptions,
    ReadingOptions,
    ScreeningOptions,
)
from bulksms.settings import Settings
from bulksms.text_files import decode_text
from bulksms.use_cases.learned_prices import read_learned_price
from bulksms.use_cases.manage_opt_outs import stored_opt_outs
from bulksms.use_cases.output_paths import refuse_overwrites

if TYPE_CHECKING:
    from bulksms.use_cases.context import RunOptions
    from bulksms.use_cases.prepare_campaign import SendRequest
    from bulksms.use_cases.screen_history import HistoryRules

__all__ = [
    "check_outputs",
    "fill_options",
    "history_rules_of",
    "plan_request",
    "run_options_of",
    "send_request",
]

# Options that name a file which is read, and options that name one which is written.
INPUTS = ("optouts", "guest_list", "text_file", "tariff", "map_file")
OUTPUTS = ("rejects_out", "contacts_out", "save_map", "results", "contact_results")

Options = TypeVar("Options")


def plan_request(
    files: tuple[str, ...], given: Mapping[str, Any], settings: Settings, now: datetime
) -> PlanRequest:
    """Make the request for a plan from the values of the command line.

    Raises:
        UsageError: the value of an option is not valid.
    """
    check_outputs(given, settings, files)
    options = PlanOptions(
        reading=fill_options(ReadingOptions, given),
        screening=fill_options(ScreeningOptions, given),
        message=_read_stdin(fill_options(MessageOptions, given), files),
        hours=fill_options(HoursOptions, given),
    )
    return make_request(
        files,
        options,
        rehearsal=settings.rehearsal,
        stored_optouts=stored_opt_outs(settings),
        now=now,
        learned_price=read_learned_price(settings, options.message.type),
    )


def check_outputs(
    given: Mapping[str, Any], settings: Settings, files: tuple[str, ...] = ()
) -> None:
    """Check that no output overwrites an input, a file of the program or another output.

    Raises:
        UsageError: one would.
    """
    outputs = {f"--{name.replace('_', '-')}": given.get(name) for name in OUTPUTS}
    refuse_overwrites(outputs, [*files, *_inputs(given)], settings)


def _inputs(given: Mapping[str, Any]) -> Iterator[str | Path]:
    """Give every file that an option names to be read."""
    for name in INPUTS:
        value = given.get(name)
        yield from value if isinstance(value, tuple) else () if value is None else (value,)
    for pair in given.get("text_for", ()):
        text = pair.partition("=")[2]
        if text.startswith("@"):
            yield text.removeprefix("@")


def fill_options(kind: type[Options], given: Mapping[str, Any]) -> Options:
    """Give each field the value of the option of its name; other fields keep their defaults."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: given[name] for name in names if name in given})


def run_options_of(given: Mapping[str, Any]) -> "RunOptions":
    """Say how the frames are to be posted."""
    # `check` posts nothing and loads no network.
    from bulksms.use_cases.posting_options import PostingOptions, run_options

    return run_options(fill_options(PostingOptions, given), fill_options(HoursOptions, given))


def send_request(given: Mapping[str, Any]) -> "SendRequest":
    """Say under which name, to whom and how a plan is sent."""
    from bulksms.use_cases.prepare_campaign import SendRequest

    return SendRequest(
        campaign=given["campaign"],
        forget_optouts=given["forget_optouts"],
        history=history_rules_of(given),
        run_options=run_options_of(given),
    )


def history_rules_of(given: Mapping[str, Any]) -> "HistoryRules":
    """Say whom earlier campaigns keep out."""
    from bulksms.use_cases.history_options import HistoryOptions, history_rules

    return history_rules(fill_options(HistoryOptions, given))


def _read_stdin(message: MessageOptions, files: tuple[str, ...]) -> MessageOptions:
    """Read the text from the standard input where `--text-file -` asks for it."""
    if message.text is not None or str(message.text_file) != "-":
        return message
    if "-" in files:
        raise UsageError(
            "Standard input cannot be both the list and the message: give one of them as a file."
        )
    text = decode_text(sys.stdin.buffer.read(), "The text on standard input")
    return replace(message, text=text.replace("\r\n", "\n").rstrip("\n"), text_file=None)
