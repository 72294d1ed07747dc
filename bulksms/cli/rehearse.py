"""`bulksms rehearse`: sends a whole campaign to a sandbox; no account needed."""

import os
import tempfile
from dataclasses import replace
from decimal import Decimal
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click

from bulksms.cli.options.click_options import GroupedCommand, option
from bulksms.cli.options.shared_options import display, output_delimiter, planning, posting
from bulksms.errors import UsageError

__all__ = ["command"]

EXAMPLES = (
    "bulksms rehearse",
    "bulksms rehearse customers.csv --text-file text.txt",
)

TEXT = "Bonjour {first_name}, -20% ce samedi à {Ville}. STOP au 30101"
# The columns of other lists are unknown, so this text needs none.
OWN_LIST_TEXT = "Bonjour, -20% ce samedi. STOP au 30101"
SENDER = "BULKSMS"
CREDIT = Decimal(1_000_000_000)  # euros; a list of any price can be rehearsed


@click.command("rehearse", cls=GroupedCommand, examples=EXAMPLES)
@click.argument("spreadsheets", nargs=-1, type=click.Path(), metavar="[FILE...]")
@planning
@posting
@option("--yes", is_flag=True, help="Ignored: a rehearsal never asks.")
@output_delimiter
@display
def command(spreadsheets: tuple[str, ...], **given: Any) -> int:  # noqa: ANN401
    """Send the sample data, or your own files, to a sandbox; no real person is texted."""
    from bulksms.cli.options.requests import fill_options
    from bulksms.plan.options import MessageOptions

    if given["enqueue"]:
        raise UsageError("A rehearsal is posted by this process: leave --enqueue out.")
    if not fill_options(MessageOptions, given).has_text:
        given["text"] = OWN_LIST_TEXT if spreadsheets else TEXT
    given["sender"] = given["sender"] or SENDER
    with as_file(files("bulksms.sandbox") / "sample.csv") as sample:
        return _rehearse(spreadsheets or (str(sample),), given)


def _rehearse(spreadsheets: tuple[str, ...], given: dict[str, Any]) -> int:
    from bulksms.cli.options.requests import fill_options, plan_request, run_options_of
    from bulksms.cli.run_and_report import run_and_report
    from bulksms.cli.texts.plan_text import show_plan
    from bulksms.clock import SystemClock
    from bulksms.plan.files import write_outputs
    from bulksms.plan.make_plan import make_plan
    from bulksms.plan.options import OutputOptions
    from bulksms.plan.view import view_plan
    from bulksms.sandbox import Sandbox, SandboxOptions
    from bulksms.settings import Settings, home_folder
    from bulksms.use_cases.context import RunContext, RunResult
    from bulksms.use_cases.opt_outs.manage_opt_outs import stored_opt_outs
    from bulksms.use_cases.prepare.begin_campaign import begin_campaign
    from bulksms.use_cases.prepare.output_paths import check_outputs
    from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
    from bulksms.use_cases.send.run_campaign import run_campaign

    # The rehearsal has its own ledger, but keeps the opt-outs of the real one.
    real = Settings(home=home_folder(os.environ), ledger=os.environ.get("BULKSMS_LEDGER"))
    check_outputs(given, real, spreadsheets)
    with (
        tempfile.TemporaryDirectory(
            prefix="bulksms-rehearsal-", ignore_cleanup_errors=True
        ) as folder,
        Sandbox(SandboxOptions(credit=CREDIT)) as sandbox,
    ):
        settings = Settings(
            # Safety logs are kept beside the state folder, so it is not the temporary one itself.
            home=Path(folder) / "home",
            base_url=sandbox.base_url,
            api_login="rehearsal@example.com",
            api_key="test-rehearsal",
        )
        rehearsal_request = plan_request(spreadsheets, given, settings, SystemClock().now())
        plan = make_plan(replace(rehearsal_request, stored_optouts=stored_opt_outs(real)))
        request = SendRequest(campaign="rehearsal", run_options=run_options_of(given))

        def rehearse(context: RunContext) -> RunResult:
            prepared = prepare_campaign(plan, request, context)
            write_outputs(prepared.plan, fill_options(OutputOptions, given))
            if not given["quiet"]:
                show_plan(view_plan(prepared.plan), err=True)
            name = begin_campaign(prepared, context)
            result = run_campaign(name, request.run_options, context)
            # Results without an option of their own are deleted with the folder.
            return result if given["results"] else replace(result, results=None)

        return run_and_report(rehearse, given, settings)
