"""`bulksms check`: shows what would be sent, what not and why."""

import os
from dataclasses import replace
from typing import Any

import click

from bulksms.cli.exit_codes import ExitCode
from bulksms.cli.options.click_options import GroupedCommand, option
from bulksms.cli.options.shared_options import display, history, output_delimiter, planning

__all__ = ["check_and_show", "command"]

EXAMPLES = (
    "bulksms check customers.csv",
    "bulksms check customers.csv --text-file text.txt --rejects-out left-out.csv",
)


@click.command("check", cls=GroupedCommand, examples=EXAMPLES)
@click.argument("files", nargs=-1, type=click.Path(), required=True, metavar="FILE...")
@planning
@history
@output_delimiter
@display
@option(
    "--yes", is_flag=True, help="Ignored; accepted so that a `send` command line can be reused."
)
def command(files: tuple[str, ...], **given: Any) -> int:  # noqa: ANN401
    """Show what would be sent, what would not, and why; opens no connection."""
    return check_and_show(files, given)


def check_and_show(files: tuple[str, ...], given: dict[str, Any]) -> int:
    """Plan, write the files asked for and show the plan; 3 when `send` would stop."""
    from bulksms.cli.options.requests import fill_options, history_rules_of, plan_request
    from bulksms.cli.terminal.step_bars import StepBars
    from bulksms.cli.terminal.streams import echo_json
    from bulksms.cli.texts.plan_text import show_errors, show_plan
    from bulksms.clock import SystemClock
    from bulksms.plan.as_json import plan_as_json
    from bulksms.plan.files import write_outputs
    from bulksms.plan.make_plan import make_plan
    from bulksms.plan.options import OutputOptions
    from bulksms.plan.view import view_plan
    from bulksms.settings import read_settings
    from bulksms.use_cases.prepare.screen_campaign import (
        nobody_left,
        preview_campaign,
        without_opt_outs,
    )

    settings = read_settings(os.environ)
    now = SystemClock().now()
    progress = StepBars(silent=given["no_progress"] or given["json"])
    plan = make_plan(replace(plan_request(files, given, settings, now), progress=progress))
    rules = history_rules_of(given)
    prepared = preview_campaign(plan, given["campaign"], rules, settings, now)
    plan = without_opt_outs(plan, settings) if prepared is None else prepared.plan
    write_outputs(plan, fill_options(OutputOptions, given))
    nothing_new = prepared is not None and prepared.nothing_new
    nobody = None if nothing_new else nobody_left(plan)
    view = view_plan(plan, also=() if nobody is None else (nobody,))
    if given["json"]:
        echo_json(plan_as_json(view))
    elif given["quiet"]:
        show_errors(view)
    else:
        show_plan(view)
    return ExitCode.INPUT if view.errors else ExitCode.OK
