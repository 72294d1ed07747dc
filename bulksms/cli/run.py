"""`bulksms run`: one unattended run of a saved campaign, for cron."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from bulksms.cli.options.click_options import GroupedCommand, option
from bulksms.cli.options.rule_options import rules
from bulksms.cli.options.shared_options import display, notifications, output_delimiter, sending

if TYPE_CHECKING:
    from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
    from bulksms.use_cases.unattended.unattended_run import UnattendedRun

__all__ = ["command", "read_campaign", "show_run"]

EXAMPLES = (
    "bulksms run welcome/campaign.toml --plan",
    "bulksms run welcome/campaign.toml --json",
    "bulksms run welcome/campaign.toml --max-change 80%",
)


@click.command("run", cls=GroupedCommand, examples=EXAMPLES)
@click.argument("campaign_file", type=click.Path(path_type=Path), metavar="CAMPAIGN.toml")
@sending
@rules
@notifications
@option("--plan", is_flag=True, help="Only show what would happen; does not connect to Octopush.")
@option("--dry-run", is_flag=True, help="The same as --plan.")
@option("--test-to", metavar="NUMBER", help="Send only the text of one row, to your own number.")
@option("--yes", is_flag=True, help="Ignored: run never asks.")
@output_delimiter
@display
@click.pass_context
def command(ctx: click.Context, /, campaign_file: Path, **given: Any) -> int:  # noqa: ANN401
    """Run a saved campaign once, without questions; options win over the campaign file."""
    from bulksms.cli.run_and_report import running
    from bulksms.settings import read_settings
    from bulksms.use_cases.unattended.notify_run import run_and_notify
    from bulksms.use_cases.unattended.run_unattended import run_unattended

    campaign = read_campaign(ctx, campaign_file, given)
    with running(campaign.display, read_settings(os.environ)) as running_now:
        if given["plan"] or campaign.dry_run:
            run = run_unattended(campaign, running_now.context, plan_only=True)
        else:
            run = run_and_notify(campaign, running_now.context, exit_code=running_now.code_of)
    return show_run(run, running_now.code_of(run))


def read_campaign(ctx: click.Context, path: Path, given: Mapping[str, Any]) -> "SavedCampaign":
    """Read a campaign file between the options given and the settings file.

    Raises:
        UsageError: the file has an error.
    """
    from bulksms.campaign_file import read_campaign_file
    from bulksms.campaign_file.read_campaign_file import setting_types
    from bulksms.cli.options.requests import read_stdin, refuse_shared_stdin

    typed = {ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT}
    sources = {name: ctx.get_parameter_source(name) for name in given if name in setting_types()}
    over = {name: given[name] for name, source in sources.items() if source in typed}
    settings_file = ParameterSource.DEFAULT_MAP
    under = {name: given[name] for name, source in sources.items() if source is settings_file}
    campaign = read_campaign_file(path, over=over, under=under)
    refuse_shared_stdin(campaign.options())
    message = read_stdin(campaign.plan.message)
    return replace(campaign, plan=replace(campaign.plan, message=message))


def show_run(run: "UnattendedRun", code: int) -> int:
    """Show what became of a run, nothing where there was nothing to do, and return its code."""
    from bulksms.cli.exit_codes import show_error
    from bulksms.cli.run_and_report import show_result
    from bulksms.cli.terminal.streams import echo, echo_json
    from bulksms.cli.texts.plan_text import show_errors, show_plan

    display = run.campaign.display
    for problem in run.unnotified:
        echo(problem, err=True)
    if display.json:
        echo_json(run.as_json())
        return code
    if run.error is not None:
        return show_error(run.error, as_json=False)
    if run.plan_only and run.plan is not None:
        (show_errors if display.quiet else show_plan)(run.plan)
    for result in run.finished_first:
        show_result(result, display)
    if run.result is not None and not run.nothing_new:
        show_result(run.result, display)
    if run.nothing_new and sys.stderr.isatty() and not display.quiet:
        echo("Nothing new: there is no list, or no one in it is left to text.", err=True)
    return code
