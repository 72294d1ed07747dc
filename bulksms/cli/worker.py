"""`bulksms worker`: posts frames of campaigns in a shared ledger, beside other workers."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.options.click_options import GroupedCommand, option

if TYPE_CHECKING:
    from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["command", "read_schedule"]

EXAMPLES = (
    "bulksms worker",
    "bulksms worker --concurrency 8",
    "bulksms worker --schedule /etc/bulksms/welcome.toml",
)


@click.command("worker", cls=GroupedCommand, examples=EXAMPLES)
@option("--concurrency", type=click.IntRange(1, 64), default=4, show_default=True,
        metavar="N", help="Frames that this worker has in flight.")  # fmt: skip
@option("--schedule", multiple=True, type=click.Path(path_type=Path), metavar="CAMPAIGN.toml",
        help="Run this saved campaign when it is due (every, at), once among all workers; "
             "repeatable.")  # fmt: skip
@option("--quiet", is_flag=True, help="Only errors.")
@click.pass_context
def command(ctx: click.Context, /, concurrency: int, **given: Any) -> int:  # noqa: ANN401
    """Post the campaigns that wait in a shared ledger; start as many workers as you like."""
    from bulksms.cli.run_and_report import running
    from bulksms.settings import read_settings
    from bulksms.use_cases.context import require_credentials
    from bulksms.use_cases.unattended.saved_campaign import DisplayOptions
    from bulksms.use_cases.workers.enqueue_campaign import require_shared_ledger
    from bulksms.use_cases.workers.ledger_for_worker import ledger_for_worker

    settings = read_settings(os.environ)
    require_shared_ledger(settings)
    credentials = require_credentials(settings)
    display = DisplayOptions(no_progress=True, quiet=given["quiet"])
    with running(display, settings, leaves_at_once=False) as now:
        context = now.context
        with ledger_for_worker(context) as ledger:
            from bulksms.tasks import serve

            read = partial(read_schedule, ctx)
            serve(ledger, context, credentials, concurrency, given["schedule"], read)
    return 0


def read_schedule(ctx: click.Context, path: Path) -> "SavedCampaign":
    """Read a campaign file as `bulksms run` would from the same place, with its opt-out lists.

    Raises:
        UsageError: the file has an error.
    """
    from bulksms.cli.run import command as run_command
    from bulksms.cli.run import read_campaign

    as_run = run_command.make_context("run", [str(path)], parent=ctx.parent)
    return read_campaign(as_run, path, as_run.params)
