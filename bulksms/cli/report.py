"""`bulksms report`: writes the results of a campaign again, from the ledger."""

import os
from pathlib import Path
from typing import Any

import click

from bulksms.cli.options.click_options import GroupedCommand, campaign_argument, option, stack
from bulksms.cli.options.shared_options import FILE_PATH, display, output_delimiter, results

__all__ = ["command"]

EXAMPLES = (
    "bulksms report customers-1a2b3c4d --contact-results results.xlsx",
    "bulksms report customers-1a2b3c4d --html report.html",
    "bulksms report customers-1a2b3c4d --failed again.csv",
    "bulksms report customers-1a2b3c4d --follow-up lists/",
)

# The follow-up lists, by the option of each.
LISTS = {
    "failed": "Write the people whose text Octopush refused.",
    "not_attempted": "Write the people whose text was never posted.",
    "in_doubt": "Write the people who may have the text.",
    "to_correct": "Write the rows left out that could be sent once they are corrected.",
    "dead_numbers": "Write the numbers that can never be reached, for --optouts.",
}

follow_up = stack(
    [
        option(
            "--follow-up",
            type=click.Path(path_type=Path, file_okay=False),
            metavar="FOLDER",
            help="Write all lists below into this folder.",
        ),
        *(
            option(f"--{name.replace('_', '-')}", type=FILE_PATH, help=sentence)
            for name, sentence in LISTS.items()
        ),
    ],
    group="Follow-up lists, ready to load again",
)


@click.command("report", cls=GroupedCommand, examples=EXAMPLES)
@campaign_argument(required=True)
@results
@option(
    "--receipts",
    type=FILE_PATH,
    multiple=True,
    help="Read delivery receipts from this file first, a table or JSON; repeatable.",
)
@follow_up
@output_delimiter
@display
def command(campaign: str, **given: Any) -> None:  # noqa: ANN401
    """Write the results of a campaign again."""
    from bulksms.cli.terminal.step_bars import StepBars
    from bulksms.cli.terminal.streams import echo, echo_json
    from bulksms.cli.texts.rendering import show_report
    from bulksms.clock import SystemClock
    from bulksms.output.delimiters import parse_delimiter
    from bulksms.results.result_files import ReportOptions, ResultFiles
    from bulksms.settings import read_settings
    from bulksms.use_cases.prepare.output_paths import refuse_overwrites
    from bulksms.use_cases.receipts.callback_intake import act_on_stored_receipts
    from bulksms.use_cases.reporting.import_receipts import import_receipts
    from bulksms.use_cases.reporting.reports import campaign_inputs, rewrite_results

    settings = read_settings(os.environ)
    lists = _lists(campaign, given)
    files = {name: given[name] for name in ("results", "contact_results", "report")}
    named = {f"--{name.replace('_', '-')}": path for name, path in (files | lists).items()}
    refuse_overwrites(named, given["receipts"], settings)
    refuse_overwrites(named, campaign_inputs(campaign, settings), settings)
    delimiter = given["output_delimiter"] and parse_delimiter(given["output_delimiter"])
    how = ReportOptions(language=given["report_language"], with_people=given["report_people"])
    requested = ResultFiles(**files, report_options=how, follow_ups=lists)
    clock = SystemClock()
    now = clock.now()
    if given["receipts"]:
        import_receipts(given["receipts"], settings, now)
        for sentence in act_on_stored_receipts(settings, clock):
            echo(sentence, err=True)
    progress = StepBars(silent=given["no_progress"] or given["json"])
    report, path = rewrite_results(campaign, requested, settings, now, delimiter, progress=progress)
    if given["json"]:
        echo_json(report.as_json())
        return
    show_report(report, quiet=given["quiet"])
    echo(f"Results: {path}", err=given["quiet"])
    others = (given["contact_results"], given["report"], *lists.values())
    for written in filter(None, others):
        echo(f"Written: {written}", err=given["quiet"])


def _lists(campaign: str, given: dict[str, Any]) -> dict[str, Path]:
    """Name a file for each list that is asked for, by itself or with the folder."""
    folder: Path | None = given["follow_up"]
    in_folder = {
        name: folder / f"{campaign}-{name.replace('_', '-')}.csv"
        for name in LISTS
        if folder is not None
    }
    return in_folder | {name: given[name] for name in LISTS if given[name]}
