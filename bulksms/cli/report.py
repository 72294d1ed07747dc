"""`bulksms report`: writes the results of a campaign again, from the ledger."""

import os
from typing import Any

import click

from bulksms.cli.click_options import GroupedCommand
from bulksms.cli.shared_options import display, output_delimiter, results

__all__ = ["command"]

EXAMPLES = ("bulksms report customers-1a2b3c4d --contact-results results.xlsx",)


@click.command("report", cls=GroupedCommand, examples=EXAMPLES)
@click.argument("campaign")
@results
@output_delimiter
@display
def command(campaign: str, **given: Any) -> None:  # noqa: ANN401
    """Write the results of a campaign again."""
    from bulksms.cli.rendering import show_report
    from bulksms.cli.streams import echo, echo_json
    from bulksms.output.delimiters import parse_delimiter
    from bulksms.settings import read_settings
    from bulksms.use_cases.output_paths import refuse_overwrites
    from bulksms.use_cases.reports import rewrite_results

    settings = read_settings(os.environ)
    outputs = {"--results": given["results"], "--contact-results": given["contact_results"]}
    refuse_overwrites(outputs, (), settings)
    delimiter = given["output_delimiter"] and parse_delimiter(given["output_delimiter"])
    report, path = rewrite_results(
        campaign, given["results"], given["contact_results"], settings, delimiter
    )
    if given["json"]:
        echo_json(report.as_json())
        return
    show_report(report, quiet=given["quiet"])
    echo(f"Results: {path}", err=given["quiet"])
