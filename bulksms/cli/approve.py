"""`bulksms approve`: lets a second person approve the plan of a saved campaign."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.options.click_options import GroupedCommand, option
from bulksms.cli.options.rule_options import rules
from bulksms.cli.options.shared_options import display, output_delimiter, sending
from bulksms.cli.run import read_campaign
from bulksms.cli.terminal.streams import echo, require_yes
from bulksms.errors import UsageError

if TYPE_CHECKING:
    from bulksms.ledger import ApprovalRecord
    from bulksms.use_cases.unattended.approve_plan import PlanToApprove

__all__ = ["command"]

EXAMPLES = (
    "bulksms approve welcome/campaign.toml",
    "bulksms approve inbox/campaign.toml inbox/failed/monday.csv",
)


@click.command("approve", cls=GroupedCommand, examples=EXAMPLES)
@click.argument("campaign_file", type=click.Path(path_type=Path), metavar="CAMPAIGN.toml")
@click.argument("lists", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE...]")
@sending
@rules
@option("--yes", is_flag=True, help="Do not ask.")
@output_delimiter
@display
@click.pass_context
def command(
    ctx: click.Context,
    /,
    campaign_file: Path,
    lists: tuple[Path, ...],
    **given: Any,  # noqa: ANN401
) -> int:
    """Approve the plan that someone else's `run` would send; options as `run` gets them.

    The plan is shown with the lists that the campaign file names, or with FILE.
    """
    from bulksms.cli.run_and_report import running
    from bulksms.cli.texts.plan_text import show_plan
    from bulksms.settings import read_settings
    from bulksms.use_cases.unattended.approve_plan import approve_plan, prepare_approval

    campaign = read_campaign(ctx, campaign_file, given)
    if not given["yes"] and not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask on: add --yes to approve without a question.")
    with running(campaign.display, read_settings(os.environ)) as now:
        to_approve = prepare_approval(campaign, now.context, lists)
        if not campaign.display.quiet:
            show_plan(to_approve.view, err=True)
            _show_terms(to_approve)
        if not given["yes"] and not to_approve.is_approved:
            question = f"Approve this plan of {campaign.name} as {to_approve.person}?"
            require_yes(question, "Nothing was approved.")
        record = approve_plan(to_approve, now.context)
    _show(to_approve, record, as_json=campaign.display.json)
    return 0


def _show_terms(to_approve: "PlanToApprove") -> None:
    """List what is approved, and what changed since the last approval."""
    lines = ["What is approved, for all future lists:"]
    lines += [f"  {name}: {_in_words(value)}" for name, value in to_approve.terms.items()]
    if to_approve.last is not None and to_approve.changes:
        since = f"{to_approve.last.person} approved it on {to_approve.last.at:%Y-%m-%d %H:%M} UTC"
        lines.append(f"Changed since {since}: {', '.join(to_approve.changes)}.")
    echo("\n".join(lines), err=True)


def _in_words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {each}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _show(to_approve: "PlanToApprove", record: "ApprovalRecord", *, as_json: bool) -> None:
    from bulksms.cli.terminal.streams import echo_json

    if as_json:
        echo_json(
            {
                "campaign_file": str(to_approve.campaign.path),
                "series": record.series,
                "digest": record.digest,
                "approved_by": record.person,
                "approved_at": record.at.isoformat(),
                "was_approved_before": to_approve.is_approved,
                "changed": to_approve.changes,
                "terms": dict(record.terms),
            }
        )
        return
    before = "It was approved before" if to_approve.is_approved else "Approved"
    moment = f"{record.at:%Y-%m-%d %H:%M} UTC"
    echo(f"{before}: the plan of {record.series}, by {record.person} on {moment}.")
