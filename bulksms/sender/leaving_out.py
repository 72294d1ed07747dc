"""The last look before a frame is posted: who opted out since it was frozen is left out of it.

Whoever said no in the meantime is taken out of the bytes and of the ledger in one step, so
that what is posted is always what is written down.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bulksms.campaign import frame_key
from bulksms.ledger import CampaignRecord, FrameRecord, FrozenFrame, Ledger
from bulksms.octopush import SignedBody, drop_recipients

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["frame_without", "remove_contacts"]


def remove_contacts(
    ledger: Ledger, campaign: CampaignRecord, number: int, gone: "PhoneNumbers", now: datetime
) -> FrameRecord:
    """Freeze a planned frame anew without those of its people who are in `gone`.

    The record that comes back is the frame as it stands now: as it was, smaller, or dropped.
    """
    frame = ledger.frames.get(campaign.id, number)
    if not len(gone):
        return frame
    new = frame_without(ledger, campaign, frame, gone)
    if new is None:
        # The bytes stay as a witness of what was planned, and are never posted.
        old = ledger.frames.body(campaign.id, number)
        new = _frozen(frame, SignedBody(frame.request_id, old, frame.digest), gone[:0])
    ledger.frames.replace(campaign.id, new, now)
    return ledger.frames.get(campaign.id, number)


def frame_without(
    ledger: Ledger, campaign: CampaignRecord, frame: FrameRecord, gone: "PhoneNumbers"
) -> FrozenFrame | None:
    """Sign a frame anew for its wave without the numbers that are gone; none if nobody is left.

    The id is derived like the first one, so that a repeat of this very step carries the same.
    """
    kept = ledger.frames.phone_numbers(campaign.id, frame.number)
    kept = kept[~np.isin(kept, gone)]
    people = {f"+{digits}" for digits in gone.tolist()}
    key = frame_key(campaign.name, frame.number, rehearsal=campaign.rehearsal, wave=frame.wave)
    signed = drop_recipients(ledger.frames.body(campaign.id, frame.number), people, key=key)
    if signed is None:
        return None
    return _frozen(frame, signed, kept)


def _frozen(frame: FrameRecord, signed: SignedBody, numbers: "PhoneNumbers") -> FrozenFrame:
    return FrozenFrame(
        number=frame.number,
        first_row=frame.first_row,
        last_row=frame.last_row,
        body=signed.body,
        request_id=signed.request_id,
        numbers=numbers.astype("<i8").tobytes(),
        wave=frame.wave,
    )
