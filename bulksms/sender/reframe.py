"""Cuts a frozen frame in halves: because it is too large, or to find the contact that is bad.

The parts are frames of their own, with numbers and request ids of their own; they remember
which frame they come from. Knows no table and no chunk sizes of a plan.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bulksms.campaign import frame_key
from bulksms.ledger import CampaignRecord, FrameRecord, FrozenFrame, Ledger
from bulksms.octopush import SignedBody, drop_recipients

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["LEAST_HALF", "FrameSplitter", "RowLookup"]

LEAST_HALF = 50  # contacts; a frame of fewer than two such halves is not cut for its size

RowLookup = Callable[["PhoneNumbers"], list[int]]
"""Gives the spreadsheet rows of numbers, in their order."""


class FrameSplitter:
    """Halves the frames of one campaign; `rows` is asked where their people stand in the file."""

    def __init__(self, ledger: Ledger, campaign: CampaignRecord, rows: RowLookup | None) -> None:
        self._ledger, self._campaign, self._rows = ledger, campaign, rows

    def halves(self, frame: FrameRecord) -> list[FrozenFrame]:
        """Freeze the two halves of a frame of at least two contacts, in the order of the file."""
        everybody = self._ledger.frames.phone_numbers(self._campaign.id, frame.number)
        body = self._ledger.frames.body(self._campaign.id, frame.number)
        first = self._ledger.frames.last_number(self._campaign.id) + 1
        left, right = np.array_split(everybody, 2)
        return [
            self._part(frame, first, left, self._signed(frame, first, body, right)),
            self._part(frame, first + 1, right, self._signed(frame, first + 1, body, left)),
        ]

    def _signed(
        self, whole: FrameRecord, number: int, body: bytes, others: "PhoneNumbers"
    ) -> SignedBody:
        """Take the others out of the bytes, and sign them under the part's own number."""
        rehearsal = self._campaign.rehearsal
        key = frame_key(self._campaign.name, number, rehearsal=rehearsal, wave=whole.wave)
        signed = drop_recipients(body, {f"+{digits}" for digits in others.tolist()}, key=key)
        if signed is None:
            raise ValueError(f"half of frame {whole.number} holds nobody")
        return signed

    def _part(
        self, whole: FrameRecord, number: int, numbers: "PhoneNumbers", signed: SignedBody
    ) -> FrozenFrame:
        rows = self._rows(numbers) if self._rows else [whole.first_row, whole.last_row]
        return FrozenFrame(
            number=number,
            first_row=rows[0],
            last_row=rows[-1],
            body=signed.body,
            request_id=signed.request_id,
            numbers=numbers.astype("<i8").tobytes(),
            wave=whole.wave,
            parent=whole.number,
        )
