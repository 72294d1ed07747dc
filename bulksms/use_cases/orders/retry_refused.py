"""Plans frames that the API refused once more, by an explicit order.

A refused frame was certainly not taken, so a repeat texts no one twice; it gets a new request id,
because a refusal may use up the old one.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger

if TYPE_CHECKING:
    from datetime import datetime

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["frames_to_retry", "retry_refused"]

ORDERED = "ordered to be sent again after it was refused"


def frames_to_retry(ledger: Ledger, record: CampaignRecord) -> list[FrameRecord]:
    """List the refused frames whose people certainly have not got the text in another campaign."""
    reached = _reached_since(ledger, record)
    return [frame for frame in _refused(ledger, record) if not _count(ledger, frame, reached)]


def retry_refused(
    ledger: Ledger, record: CampaignRecord, now: "datetime", note: Callable[[str], None]
) -> None:
    """Plan the refused frames of a campaign again; the caller holds its lock.

    A frame stays refused, with a note, if someone in it got the text since.
    """
    from bulksms.sender import frame_without  # loads the HTTP library

    no_numbers, reached = np.empty(0, dtype=np.int64), _reached_since(ledger, record)
    for frame in _refused(ledger, record):
        if count := _count(ledger, frame, reached):
            note(
                f"Frame {frame.number} stays refused: {count:,} of its people got the text in "
                "another campaign. To reach the others, send the file as a new campaign."
            )
            continue
        next_wave = replace(frame, wave=frame.wave + 1)
        frozen = frame_without(ledger, record, next_wave, no_numbers)
        if frozen is not None:
            ledger.settlements.retry_refused(record.id, frozen, now, ORDERED)


def _refused(ledger: Ledger, record: CampaignRecord) -> list[FrameRecord]:
    refused = ledger.frame_queries.each(record.id, [FrameState.REFUSED])
    return [each for each in refused if not each.doubted]


def _count(ledger: Ledger, frame: FrameRecord, reached: "PhoneNumbers") -> int:
    members = ledger.frames.phone_numbers(frame.campaign_id, frame.number)
    return int(np.isin(members, reached).sum())


def _reached_since(ledger: Ledger, record: CampaignRecord) -> "PhoneNumbers":
    """Collect the numbers that got the text or a corrected one, or may still get it."""
    corrections = [
        ledger.frames.frame_by_phone_number(each.id)[0]
        for each in ledger.campaigns.all()
        if each.parameters.get("corrects") == record.name
    ]
    texted = ledger.history.numbers_texted(record.text_digest, record.rehearsal, None)
    return np.unique(np.concatenate([texted, *corrections]))
