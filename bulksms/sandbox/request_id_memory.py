"""Which request ids each login of the account used, and which words its content filter saw."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bulksms.sandbox.accepted_log import AcceptedFrame

__all__ = ["ContentFilter", "RequestIdMemory"]

REMEMBERED = timedelta(hours=24)


class RequestIdMemory:
    """The request ids of the last 24 hours for each login, with the digest of the first body."""

    def __init__(self, frames: Iterable[AcceptedFrame]) -> None:
        self._first_uses = {
            (frame.login_digest, frame.request_id): (
                datetime.fromisoformat(frame.received_at),
                frame.digest,
            )
            for frame in frames
            if frame.request_id
        }
        self.repeats: list[dict[str, Any]] = []

    def keep(self, login_digest: str, request_id: str | None, digest: str, now: datetime) -> None:
        """Remember an id, if there is one."""
        if request_id:
            self._first_uses[login_digest, request_id] = (now, digest)

    def knows(self, login_digest: str, request_id: str | None, digest: str, now: datetime) -> bool:
        """Whether the login used the id in the last 24 hours; a repeat is recorded."""
        if request_id is None or (login_digest, request_id) not in self._first_uses:
            return False
        first_use, first_digest = self._first_uses[login_digest, request_id]
        if now - first_use >= REMEMBERED:
            return False
        self.repeats.append({"request_id": request_id, "same_body": digest == first_digest})
        return True


class ContentFilter:
    """Refuses the same words to the same people within some seconds, whatever the request id."""

    def __init__(self, seconds: float) -> None:
        self._window = timedelta(seconds=seconds)
        self._last_uses: dict[tuple[str, tuple[str, ...]], datetime] = {}

    def refuses(self, text: str, phone_numbers: tuple[str, ...], now: datetime) -> bool:
        """Whether these words went to these numbers within the window."""
        last_use = self._last_uses.get((text, phone_numbers))
        return last_use is not None and now - last_use < self._window

    def keep(self, text: str, phone_numbers: tuple[str, ...], now: datetime) -> None:
        """Remember words that were sent."""
        if self._window:
            self._last_uses[text, phone_numbers] = now
