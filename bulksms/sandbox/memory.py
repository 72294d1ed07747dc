"""Which request ids the account remembers, and for how long."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bulksms.sandbox.journal import AcceptedFrame

__all__ = ["Memory"]

MEMORY = timedelta(hours=24)


class Memory:
    """The ids of the last 24 hours, with the digest of the first body of each."""

    def __init__(self, frames: Iterable[AcceptedFrame]) -> None:
        self._seen = {
            frame.request_id: (datetime.fromisoformat(frame.received_at), frame.digest)
            for frame in frames
            if frame.request_id
        }
        self.repeats: list[dict[str, Any]] = []

    def keep(self, request_id: str | None, digest: str, now: datetime) -> None:
        """Remember an id, if there is one."""
        if request_id:
            self._seen[request_id] = (now, digest)

    def knows(self, request_id: str | None, digest: str, now: datetime) -> bool:
        """Look for an id among those of the last 24 hours, and note that it was repeated."""
        if request_id not in self._seen:
            return False
        seen_at, first_digest = self._seen[request_id]
        if now - seen_at >= MEMORY:
            return False
        self.repeats.append({"request_id": request_id, "same_body": digest == first_digest})
        return True
