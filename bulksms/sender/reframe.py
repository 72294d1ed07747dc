"""Makes smaller frames of a frozen one: opted-out contacts removed, or cut in halves.

A frame is halved because it is too large, or to find the contact that is refused. The halves
are frames with numbers and request ids of their own, and remember the frame they come from.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from bulksms.ledger import CampaignRecord, FrameRecord, FrozenFrame, Ledger
from bulksms.octopush import drop_recipients
from bulksms.sender.sign_frame import sign_frame

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["MIN_HALF", "FrameSplitter", "RowLookup", "frame_without", "remove_contacts"]

MIN_HALF = 50  # contacts; a frame of fewer than two such halves is not cut for its size

RowLookup = Callable[["PhoneNumbers"], list[int]]
"""Returns the spreadsheet rows of numbers, in their order."""


def remove_contacts(
    ledger: Ledger,
    campaign: CampaignRecord,
    number: int,
    phone_numbers: "PhoneNumbers",
    now: datetime,
) -> FrameRecord:
    """Remove contacts from a planned frame; one that becomes empty is dropped.

    Bytes and ledger change in one step, so that what is posted is always what is recorded.
    """
    frame = ledger.frames.get(campaign.id, number)
    if not len(phone_numbers):
        return frame
    smaller = frame_without(ledger, campaign, frame, phone_numbers)
    if smaller is None:
        # The bytes stay as evidence of what was planned, and are never posted.
        smaller = FrozenFrame(
            number=number,
            first_row=frame.first_row,
            last_row=frame.last_row,
            body=ledger.frames.body(campaign.id, number),
            request_id=frame.request_id,
            numbers=b"",
            wave=frame.wave,
        )
    ledger.frames.replace(campaign.id, smaller, now)
    return ledger.frames.get(campaign.id, number)


def frame_without(
    ledger: Ledger, campaign: CampaignRecord, frame: FrameRecord, phone_numbers: "PhoneNumbers"
) -> FrozenFrame | None:
    """Freeze a frame without some of its contacts; None when none is left.

    The request id is derived like the first one, so repeating this step gives the same id.
    """
    members = ledger.frames.phone_numbers(campaign.id, frame.number)
    return _freeze(
        campaign,
        frame,
        number=frame.number,
        kept=members[~np.isin(members, phone_numbers)],
        removed=phone_numbers,
        body=ledger.frames.body(campaign.id, frame.number),
    )


def _freeze(  # noqa: PLR0913 - a frame, and what is kept of it
    campaign: CampaignRecord,
    frame: FrameRecord,
    *,
    number: int,
    kept: "PhoneNumbers",
    removed: "PhoneNumbers",
    body: bytes,
    rows: tuple[int, int] | None = None,
    parent: int | None = None,
) -> FrozenFrame | None:
    """Freeze what is left of a frame, under a number of its own; None when it is empty."""
    rest = drop_recipients(body, {f"+{phone_number}" for phone_number in removed.tolist()})
    if rest is None:
        return None
    return sign_frame(
        rest,
        kept.astype("<i8").tobytes(),
        campaign=campaign.name,
        number=number,
        rows=rows or (frame.first_row, frame.last_row),
        rehearsal=campaign.rehearsal,
        wave=frame.wave,
        parent=parent,
    )


class FrameSplitter:
    """Halves the frames of a campaign; `row_lookup` finds the rows of their contacts."""

    def __init__(
        self, ledger: Ledger, campaign: CampaignRecord, row_lookup: RowLookup | None
    ) -> None:
        self._ledger, self._campaign, self._row_lookup = ledger, campaign, row_lookup
        self._lock = threading.Lock()  # parts are numbered one frame at a time

    def cut(self, frame: FrameRecord, why: str, now: datetime) -> tuple[list[FrameRecord], str]:
        """Plan the contacts of a frame in two frames of their own, drop it, and say so."""
        with self._lock:
            while True:
                halves = self.halves(frame)
                numbers = [half.number for half in halves]
                message = f"{why} Its contacts are in frames {' and '.join(map(str, numbers))}."
                if self._ledger.frames.split(
                    self._campaign.id, frame.number, halves, now, message=message
                ):
                    break  # otherwise another process has taken these numbers
        return [self._ledger.frames.get(self._campaign.id, number) for number in numbers], message

    def halves(self, frame: FrameRecord) -> list[FrozenFrame]:
        """Freeze the two halves of a frame of at least two contacts, in their order.

        Raises:
            ValueError: the frame has fewer than two contacts.
        """
        members = self._ledger.frames.phone_numbers(self._campaign.id, frame.number)
        body = self._ledger.frames.body(self._campaign.id, frame.number)
        next_number = self._ledger.frames.last_number(self._campaign.id) + 1
        # Erased people are in no body: they stay with the first half, which is posted without them.
        left, right = np.array_split(members[members > 0], 2)
        left = np.concatenate([left, members[members < 0]])
        halves = [
            _freeze(
                self._campaign,
                frame,
                number=number,
                kept=kept,
                removed=removed,
                body=body,
                rows=self._rows(frame, kept),
                parent=frame.number,
            )
            for number, kept, removed in (
                (next_number, left, right),
                (next_number + 1, right, left),
            )
        ]
        frozen = [half for half in halves if half is not None]
        if len(frozen) != len(halves):
            raise ValueError(f"frame {frame.number} is too small to be cut in two")
        return frozen

    def _rows(self, frame: FrameRecord, members: "PhoneNumbers") -> tuple[int, int]:
        if self._row_lookup is None or not len(members):
            return frame.first_row, frame.last_row
        rows = self._row_lookup(members)
        return rows[0], rows[-1]
