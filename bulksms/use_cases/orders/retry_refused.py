"""Plans frames that the API refused once more, by an explicit order.

A refused frame was certainly not taken, so a repeat texts no one twice; it gets a new request id,
because a refusal may use up the old one.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bulksms.columnar.arrays import sorted_unique
from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger
from bulksms.use_cases.orders.sent_texts import (
    finished_texts,
    may_be_same,
    numbers_with_sent_text,
    texts_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    from bulksms.sender.reframe import frame_without  # loads the libraries of tables

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
    otherwise = _with_same_finished_text(ledger, record)
    return sorted_unique(np.concatenate([texted, *corrections, *otherwise]))


def _with_same_finished_text(ledger: Ledger, record: CampaignRecord) -> "Iterator[PhoneNumbers]":
    """Yield the numbers of refused frames that read the very text, written in another way."""
    import pandas as pd

    numbers = [frame.number for frame in _refused(ledger, record)]
    if not numbers:
        return
    bodies = ledger.frames.bodies(record.id, numbers)
    wanted = pd.concat([finished_texts(packed.unpack()) for packed in bodies])
    texted = cache(lambda digest: ledger.history.numbers_texted(digest, record.rehearsal, None))
    # Campaigns of every night have one text, and few have this one.
    is_similar = cache(lambda texts: may_be_same(texts, wanted))
    for other in ledger.campaigns.all():
        if other.rehearsal != record.rehearsal or other.is_test or other.id == record.id:
            continue
        if not is_similar(texts_of(other)):
            continue
        common = np.intersect1d(wanted.index.to_numpy(), texted(other.text_digest))
        yield from numbers_with_sent_text(ledger, other, wanted, common)
