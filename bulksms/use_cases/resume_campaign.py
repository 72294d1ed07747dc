"""Continues an interrupted campaign, without the people who opted out since."""

from collections.abc import Sequence
from pathlib import Path

from bulksms.errors import CampaignNotFound
from bulksms.ledger import open_ledger
from bulksms.plan.opt_out_files import read_opt_out_file
from bulksms.use_cases.apply_opt_outs import (
    absolute_paths,
    remember_opt_outs,
    remove_from_campaign,
)
from bulksms.use_cases.context import RunContext, RunOptions, RunResult, account_of
from bulksms.use_cases.open_ledger import ledger_to_send_from
from bulksms.use_cases.output_paths import refuse_overwrites
from bulksms.use_cases.reports import campaign_inputs
from bulksms.use_cases.run_campaign import run_campaign

__all__ = ["resume_campaign"]


def resume_campaign(
    name: str | None, run_options: RunOptions, context: RunContext, *, optouts: Sequence[str] = ()
) -> RunResult:
    """Continue a campaign; without a name the newest one that has something left.

    The opt-out files that it was given before are read again, and those of `optouts` too.

    Raises:
        CampaignNotFound: there is none.
        LoadError: an opt-out file cannot be read.
        SettingsError: no credentials, or a rehearsal would continue for real.
        UsageError: an output would overwrite a file that the campaign reads.
        LedgerError: the ledger cannot be used, or another process is sending.
    """
    name = name or _newest_unfinished(context)
    outputs = {
        "--results": run_options.results,
        "--contact-results": run_options.contact_results,
        "--report": run_options.report,
    }
    inputs = campaign_inputs(name, context.settings)
    refuse_overwrites(outputs, [*inputs, *optouts], context.settings)
    _apply_opt_out_files(name, optouts, context)
    return run_campaign(name, run_options, context)


def _apply_opt_out_files(name: str, optouts: Sequence[str], context: RunContext) -> None:
    """Remove the people of opt-out files from what the campaign has left."""
    settings, now = context.settings, context.clock.now()
    with open_ledger(settings.home, settings.ledger) as ledger:
        parameters = ledger.campaigns.get(name).parameters
    recorded = [path for path in parameters.get("optouts", []) if _is_there(path, context)]
    files = [*recorded, *optouts]
    if not files:
        return
    region = parameters.get("region", "FR")
    with ledger_to_send_from(settings, context.observer) as ledger:
        record = ledger.campaigns.get(name)
        with ledger.locks.campaign(name):
            ledger.campaigns.keep_opt_out_files(record.id, absolute_paths(optouts))
            if not parameters.get("forget_optouts"):
                numbers = remember_opt_outs(ledger, files, region, now)
                remove_from_campaign(ledger, record, numbers, now)
                return
            for path in files:
                remove_from_campaign(ledger, record, read_opt_out_file(path, region).digits, now)


def _is_there(path: str, context: RunContext) -> bool:
    if Path(path).exists():
        return True
    context.observer.note(
        f"The opt-out file {path} is missing. The people it named when the campaign began stay "
        "left out; give a newer list with --optouts."
    )
    return False


def _newest_unfinished(context: RunContext) -> str:
    """Return the newest campaign of this account with frames left, else the newest of all."""
    settings, account = context.settings, account_of(context.settings)
    with open_ledger(settings.home, settings.ledger) as ledger:
        newest_first = [record for record in reversed(ledger.campaigns.all()) if not record.is_test]
        own = [each for each in newest_first if each.account in {None, account}]
        own = [each for each in own if each.rehearsal == settings.rehearsal]
        unfinished = (record for record in own if ledger.frames.any_left(record.id))
        record = next(unfinished, next(iter(own or newest_first), None))
    if record is None:
        raise CampaignNotFound("There is no campaign yet: begin one with `bulksms send`.")
    return record.name
