"""When a campaign expires: after that nothing is posted without `--approve-late`.

A queue that resumes after weeks would send texts that are out of date.
"""

from datetime import UTC, datetime, timedelta

from bulksms.ledger import MAX_CLOCK_ERROR, CampaignRecord

__all__ = [
    "EXPIRES_AFTER",
    "expiry_after",
    "explain_begun_ahead",
    "explain_expired",
    "explain_late_start",
    "explain_past",
    "is_send_time_past",
]

EXPIRES_AFTER = timedelta(hours=12)


def expiry_after(start: datetime, after: timedelta = EXPIRES_AFTER) -> datetime:
    """The time until which a campaign that starts at `start` may be posted."""
    return start + after


def is_send_time_past(campaign: CampaignRecord, now: datetime) -> bool:
    """Whether its `send_at` has passed: from then on the API sends at once."""
    send_at = campaign.parameters.get("send_at")
    return send_at is not None and datetime.fromisoformat(send_at) <= now


def explain_past(campaign: CampaignRecord, now: datetime) -> str | None:
    """Explain that the `send_at` of a campaign has passed; None when it has not."""
    if not is_send_time_past(campaign, now):
        return None
    return (
        f"The send time of campaign {campaign.name} ({campaign.parameters['send_at']}) has passed, "
        "and Octopush would send the rest at once: "
        f"`bulksms resume {campaign.name}` closes the campaign without sending them."
    )


def explain_late_start(start_by: datetime | None, starts_at: datetime) -> str | None:
    """Explain that a campaign would start later than it may; None when it would not."""
    if start_by is None or starts_at <= start_by:
        return None
    return (
        f"The texts would leave from {starts_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, and "
        f"start_within allows {start_by.astimezone(UTC):%Y-%m-%d %H:%M} UTC at the latest: start "
        "the run nearer to the hours of marketing, or raise start_within. Nothing was sent."
    )


def explain_begun_ahead(campaign: CampaignRecord, now: datetime) -> str | None:
    """Explain that a campaign began with a clock that was ahead; None when it did not.

    By that clock, people who had the text yesterday seemed to have had it long ago.
    """
    begun_at = campaign.parameters.get("begun_at")
    if begun_at is None or datetime.fromisoformat(begun_at) <= now + MAX_CLOCK_ERROR:
        return None
    return (
        f"The clock of this machine was ahead when the campaign {campaign.name} began "
        f"({datetime.fromisoformat(begun_at):%Y-%m-%d %H:%M} UTC), so people who had the text "
        f"lately may be in it. Nothing was sent: run `bulksms stop {campaign.name}`, then send "
        "the file again with --after-stop, and they are left out."
    )


def explain_expired(campaign: CampaignRecord, now: datetime) -> str | None:
    """Explain that a campaign has expired, and what to do; None when it has not."""
    if campaign.expires_at is None or now < campaign.expires_at:
        return None
    return (
        f"The campaign {campaign.name} expired at {campaign.expires_at:%Y-%m-%d %H:%M} UTC, and "
        "expired campaigns are not posted without --approve-late: "
        f"to send the rest anyway, run `bulksms resume {campaign.name} --approve-late`."
    )
