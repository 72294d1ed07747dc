"""Continues an interrupted campaign."""

from bulksms.errors import CampaignNotFound
from bulksms.ledger import open_ledger
from bulksms.use_cases.context import RunContext, RunOptions, RunResult
from bulksms.use_cases.run_campaign import run_campaign

__all__ = ["resume_campaign"]


def resume_campaign(name: str | None, run_options: RunOptions, context: RunContext) -> RunResult:
    """Continue a campaign, the newest when no name is given.

    Raises:
        CampaignNotFound: there is none.
        SettingsError: no credentials, or a rehearsal would continue for real.
        LedgerError: the ledger cannot be used, or another process is sending.
    """
    return run_campaign(name or _newest(context), run_options, context)


def _newest(context: RunContext) -> str:
    settings = context.settings
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.latest()
    if record is None:
        raise CampaignNotFound("There is no campaign yet: begin one with `bulksms send`.")
    return record.name
