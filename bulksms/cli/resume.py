"""`bulksms resume`: continues an interrupted or paused campaign."""

import os
from dataclasses import replace
from datetime import datetime
from typing import Any

import click

from bulksms.cli.options.click_options import (
    GroupedCommand,
    RepeatableText,
    campaign_argument,
    option,
)
from bulksms.cli.options.shared_options import (
    display,
    hours,
    output_delimiter,
    posting,
    retry_refused,
)

__all__ = ["command"]

EXAMPLES = (
    "bulksms resume",
    "bulksms resume customers-1a2b3c4d --max-cost 50",
)


@click.command("resume", cls=GroupedCommand, examples=EXAMPLES)
@campaign_argument(required=False)
@posting
@hours
@output_delimiter
@display
@retry_refused
@option("--approve-late", is_flag=True, help="Post what has expired too.")
@option("--optouts", multiple=True, type=click.Path(), metavar="FILE",
        help="Leave out the numbers in this file too; repeatable.")  # fmt: skip
@option("--accept", multiple=True, type=RepeatableText(), metavar="CODE",
        help="Treat the finding about an opt-out file with this code as a warning; "
             "repeatable.")  # fmt: skip
@option("--yes", is_flag=True, help="Ignored: resume never asks.")
@click.option("--ordered-at", type=datetime.fromisoformat, hidden=True)
def command(campaign: str | None, **given: Any) -> int:  # noqa: ANN401
    """Continue an interrupted or paused campaign; by default the newest."""
    from bulksms.cli.enqueue import check_enqueue, enqueue_and_announce
    from bulksms.cli.options.requests import run_options_of
    from bulksms.cli.run_and_report import run_and_report
    from bulksms.clock import SystemClock
    from bulksms.ledger import OrderKind, OrderRecord
    from bulksms.os_user import acting_user
    from bulksms.plan.accepted_findings import parse_accepted_codes
    from bulksms.settings import read_settings
    from bulksms.use_cases.prepare.output_paths import check_outputs
    from bulksms.use_cases.send.resume_campaign import resume_campaign

    # What is ordered while this process starts comes after it.
    ordered_at = given["ordered_at"] or SystemClock().now()
    accepted = parse_accepted_codes(given["accept"])
    settings = read_settings(os.environ)
    check_outputs(given, settings)
    if given["enqueue"]:
        check_enqueue(given, settings)
    order = OrderRecord(kind=OrderKind.RESUME, who=acting_user(os.environ), at=ordered_at)
    run_options = replace(run_options_of(given), resume_order=order)
    return run_and_report(
        lambda context: resume_campaign(
            campaign,
            run_options,
            context,
            optouts=given["optouts"],
            accepted=accepted,
            act=enqueue_and_announce if given["enqueue"] else None,
        ),
        given,
        settings,
    )
