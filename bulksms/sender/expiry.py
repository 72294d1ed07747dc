"""The dead stay dead: past its expiry nothing of a campaign is posted without a new yes.

A queue that wakes up after weeks would send what nobody means any more.
"""

from datetime import datetime, timedelta

from bulksms.ledger import CampaignRecord

__all__ = ["EXPIRES_AFTER", "expiry_after", "explain_expired", "explain_past", "is_send_time_past"]

EXPIRES_AFTER = timedelta(hours=12)


def expiry_after(start: datetime, after: timedelta = EXPIRES_AFTER) -> datetime:
    """Say until when a campaign may be posted that was to leave at `start`."""
    return start + after


def is_send_time_past(campaign: CampaignRecord, now: datetime) -> bool:
    """Say whether the hour that was chosen for it has come: from then on the API sends at once."""
    told = campaign.parameters.get("send_at")
    return told is not None and datetime.fromisoformat(told) <= now


def explain_past(campaign: CampaignRecord, now: datetime) -> str | None:
    """Say in one sentence why nothing more may be handed over; none when there is still time."""
    if not is_send_time_past(campaign, now):
        return None
    return (
        f"The campaign {campaign.name} was to leave at {campaign.parameters['send_at']}, which has "
        "passed, and the API would send the rest at once: "
        f"`bulksms resume {campaign.name}` gives it up."
    )


def explain_expired(campaign: CampaignRecord, now: datetime) -> str | None:
    """Say in one sentence why nothing more may be posted, and what to do; none when it may."""
    if campaign.expires_at is None or now < campaign.expires_at:
        return None
    return (
        f"The campaign {campaign.name} was to be sent before "
        f"{campaign.expires_at:%Y-%m-%d %H:%M} UTC, and nothing is sent late by itself: "
        f"if it still makes sense, `bulksms resume {campaign.name} --approve-late` goes on."
    )
