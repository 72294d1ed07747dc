"""`bulksms report`: writes the results of a campaign again, from the ledger."""

import os
from typing import Any

import click

from bulksms.cli.shared_options import display, results

__all__ = ["command"]


@click.command("report")
@click.argument("campaign")
@results
@display
def command(campaign: str, **given: Any) -> None:  # noqa: ANN401
    """Write the results of a campaign again from the ledger."""
    from bulksms.cli.rendering import show_report
    from bulksms.cli.streams import echo, echo_json
    from bulksms.settings import read_settings
    from bulksms.use_cases.reports import rewrite_results

    settings = read_settings(os.environ)
    report, path = rewrite_results(campaign, given["results"], given["contact_results"], settings)
    if given["json"]:
        echo_json(report.as_json())
        return
    show_report(report, quiet=given["quiet"])
    echo(f"Results: {path}", err=given["quiet"])
