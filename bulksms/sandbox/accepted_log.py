"""The sandbox's own record of the frames it accepted, and of every send request."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from bulksms.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedFrame:
    """An accepted frame: who would have been texted what, when and at what cost.

    Attributes:
        request_id: The id the client gave, if any.
        recipients: The numbers kept, in order.
        fields: The fields of each number kept, in the same order.
        text: The text with its placeholders.
        sender: What the phones would have shown; `None` is the account's default.
        purpose: As the API understood it.
        type: As the API understood it.
        send_at: When it was to leave, ISO 8601; `None` is at once.
        digest: SHA-256 of the body's bytes, in hex.
        ticket: The `sms_ticket` of the answer.
        received_at: When it was taken, ISO 8601.
        segments: The billed parts.
        total_cost: Euros, in decimal digits.
        list_name: The list that was to be made of the contacts, if any.
        with_replies: As the API understood it.
        recipient_tracking: As the API understood it.
        login_digest: The login, as the first digits of its SHA-256.
    """

    request_id: str | None
    recipients: tuple[str, ...]
    fields: tuple[dict[str, str], ...]
    text: str
    sender: str | None
    purpose: str
    type: str
    send_at: str | None
    digest: str
    ticket: str
    received_at: str
    segments: int
    total_cost: str
    list_name: str | None = None
    with_replies: bool = False
    recipient_tracking: bool = False
    login_digest: str = ""

    @property
    def cost(self) -> Decimal:
        """Euros debited for the frame."""
        return Decimal(self.total_cost)

    @property
    def leaves_at(self) -> datetime:
        """When the frame was to leave."""
        return datetime.fromisoformat(self.send_at or self.received_at)

    def as_json(self) -> dict[str, Any]:
        """Turn the frame into plain JSON values."""
        return asdict(self)


class AcceptedLog:
    """An append-only file of accepted frames, each on the disk before it is answered."""

    def __init__(self, path: Path | None) -> None:
        self._file: TextIO | None = None
        self.earlier: tuple[AcceptedFrame, ...] = ()
        if path is not None:
            self._open(path)

    def _open(self, path: Path) -> None:
        """Read what an earlier run accepted, and append to it."""
        try:
            before = path.read_text("utf-8") if path.exists() else ""
            self.earlier = tuple(_frames(before))
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"The sandbox cannot write its log {path}: {error.strerror}; name another file."
            ) from error
        if before and not before.endswith("\n"):
            # A run was killed inside a line: that frame was never answered and is skipped.
            self._file.write("\n")

    def append(self, frame: AcceptedFrame) -> None:
        """Write a frame and wait until it is on the disk."""
        if self._file is None:
            return
        self._file.write(json.dumps(frame.as_json()) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


class RequestLog:
    """An append-only file of all send requests, accepted or not, each written before its answer."""

    def __init__(self, path: Path | None) -> None:
        try:
            self._file = None if path is None else path.open("a", encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"The sandbox cannot write its log {path}: {error.strerror}; name another file."
            ) from error

    def append(self, post: dict[str, Any]) -> None:
        """Write a request, so that other programs see it at once."""
        if self._file is not None:
            self._file.write(json.dumps(post) + "\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _frames(text: str) -> Iterator[AcceptedFrame]:
    """Read the frames of a log, and skip a line that was cut off."""
    for line in text.split("\n"):
        try:
            values = json.loads(line)
            yield AcceptedFrame(
                **{
                    **values,
                    "recipients": tuple(values["recipients"]),
                    "fields": tuple(values["fields"]),
                }
            )
        except (ValueError, TypeError, KeyError):
            continue
