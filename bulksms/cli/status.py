"""`bulksms status`: shows one campaign, or all of them."""

import os
from typing import Any

import click

from bulksms.cli.shared_options import display

__all__ = ["command"]


@click.command("status")
@click.argument("campaign", required=False)
@display
def command(campaign: str | None, **given: Any) -> None:  # noqa: ANN401
    """Show one campaign, or list them all."""
    from bulksms.cli.rendering import show_report
    from bulksms.cli.streams import echo, echo_json
    from bulksms.settings import read_settings
    from bulksms.use_cases.reports import all_reports, campaign_report

    settings = read_settings(os.environ)
    reports = [campaign_report(campaign, settings)] if campaign else all_reports(settings)
    if given["json"]:
        listed = [report.as_json() for report in reports]
        echo_json(listed[0] if campaign else {"campaigns": listed})
        return
    for report in reports:
        show_report(report)
    if not reports:
        echo("No campaign yet: begin one with `bulksms send`.")
