"""The bytes of the next frames, read from the ledger a few at a time.

They are only ever posted if the claim finds the frame still to be the one they belong to, so
that it does no harm when somebody changes it in between.
"""

import threading
from collections import deque
from collections.abc import Iterable

from bulksms.ledger import FrameRecord, Ledger, PackedBody

__all__ = ["BodyPrefetch"]

KEPT = 4  # times as many bodies as there are workers, at the most


class BodyPrefetch:
    """Reads as many bodies at a time as there are workers; each is asked for once."""

    def __init__(self, ledger: Ledger, campaign_id: int, workers: int) -> None:
        self._ledger, self._campaign_id, self._most = ledger, campaign_id, workers
        self._guard = threading.Lock()
        self._waiting: deque[int] = deque()
        self._read: dict[int, PackedBody] = {}

    def expect(self, numbers: Iterable[int]) -> None:
        """Hear which frames will be asked for, in their order."""
        self._waiting = deque(numbers)

    def body(self, frame: FrameRecord) -> bytes | None:
        """Give the bytes of a frame; none when they are not those of this record of it.

        Raises:
            LedgerError: they are not as they were written.
        """
        with self._guard:
            packed = self._read.pop(frame.number, None)
            if packed is None:
                for one in self._ledger.frames.bodies(self._campaign_id, self._next(frame.number)):
                    self._read[one.number] = one
                packed = self._read.pop(frame.number, None)
        if packed is None or packed.digest != frame.digest:
            return None
        return packed.unpack()

    def _next(self, number: int) -> list[int]:
        """Name a frame and, if its turn has come, those that will be asked for after it."""
        if number not in self._waiting:
            return [number]
        while self._waiting.popleft() != number:
            pass
        if len(self._read) > KEPT * self._most:  # left over from frames that went another way
            self._read.clear()
        after = min(self._most - 1, len(self._waiting))
        return [number, *(self._waiting.popleft() for _ in range(after))]
