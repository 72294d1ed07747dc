"""The last look before a frame is posted: who opted out since it was frozen is left out of it.

Whoever said no in the meantime is taken out of the bytes and of the ledger in one step, so
that what is posted is always what is written down.
"""

from datetime import datetime
from hashlib import sha256

import numpy as np

from bulksms.campaign import frame_key
from bulksms.ledger import CampaignRecord, FrameRecord, FrozenFrame, Ledger
from bulksms.octopush import without

__all__ = ["leave_out_opted_out"]


def leave_out_opted_out(
    ledger: Ledger, campaign: CampaignRecord, number: int, now: datetime
) -> FrameRecord:
    """Freeze a planned frame anew without those who opted out, if any did.

    The record that comes back is the frame as it stands now: as it was, smaller, or dropped.
    """
    gone = ledger.opted_out_in(campaign.id, number)
    frame = ledger.frame(campaign.id, number)
    if not len(gone):
        return frame
    kept = ledger.numbers_in(campaign.id, number)
    kept = kept[~np.isin(kept, gone)]
    old = ledger.body(campaign.id, number)
    people = {f"+{digits}" for digits in gone.tolist()}
    # Derived like the first one, so that a repeat of this very step carries the same id.
    key = frame_key(campaign.name, number, rehearsal=campaign.rehearsal)
    signed = without(old, people, key=key)
    # Nobody is left: the bytes stay as a witness of what was planned, and are never posted.
    request_id, body = signed or (frame.request_id, old)
    new = FrozenFrame(
        number=number,
        first_row=frame.first_row,
        last_row=frame.last_row,
        contacts=len(kept) if signed else 0,
        body=body,
        digest=sha256(body).hexdigest(),
        request_id=request_id,
        numbers=kept.astype("<i8").tobytes(),
    )
    ledger.refreeze(campaign.id, new, now)
    return ledger.frame(campaign.id, number)
