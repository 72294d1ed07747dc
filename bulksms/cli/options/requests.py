"""Turns click's values into the typed options of the use cases."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bulksms.errors import UsageError
from bulksms.plan.make_plan import PlanRequest
from bulksms.plan.options import (
    HoursOptions,
    MessageOptions,
    PlanOptions,
    ReadingOptions,
    ScreeningOptions,
)
from bulksms.settings import Settings
from bulksms.text_files import decode_text, read_once
from bulksms.use_cases.prepare.output_paths import check_outputs
from bulksms.use_cases.prepare.request_plan import request_plan

if TYPE_CHECKING:
    from bulksms.use_cases.context import RunOptions
    from bulksms.use_cases.prepare.history_rules import HistoryRules
    from bulksms.use_cases.prepare.prepare_campaign import SendRequest

__all__ = [
    "fill_options",
    "history_rules_of",
    "plan_request",
    "read_stdin",
    "refuse_shared_stdin",
    "run_options_of",
    "send_request",
]

Options = TypeVar("Options")
FROM_STDIN = ("optouts", "guest_list", "text_file")  # what `-` may be given for


def plan_request(
    files: tuple[str, ...], given: Mapping[str, Any], settings: Settings, now: datetime
) -> PlanRequest:
    """Make the request for a plan from the values of the command line.

    Raises:
        UsageError: the value of an option is not valid.
    """
    check_outputs(given, settings, files)
    refuse_shared_stdin(given, files)
    options = PlanOptions(
        reading=fill_options(ReadingOptions, given),
        screening=fill_options(ScreeningOptions, given),
        message=read_stdin(fill_options(MessageOptions, given)),
        hours=fill_options(HoursOptions, given),
    )
    return request_plan(files, options, settings, now)


def fill_options(kind: type[Options], given: Mapping[str, Any]) -> Options:
    """Give each field the value of the option of its name; other fields keep their defaults."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: given[name] for name in names if name in given})


def run_options_of(given: Mapping[str, Any]) -> "RunOptions":
    """Make the options for posting the frames."""
    # `check` posts nothing and loads no network.
    from bulksms.use_cases.send.posting_options import PostingOptions, run_options

    return run_options(fill_options(PostingOptions, given), fill_options(HoursOptions, given))


def send_request(given: Mapping[str, Any]) -> "SendRequest":
    """Make the request to send: the name, the people and the rules."""
    from bulksms.use_cases.prepare.prepare_campaign import SendRequest

    return SendRequest(
        campaign=given["campaign"],
        forget_optouts=given["forget_optouts"],
        history=history_rules_of(given),
        run_options=run_options_of(given),
    )


def history_rules_of(given: Mapping[str, Any]) -> "HistoryRules":
    """Make the rules by which earlier campaigns exclude people."""
    from bulksms.use_cases.prepare.history_rules import HistoryOptions, history_rules

    return history_rules(fill_options(HistoryOptions, given))


def refuse_shared_stdin(options: Mapping[str, Any], files: Iterable[str] = ()) -> None:
    """Check that standard input, which can be read once, is given as `-` only once.

    `options` are the values of options by their names, and `files` the lists.

    Raises:
        UsageError: it is given more often.
    """
    named = ["the list" for path in files if path == "-"]
    for name in FROM_STDIN:
        value = options.get(name)
        paths = value if isinstance(value, tuple) else (value,)
        named += [f"--{name.replace('_', '-')}" for path in paths if str(path) == "-"]
    if len(named) > 1:
        raise UsageError(
            f"Standard input cannot be {' and '.join(named)} at once: give all but one as files."
        )


def read_stdin(message: MessageOptions) -> MessageOptions:
    """Read the text from the standard input where `--text-file -` asks for it."""
    if message.text is not None or str(message.text_file) != "-":
        return message
    text = decode_text(read_once(sys.stdin.buffer), "The text on standard input")
    return replace(message, text=text.replace("\r\n", "\n").rstrip("\n"), text_file=None)
