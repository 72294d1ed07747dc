"""Records accepted files: the same content runs once, under whatever name."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bulksms.ledger import AcceptedFile
from bulksms.watch.delivery import Delivery
from bulksms.watch.working_folder import Claim

__all__ = ["Acceptance", "accept", "describe_repeat", "is_repeat", "record_delivery"]


class Acceptance(Protocol):
    """The files that this campaign accepted before, as the ledger remembers them."""

    @property
    def series(self) -> str:
        """The name of the campaign file's series."""

    @property
    def mode(self) -> str:
        """`real`, `rehearsal` or `simulation`."""

    def get(self, digest: str) -> AcceptedFile | None:
        """Read what is recorded of a content."""

    def put(self, record: AcceptedFile) -> None:
        """Write a file down, replacing what was recorded of the same content."""

    def failed(self) -> list[AcceptedFile]:
        """List the files whose run failed, the oldest first."""


def is_repeat(record: AcceptedFile, claim: Claim, working: Path) -> bool:
    """Whether a content was accepted before, under this name or another."""
    if record.claim == claim.id or (record.state == "failed" and claim.is_retry):
        return False
    if record.state == "running":
        return (working / record.claim).exists()
    # A failed file that was dropped again, and not a copy of it, is a new try.
    return record.state == "done" or (record.target is not None and Path(record.target).exists())


def describe_repeat(record: AcceptedFile, name: str) -> str:
    """Name the file that had the same content, and what to do."""
    reason = (
        f"{name} has the same content as {record.name}, which was accepted on "
        f"{record.at:%Y-%m-%d at %H:%M} UTC: it was not run again."
    )
    if record.state == "failed":
        return f"{reason} That run failed; `bulksms watch FOLDER --retry` tries it again."
    return reason


def accept(
    acceptance: Acceptance, claim: Claim, digest: str, before: AcceptedFile | None, now: datetime
) -> AcceptedFile:
    """Make the record of a file that is about to run; `attempts` counts this run too."""
    fresh = _new_record(acceptance, claim, digest, now)
    if before is None:
        return replace(fresh, attempts=1)
    return replace(
        fresh,
        at=before.at,
        attempts=before.attempts + 1 if before.state == "running" else 1,
        rows=before.rows if claim.rows is None else claim.rows,
    )


def record_delivery(
    acceptance: Acceptance, claim: Claim, delivery: Delivery, now: datetime
) -> None:
    """Write down what became of a file and where it goes; a repeat changes nothing.

    A ledger that was restored from before the file was accepted learns of it here.
    """
    if delivery.state == "repeated":
        return
    record = acceptance.get(delivery.digest)
    acceptance.put(
        replace(
            record or _new_record(acceptance, claim, delivery.digest, now),
            state=delivery.state,
            attempts=0,
            target=str(delivery.target),
            code=delivery.code,
            reason=delivery.reason,
        )
    )


def _new_record(acceptance: Acceptance, claim: Claim, digest: str, now: datetime) -> AcceptedFile:
    return AcceptedFile(
        series=acceptance.series,
        mode=acceptance.mode,
        digest=digest,
        name=claim.name,
        claim=claim.id,
        at=now,
        rows=claim.rows,
    )
