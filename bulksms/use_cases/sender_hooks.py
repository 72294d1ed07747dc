"""Keeps marketing within the hours: before the first post, and before every post.

An alert may go out at any hour, and a rehearsal texts nobody, so neither is held back.
"""

from collections.abc import Callable
from datetime import datetime

from bulksms.campaign import Purpose
from bulksms.clock import Clock
from bulksms.errors import RuleError
from bulksms.ledger import CampaignRecord, FrameRecord, Ledger
from bulksms.message import Locality, SendingHours, localities_of, next_allowed_time, quiet_period
from bulksms.plan.compliance import quiet_hours_violation
from bulksms.plan.make_plan import Plan
from bulksms.sender import ClosedHours

__all__ = ["gate_of", "refuse_quiet_hours"]


def refuse_quiet_hours(plan: Plan, hours: SendingHours | None, clock: Clock) -> None:
    """Stop marketing that would begin outside the hours; a chosen time was looked at in the plan.

    Raises:
        RuleError: it would; nothing was posted.
    """
    parameters = plan.parameters
    if parameters is None or parameters.send_at:
        return
    told = quiet_hours_violation(parameters, plan.contacts, hours, clock.now())
    if told:
        raise RuleError(f"{told} Nothing was sent.")


def gate_of(
    ledger: Ledger, record: CampaignRecord, hours: SendingHours | None, clock: Clock
) -> Callable[[FrameRecord], ClosedHours | None]:
    """Make the question that the sender asks right before each frame is posted."""
    told = record.parameters
    leaves_at = told.get("send_at")
    unread = record.rehearsal or told.get("simulation_mode", False)  # nobody reads it
    free = unread or told["purpose"] != Purpose.WHOLESALE
    known: dict[int, tuple[Locality, ...]] = {}

    def gate(frame: FrameRecord) -> ClosedHours | None:
        if hours is None or free:
            return None
        if frame.number not in known:
            known[frame.number] = localities_of(ledger.numbers_in(record.id, frame.number))
        places = known[frame.number]
        now = clock.now()
        # The API sends at once what is posted after the chosen time.
        moment = max(datetime.fromisoformat(leaves_at), now) if leaves_at else now
        closed = quiet_period(places, moment, hours)
        if closed is None:
            return None
        opens_at = next_allowed_time(places, moment, hours) or closed.until
        reason = (
            f"Frame {frame.number} must wait: {closed.why} in {closed.place.country} "
            f"({closed.zone}); `bulksms resume` goes on from "
            f"{opens_at.astimezone(closed.until.tzinfo).isoformat(timespec='minutes')} on."
        )
        return ClosedHours(reason=reason, opens_at=opens_at)

    return gate
