"""Ends the doubt of frames whose delivery receipts prove that Octopush took them."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bulksms.errors import LedgerBusy
from bulksms.ledger import AuditAction, CampaignRecord, Evidence, FrameState, Ledger
from bulksms.use_cases.orders.settle_doubt import finish_if_settled

__all__ = ["FrameProvedSent", "settle_by_receipts"]

WHO = "delivery receipts"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameProvedSent:
    """A frame that was in doubt, and the ticket that receipts proved to be its own."""

    campaign: str
    frame: int
    evidence: Evidence

    def sentence(self) -> str:
        """Describe what was settled, and why."""
        return (
            f"Frame {self.frame} of {self.campaign} was sent: receipts came for all "
            f"{self.evidence.members:,} of its people (ticket {self.evidence.ticket})."
        )


def settle_by_receipts(ledger: Ledger, now: datetime) -> list[FrameProvedSent]:
    """Mark frames in doubt as sent where receipts prove it; nothing else ever changes a frame.

    Campaigns that are being sent at this moment keep their doubt until the next time.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    proved: dict[int, list[int]] = {}
    for campaign_id, number in ledger.evidence.frames_in_doubt():
        if _proof_of(ledger, campaign_id, number) is not None:
            proved.setdefault(campaign_id, []).append(number)
    settled: list[FrameProvedSent] = []
    for record in ledger.campaigns.all() if proved else ():
        with suppress(LedgerBusy):
            settled += _settle_campaign(ledger, record, proved.get(record.id, []), now)
    return settled


def _settle_campaign(
    ledger: Ledger, record: CampaignRecord, numbers: list[int], now: datetime
) -> list[FrameProvedSent]:
    """Settle frames of a campaign under its lock, if they are still in doubt.

    Raises:
        LedgerBusy: another process is sending it.
    """
    settled: list[FrameProvedSent] = []
    if not numbers:
        return settled
    with ledger.locks.campaign(record.name):
        ledger.claims.doubt_in_flight(record.id, now)
        for number in numbers:
            proof = _proof_of(ledger, record.id, number)
            is_in_doubt = ledger.frames.get(record.id, number).state is FrameState.IN_DOUBT
            if proof is None or not is_in_doubt:
                continue
            ledger.settlements.settle(
                record.id,
                number,
                FrameState.ACCEPTED,
                now,
                message=f"sent: receipts came for all {proof.members:,} of its people",
                ticket=proof.ticket,
                number_of_contacts=proof.members,
            )
            ledger.audit.record(
                AuditAction.MARK_SENT,
                person=WHO,
                campaign=record.name,
                digest=record.digest,
                counts={"frames": 1},
            )
            settled.append(FrameProvedSent(campaign=record.name, frame=number, evidence=proof))
        finish_if_settled(ledger, record)
    return settled


def _proof_of(ledger: Ledger, campaign_id: int, number: int) -> Evidence | None:
    """Find the one ticket that can only be a frame's own.

    Two would mean that its people were texted twice, which an operator has to look at.
    """
    proofs = [each for each in ledger.evidence.of_frame(campaign_id, number) if each.is_proof]
    return proofs[0] if len(proofs) == 1 else None
