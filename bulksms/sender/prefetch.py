"""Reads the bytes of the next frames from the ledger, a few at a time.

A frame that changes in between has another digest, which its claim notices.
"""

import threading
from collections import deque
from collections.abc import Iterable

from bulksms.ledger import FrameRecord, Ledger, PackedBody

__all__ = ["BodyPrefetch"]

KEPT_FOR_EACH_WORKER = 4


class BodyPrefetch:
    """Reads as many bodies at a time as there are workers; each is asked for once."""

    def __init__(self, ledger: Ledger, campaign_id: int, workers: int) -> None:
        self._ledger, self._campaign_id, self._workers = ledger, campaign_id, workers
        self._guard = threading.Lock()
        self._expected: deque[int] = deque()
        self._bodies: dict[int, PackedBody] = {}

    def expect(self, numbers: Iterable[int]) -> None:
        """Set the frames that will be asked for, in their order."""
        with self._guard:
            self._expected = deque(numbers)

    def load(self, frame: FrameRecord) -> None:
        """Read the bytes of a frame ahead, while its thread has no connection yet."""
        with self._guard:
            self._read(frame.number)

    def body(self, frame: FrameRecord) -> PackedBody | None:
        """Return the body of a frame; None when the frame was changed since it was read."""
        with self._guard:
            self._read(frame.number)
            packed = self._bodies.pop(frame.number, None)
        if packed is None or packed.digest != frame.digest:
            return None
        return packed

    def _read(self, number: int) -> None:
        if number not in self._bodies:
            for body in self._ledger.frames.bodies(self._campaign_id, self._next(number)):
                self._bodies[body.number] = body

    def _next(self, number: int) -> list[int]:
        """This frame and, if it is among the expected ones, those that follow it."""
        if number not in self._expected:
            return [number]
        while self._expected.popleft() != number:
            pass
        if len(self._bodies) > KEPT_FOR_EACH_WORKER * self._workers:
            self._bodies.clear()  # of frames that were read again elsewhere
        following = min(self._workers - 1, len(self._expected))
        return [number, *(self._expected.popleft() for _ in range(following))]
