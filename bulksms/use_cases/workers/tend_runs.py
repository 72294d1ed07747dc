"""Looks after what workers are asked to do: what died is in doubt, what ended is concluded.

Everything is read from the ledger, so that it can be done by any worker, twice, late or never.
"""

from bulksms.clock import Clock
from bulksms.count_words import count_of
from bulksms.ledger import CampaignRecord, FrameState, Ledger, SharedRunRecord
from bulksms.sender.send_lane import conclude_run

__all__ = ["tend_runs", "wanted_runs"]


def tend_runs(ledger: Ledger, clock: Clock) -> list[str]:
    """Put in doubt what dead workers had in flight, and conclude what has ended.

    Returns sentences about both.
    """
    notes = []
    doubted = ledger.holders.doubt_ended(clock.now())
    if doubted:
        notes.append(
            f"A worker ended without finishing {count_of(len(doubted), 'frame')}, in doubt now: "
            "`bulksms doubt list` shows them."
        )
    for run in ledger.shared_runs.all_open():
        record = ledger.campaigns.with_id(run.campaign_id)
        outcome = conclude_run(ledger, record)
        if outcome is not None:
            notes.append(f"The campaign {record.name} is {outcome.state}.")
    return notes


def wanted_runs(
    ledger: Ledger, account: str, *, rehearsal: bool
) -> list[tuple[CampaignRecord, SharedRunRecord]]:
    """Read what workers of an account are to post now: its oldest open run.

    Those after it wait, since one campaign of an account is posted at a time. A run of which
    all frames are in flight needs no further worker.
    """
    for run in ledger.shared_runs.all_open():
        record = ledger.campaigns.with_id(run.campaign_id)
        if record.account != account or record.rehearsal != rehearsal:
            continue
        has_planned = ledger.frames.any_in(record.id, [FrameState.PLANNED])
        return [(record, run)] if has_planned else []
    return []
