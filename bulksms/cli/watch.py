"""`bulksms watch`: runs a saved campaign on every file that is dropped into a folder."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.options.click_options import GroupedCommand, option
from bulksms.cli.options.rule_options import DURATION
from bulksms.cli.options.shared_options import display, notifications, output_delimiter, sending
from bulksms.cli.run import read_campaign
from bulksms.count_words import count_of
from bulksms.errors import UsageError
from bulksms.use_cases.exit_code import most_serious

if TYPE_CHECKING:
    from collections.abc import Callable

    from bulksms.cli.run_and_report import Running
    from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
    from bulksms.use_cases.unattended.unattended_run import UnattendedRun
    from bulksms.watch.delivery import FileReport
    from bulksms.watch.watch_folder import FolderWatch, WatchResult

__all__ = ["command"]

EXAMPLES = (
    "bulksms watch /srv/dumps",
    "bulksms watch /srv/dumps --campaign-file /srv/campaigns/welcome.toml --once",
    "bulksms watch /srv/dumps --once --retry",
)


@click.command("watch", cls=GroupedCommand, examples=EXAMPLES)
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@option("--campaign-file", type=click.Path(path_type=Path), metavar="FILE",
        help="The saved campaign; default: campaign.toml in the folder.")  # fmt: skip
@option("--once", is_flag=True, help="Run the files that are there, then end: for cron.")
@option("--retry", is_flag=True, help="Run the files in the failed folder again first.")
@option("--settle", type=DURATION, metavar="30s",
        help="How long a file must not change before it is taken; default: 30s.")  # fmt: skip
@option("--poll", is_flag=True,
        help="Look into the folder every few seconds instead of waiting for file events; "
             "always so on network drives.")  # fmt: skip
@sending
@notifications
@output_delimiter
@display
@click.pass_context
def command(ctx: click.Context, /, folder: Path, **given: Any) -> int:  # noqa: ANN401
    """Run a saved campaign on every settled file in a folder; options win over its file."""
    from bulksms.cli.run_and_report import running
    from bulksms.cli.terminal.streams import echo_json
    from bulksms.settings import read_settings
    from bulksms.use_cases.context import require_credentials

    if given["json"] and not given["once"]:
        raise UsageError("--json needs --once: without it the reports are beside the files.")
    folder = folder.resolve()
    path = given["campaign_file"] or folder / "campaign.toml"
    campaign = read_campaign(ctx, path, given)
    settings = read_settings(os.environ)
    require_credentials(settings)
    with running(campaign.display, settings, leaves_at_once=False) as now:
        watch = _watch(folder, lambda: read_campaign(ctx, path, given), now, given)
        if given["once"]:
            result = watch.once(retry=given["retry"])
        else:
            result = watch.until_stopped(retry=given["retry"])
    if campaign.display.json:
        echo_json(_as_json(folder, path, result))
    return _exit_code(result, now.signal_code, once=given["once"])


def _watch(
    folder: Path,
    read: "Callable[[], SavedCampaign]",
    now: "Running",
    given: dict[str, Any],
) -> "FolderWatch":
    """Connect a folder to the runs of its campaign."""
    from bulksms.ledger import describe_sharing, mounts
    from bulksms.use_cases.unattended.accepted_lists import AcceptedLists
    from bulksms.use_cases.unattended.notify_run import run_and_notify
    from bulksms.use_cases.unattended.open_lists import GivenLists
    from bulksms.watch.run_list import run_list
    from bulksms.watch.watch_folder import FolderWatch

    context = now.context

    def run(campaign: "SavedCampaign", lists: GivenLists) -> "tuple[UnattendedRun, int]":
        ran = run_and_notify(campaign, context, lists=lists, exit_code=now.code_of)
        for problem in ran.unnotified:
            context.observer.note(problem)
        return ran, now.code_of(ran)

    return FolderWatch(
        folder=folder,
        read=read,
        acceptance=lambda campaign: AcceptedLists(campaign, context.settings, context.observer),
        run_file=partial(run_list, run),
        show=lambda report: _show(report, quiet=given["quiet"] or given["json"]),
        note=context.observer.note,
        clock=context.clock,
        stop=context.stop,
        polling=given["poll"] or describe_sharing(folder, mounts()) is not None,
    )


def _show(report: "FileReport", *, quiet: bool) -> None:
    """Show the outcome of a file: on stdout if it is good, otherwise as an error."""
    from bulksms.cli.terminal.streams import echo

    if report.code:
        echo(f"Error: {report.name}: {report.reason} It is now {report.moved_to}.", err=True)
    elif not quiet:
        sent = report.report.get("contacts", {}).get("sent")
        texted = "" if sent is None else f"{count_of(sent, 'person', 'people')} texted; "
        echo(report.reason or f"{report.name}: {texted}moved to {report.moved_to}")


def _as_json(folder: Path, path: Path, result: "WatchResult") -> dict[str, Any]:
    return {
        "folder": str(folder),
        "campaign_file": str(path),
        "files": [report.as_json() for report in result.files],
        "waiting": result.waiting,
    }


def _exit_code(result: "WatchResult", signal_code: int | None, *, once: bool) -> int:
    """Return the most serious code of the files; a watcher that was stopped at rest has 0."""
    codes = {report.code for report in result.files}
    if signal_code is not None:
        interrupted = signal_code in codes or once
        return signal_code if interrupted else 0
    return most_serious(codes)
