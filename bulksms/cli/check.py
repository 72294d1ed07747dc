"""`bulksms check`: what would be sent, what not and why."""

import os
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.click_options import option
from bulksms.cli.exit_codes import ExitCode
from bulksms.cli.shared_options import display, planning

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_and_show", "command"]


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@planning
@display
@option("--yes", is_flag=True, help="Has no effect here; taken so that a send line can be tried.")
def command(files: tuple[str, ...], **given: Any) -> int:  # noqa: ANN401
    """Say what would be sent, what not and why; opens no connection."""
    return check_and_show(files, given)


def check_and_show(files: tuple[str, ...], given: dict[str, Any]) -> int:
    """Plan, write the files asked for, print the answer; 3 when `send` would stop."""
    from bulksms.cli.plan_text import show_errors, show_plan
    from bulksms.cli.rendering import show_json
    from bulksms.cli.requests import plan_request
    from bulksms.clock import SystemClock
    from bulksms.plan.as_json import plan_as_json
    from bulksms.plan.make_plan import make_plan
    from bulksms.plan.view import view_plan
    from bulksms.settings import read_settings

    settings = read_settings(os.environ)
    plan = make_plan(plan_request(files, given, settings, SystemClock().now()))
    write_files(plan, given)
    view = view_plan(plan)
    if given["as_json"]:
        show_json(plan_as_json(view))
    elif given["quiet"]:
        show_errors(view)
    else:
        show_plan(view)
    return ExitCode.INPUT if plan.errors or not plan.sendable else ExitCode.OK


def write_files(plan: Any, given: dict[str, Any]) -> None:  # noqa: ANN401  (imported lazily)
    """Write the rejects, the contacts and the profile where they are asked for."""
    from bulksms.plan.files import write_contacts, write_rejects
    from bulksms.plan.profile_files import write_profile

    rejects: Path | None = given["rejects_out"]
    contacts: Path | None = given["contacts_out"]
    profile: Path | None = given["save_map"]
    if rejects:
        write_rejects(rejects, plan)
    if contacts:
        write_contacts(contacts, plan)
    if profile:
        write_profile(profile, plan)
