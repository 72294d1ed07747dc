"""Continues an interrupted campaign, without the people who opted out since."""

from collections.abc import Callable, Sequence

from bulksms.errors import CampaignNotFound
from bulksms.ledger import open_ledger
from bulksms.use_cases.context import RunContext, RunOptions, RunResult, account_of
from bulksms.use_cases.opt_outs.apply_opt_outs import absolute_paths, apply_lists, read_lists_of
from bulksms.use_cases.prepare.output_paths import check_outputs
from bulksms.use_cases.receipts.settle_by_receipts import settle_by_receipts
from bulksms.use_cases.reporting.reports import campaign_inputs
from bulksms.use_cases.send.run_campaign import run_campaign
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from

__all__ = ["resume_campaign"]


def resume_campaign(
    name: str | None,
    run_options: RunOptions,
    context: RunContext,
    *,
    optouts: Sequence[str] = (),
    accepted: frozenset[str] = frozenset(),
    act: Callable[[str, RunOptions, RunContext], RunResult] | None = None,
) -> RunResult:
    """Continue a campaign; without a name the newest one that has something left.

    The opt-out files that it was given before are read again, and those of `optouts` too.
    `accepted` are codes of findings about them that stop nothing. `act` posts it in another way
    than this process does.

    Raises:
        CampaignNotFound: there is none.
        LoadError: an opt-out file cannot be read.
        RuleError: an opt-out file cannot be right.
        SettingsError: no credentials, or a rehearsal would continue for real.
        UsageError: an output would overwrite a file that the campaign reads.
        LedgerError: the ledger cannot be used, or another process is sending.
    """
    name = name or _newest_unfinished(context)
    inputs = campaign_inputs(name, context.settings)
    check_outputs(run_options.files.by_option, context.settings, [*inputs, *optouts])
    _apply_opt_out_files(name, optouts, accepted, context)
    _end_doubt(context)
    return (act or run_campaign)(name, run_options, context)


def _apply_opt_out_files(
    name: str, optouts: Sequence[str], accepted: frozenset[str], context: RunContext
) -> None:
    """Remove the people of opt-out files from what the campaign has left."""
    settings, note = context.settings, context.observer.note
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
    lists = read_lists_of(record, optouts, accepted, note)
    if not lists:
        return
    with ledger_to_send_from(settings, context.observer) as ledger, ledger.locks.campaign(name):
        ledger.campaigns.keep_opt_out_files(record.id, absolute_paths(optouts))
        apply_lists(ledger, record, lists, context.clock.now())


def _end_doubt(context: RunContext) -> None:
    """Mark frames as sent that receipts prove, so that they are not posted again."""
    with open_ledger(context.settings.home, context.settings.ledger) as ledger:
        for proved in settle_by_receipts(ledger, context.clock.now()):
            context.observer.note(proved.sentence())


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
        raise CampaignNotFound(
            "There is no campaign yet: begin one with `bulksms send`.", code="no_campaign"
        )
    return record.name
