"""`bulksms status`: shows one campaign, or all of them, or follows one."""

import os
from typing import Any

import click

from bulksms.cli.options.click_options import GroupedCommand, campaign_argument, option
from bulksms.cli.options.shared_options import display

__all__ = ["command"]

EXAMPLES = (
    "bulksms status",
    "bulksms status customers-1a2b3c4d --follow",
)


@click.command("status", cls=GroupedCommand, examples=EXAMPLES)
@campaign_argument(required=False)
@option("--follow", is_flag=True, help="Stay and draw the progress until the campaign ends.")
@display
def command(campaign: str | None, **given: Any) -> int:  # noqa: ANN401
    """Show one campaign, follow it, or list them all."""
    from bulksms.cli.terminal.streams import echo, echo_json
    from bulksms.cli.texts.rendering import show_report
    from bulksms.settings import read_settings
    from bulksms.use_cases.reporting.reports import all_reports, campaign_report

    settings = read_settings(os.environ)
    if given["follow"]:
        from bulksms.cli.follow_status import follow_and_show

        return follow_and_show(campaign, given, settings)
    reports = [campaign_report(campaign, settings)] if campaign else all_reports(settings)
    if given["json"]:
        listed = [report.as_json() for report in reports]
        echo_json(listed[0] if campaign else {"campaigns": listed})
        return 0
    for report in reports:
        show_report(report)
    if not reports:
        echo("No campaign yet: begin one with `bulksms send`.")
    return 0
