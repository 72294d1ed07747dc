"""`bulksms status`: one campaign, or the list."""

import os
from typing import Any

import click

from bulksms.cli.shared_options import display

__all__ = ["command"]


@click.command("status")
@click.argument("campaign", required=False)
@display
def command(campaign: str | None, **given: Any) -> None:  # noqa: ANN401
    """Show one campaign, or the list."""
    from bulksms.cli.rendering import show_json, show_report
    from bulksms.settings import read_settings
    from bulksms.use_cases.reports import all_reports, campaign_report

    settings = read_settings(os.environ)
    if campaign:
        report = campaign_report(campaign, settings)
        show_json(report.as_json()) if given["as_json"] else show_report(report)
        return
    reports = all_reports(settings)
    if given["as_json"]:
        show_json({"campaigns": [report.as_json() for report in reports]})
    elif not reports:
        click.echo("No campaign yet: begin one with `bulksms send`.")
    for report in () if given["as_json"] else reports:
        show_report(report)
