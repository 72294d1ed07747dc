"""Continues an interrupted campaign."""

from bulksms.errors import CampaignNotFound
from bulksms.ledger import CampaignRecord, FrameState, Ledger, open_ledger
from bulksms.use_cases.context import RunContext, RunOptions, RunResult
from bulksms.use_cases.run_campaign import run_campaign

__all__ = ["resume_campaign"]


def resume_campaign(name: str | None, run_options: RunOptions, context: RunContext) -> RunResult:
    """Continue a campaign; without a name the newest one that has something left.

    Raises:
        CampaignNotFound: there is none.
        SettingsError: no credentials, or a rehearsal would continue for real.
        LedgerError: the ledger cannot be used, or another process is sending.
    """
    return run_campaign(name or _newest_unfinished(context), run_options, context)


def _newest_unfinished(context: RunContext) -> str:
    """Return the newest campaign with frames left, else the newest of all."""
    settings = context.settings
    with open_ledger(settings.home, settings.ledger) as ledger:
        newest_first = [record for record in reversed(ledger.campaigns.all()) if not record.is_test]
        same_kind = [each for each in newest_first if each.rehearsal == settings.rehearsal]
        unfinished = (record for record in same_kind if _has_frames_left(ledger, record))
        record = next(unfinished, next(iter(same_kind or newest_first), None))
    if record is None:
        raise CampaignNotFound("There is no campaign yet: begin one with `bulksms send`.")
    return record.name


def _has_frames_left(ledger: Ledger, record: CampaignRecord) -> bool:
    counts = ledger.frames.count_by_state(record.id)
    if counts[FrameState.PLANNED] or counts[FrameState.INTENT]:
        return True
    in_doubt = counts[FrameState.IN_DOUBT] > 0
    return in_doubt and any(frame.repeatable for frame in ledger.frames.all(record.id))
