"""The dead stay dead: past its expiry nothing of a campaign is posted without a new yes.

A queue that wakes up after weeks would send what nobody means any more.
"""

from datetime import datetime, timedelta

from bulksms.ledger import CampaignRecord

__all__ = ["EXPIRES_AFTER", "expiry_of", "why_expired"]

EXPIRES_AFTER = timedelta(hours=12)


def expiry_of(start: datetime, after: timedelta = EXPIRES_AFTER) -> datetime:
    """Say until when a campaign may be posted that was to leave at `start`."""
    return start + after


def why_expired(campaign: CampaignRecord, now: datetime) -> str | None:
    """Say in one sentence why nothing more may be posted, and what to do; none when it may."""
    if campaign.expires_at is None or now < campaign.expires_at:
        return None
    return (
        f"The campaign {campaign.name} was to be sent before "
        f"{campaign.expires_at:%Y-%m-%d %H:%M} UTC, and nothing is sent late by itself: "
        f"if it still makes sense, `bulksms resume {campaign.name} --approve-late` goes on."
    )
