"""Orders that a frame in doubt is sent once more; `resume` posts it.

The operator is asked between the two calls, while the ledger is closed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from bulksms.clock import Clock
from bulksms.errors import RuleError, UsageError
from bulksms.ledger import AuditAction, CampaignRecord, FrozenFrame, Ledger, open_ledger
from bulksms.sender import StopCause, is_send_time_past
from bulksms.sender.reframe import frame_without
from bulksms.settings import Settings
from bulksms.use_cases.orders.campaign_orders import find_stop
from bulksms.use_cases.orders.settle_doubt import (
    FrameInDoubt,
    OperatorDecision,
    as_doubt,
    frames_in_doubt,
    refuse_before_late_answers,
    select_frames,
)

__all__ = ["ResendOrder", "order_resend", "prepare_resend"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendOrder:
    """A frame to send once more, and how many people were left out because they opted out."""

    doubt: FrameInDoubt
    left_out: int


def prepare_resend(
    name: str, frame_number: int | None, settings: Settings, now: datetime
) -> ResendOrder:
    """Return the frame as it would be sent again, without those who opted out since.

    Raises:
        CampaignNotFound: there is no campaign of that name.
        UsageError: the choice of the frame is unclear, or everyone in it opted out.
        RuleError: its sending time has passed, so that the API would send it at once, the
            campaign was stopped, or the answer to the frame may still come.
        LedgerBusy: another process is sending the campaign.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
        with ledger.locks.campaign(name):
            return _freeze_again(ledger, record, frame_number, now)[1]


def order_resend(
    prepared: ResendOrder, decision: OperatorDecision, settings: Settings, clock: Clock
) -> ResendOrder:
    """Plan the frame once more under a new request id, as an operator decided.

    Raises:
        RuleError: the frame changed since it was prepared, or its sending time has passed.
        LedgerBusy: another process is sending the campaign.
    """
    name, number = prepared.doubt.campaign, prepared.doubt.frame.number
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name)
        with ledger.locks.campaign(name):
            frozen, order = _freeze_again(ledger, record, number, clock.now())
            if order.doubt.frame.contacts > prepared.doubt.frame.contacts:
                raise RuleError(
                    f"Frame {number} has more people now. Nothing was changed: try again.",
                    code="request_changed",
                    number=number,
                )
            message = decision.describe("ordered to be sent again")
            ledger.settlements.resend(record.id, frozen, decision.at, message)
            ledger.audit.record(
                AuditAction.RESEND,
                person=decision.who,
                campaign=name,
                digest=record.digest,
                counts={"frames": 1, "contacts": frozen.contacts},
            )
            reason = f"Frame {number} waits to be sent again."
            ledger.campaigns.set_state(record.id, "paused", reason, StopCause.RESEND)
            doubt = as_doubt(ledger, record, ledger.frames.get(record.id, number))
    return replace(order, doubt=doubt)


def _freeze_again(
    ledger: Ledger, record: CampaignRecord, frame_number: int | None, now: datetime
) -> tuple[FrozenFrame, ResendOrder]:
    """Freeze the frame for its next wave, without those who opted out."""
    ledger.claims.doubt_in_flight(record.id, now)
    _refuse_past_send_time(record, now)
    _refuse_stopped(ledger, record)
    doubt = select_frames(record.name, frames_in_doubt(ledger, record, now), frame_number)[0]
    refuse_before_late_answers(ledger, record, [doubt.frame.number])
    number, next_wave = doubt.frame.number, replace(doubt.frame, wave=doubt.frame.wave + 1)
    opted_out = ledger.opt_outs.in_frame(record.id, number)
    for _, refusing in ledger.refusals.in_frames(record.id, [number]):
        opted_out = np.union1d(opted_out, refusing)
    frozen = frame_without(ledger, record, next_wave, opted_out)
    if frozen is None:
        raise UsageError(
            f"Everyone in frame {number} has opted out: drop it with "
            f"`bulksms doubt drop {record.name} {number}`.",
            code="everybody_opted_out",
            number=number,
        )
    frame = replace(doubt.frame, contacts=frozen.contacts, wave=frozen.wave)
    shown = as_doubt(ledger, record, frame)
    return frozen, ResendOrder(doubt=shown, left_out=len(opted_out))


def _refuse_past_send_time(record: CampaignRecord, now: datetime) -> None:
    if is_send_time_past(record, now):
        send_at = record.parameters["send_at"]
        raise RuleError(
            f"The campaign {record.name} was to be sent at {send_at}, which has passed, and the "
            "API would send the frame at once: drop it with `bulksms doubt drop`.",
            code="resend_too_late",
        )


def _refuse_stopped(ledger: Ledger, record: CampaignRecord) -> None:
    order = find_stop(ledger, record)
    if order is not None:
        raise RuleError(
            f"The campaign {record.name} was {order.describe()}, which is final, so the frame "
            "cannot be sent again: mark it as sent, or drop it with `bulksms doubt drop`.",
            code="resend_after_stop",
        )
