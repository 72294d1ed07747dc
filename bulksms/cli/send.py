"""`bulksms send`: checks, shows the plan, asks, posts every frame and writes the results."""

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.check import check_and_show
from bulksms.cli.options.click_options import GroupedCommand, option
from bulksms.cli.options.shared_options import display, output_delimiter, sending
from bulksms.cli.terminal.streams import require_yes
from bulksms.errors import UsageError

if TYPE_CHECKING:
    from bulksms.plan.make_plan import Plan
    from bulksms.use_cases.context import RunContext, RunResult
    from bulksms.use_cases.prepare.prepare_campaign import SendRequest

__all__ = ["command"]

EXAMPLES = (
    "bulksms send customers.xlsx --text-file text.txt --sender SHOP",
    'bulksms send customers.csv --text-file text.txt --sender SHOP --send-at "tomorrow 10:00"',
    'bulksms send customers.csv --text-file text.txt --test-to "+33 6 39 98 01 01"',
)
UNSENT = "Nothing was sent."  # after a no


@click.command("send", cls=GroupedCommand, examples=EXAMPLES)
@click.argument("files", nargs=-1, type=click.Path(), required=True, metavar="FILE...")
@sending
@option(
    "--test-to",
    metavar="NUMBER",
    help="Send only the text of the first row, or of --preview, to your own number.",
)
@option("--dry-run", is_flag=True, help="The same as `check`.")
@option("--yes", is_flag=True, help="Do not ask.")
@output_delimiter
@display
def command(files: tuple[str, ...], **given: Any) -> int:  # noqa: ANN401
    """Check the list, show the plan, ask, send, and write the results."""
    return check_and_show(files, given) if given["dry_run"] else _send_and_show(files, given)


def _send_and_show(files: tuple[str, ...], given: dict[str, Any]) -> int:
    """Plan and send; a campaign that was begun before is continued."""
    from bulksms.cli.enqueue import check_enqueue
    from bulksms.cli.options.requests import fill_options, plan_request, send_request
    from bulksms.cli.run_and_report import run_and_report
    from bulksms.cli.terminal.step_bars import StepBars
    from bulksms.clock import SystemClock
    from bulksms.plan.make_plan import make_plan
    from bulksms.plan.options import MessageOptions
    from bulksms.settings import read_settings

    if not fill_options(MessageOptions, given).has_text:
        raise UsageError("There is no message: give it with --text or --text-file.")
    if not given["yes"] and ("-" in files or not sys.stdin.isatty()):
        raise UsageError("There is no terminal to ask on: add --yes to send without a question.")
    settings = read_settings(os.environ)
    if given["enqueue"]:
        check_enqueue(given, settings)
    progress = StepBars(silent=given["no_progress"] or given["json"])
    plan = make_plan(
        replace(plan_request(files, given, settings, SystemClock().now()), progress=progress)
    )
    request = send_request(given)
    act = _send_sample if given["test_to"] else _send
    return run_and_report(lambda context: act(plan, request, given, context), given, settings)


def _send(
    plan: "Plan", request: "SendRequest", given: dict[str, Any], context: "RunContext"
) -> "RunResult":
    """Prepare, show, ask, begin and run."""
    from bulksms.cli.enqueue import enqueue_and_announce
    from bulksms.cli.options.requests import fill_options
    from bulksms.cli.texts.plan_text import show_plan
    from bulksms.plan.delivery_text import send_question
    from bulksms.plan.files import write_outputs
    from bulksms.plan.options import OutputOptions
    from bulksms.plan.view import view_plan
    from bulksms.use_cases.prepare.begin_campaign import begin_campaign
    from bulksms.use_cases.prepare.end_without_sending import end_without_sending
    from bulksms.use_cases.prepare.prepare_campaign import prepare_campaign
    from bulksms.use_cases.send.run_campaign import run_campaign

    prepared = prepare_campaign(plan, request, context)
    write_outputs(prepared.plan, fill_options(OutputOptions, given))
    if prepared.nothing_new and prepared.existing is None:
        return end_without_sending(prepared, context)
    if prepared.existing is None:
        view = view_plan(prepared.plan)
        if not given["quiet"]:
            show_plan(view, err=True)
        if not given["yes"]:
            require_yes(send_question(view), UNSENT)
    name = begin_campaign(prepared, context)
    if given["enqueue"]:
        return enqueue_and_announce(name, request.run_options, context)
    return run_campaign(name, request.run_options, context)


def _send_sample(
    plan: "Plan", request: "SendRequest", given: dict[str, Any], context: "RunContext"
) -> "RunResult":
    """Send one row's text to the operator's own number."""
    from bulksms.cli.options.requests import fill_options
    from bulksms.cli.texts.plan_text import show_test
    from bulksms.plan.files import write_outputs
    from bulksms.plan.options import OutputOptions
    from bulksms.use_cases.prepare.send_sample import begin_sample, prepare_sample
    from bulksms.use_cases.send.run_campaign import run_campaign

    write_outputs(plan, fill_options(OutputOptions, given))
    sample = prepare_sample(plan, given["test_to"], request, context)
    if not given["quiet"]:
        show_test(sample.shown, sample.number)
    if not given["yes"]:
        require_yes(f"Send this text to {sample.number} now?", UNSENT)
    return run_campaign(begin_sample(sample, context), request.run_options, context)
