"""Deletes the personal data of finished campaigns over an age; counts, costs and states stay."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bulksms.age import Age
from bulksms.clock import Clock
from bulksms.errors import LedgerBusy, LedgerError
from bulksms.ledger import (
    OPEN_STATES,
    AuditAction,
    CampaignRecord,
    FrameState,
    Ledger,
    ledger_exists,
    open_ledger,
)
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.personal_data.content_editor import editor_for_everyone

__all__ = [
    "OldCampaign",
    "PurgeResult",
    "apply_retention",
    "list_old_campaigns",
    "purge_campaigns",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCampaign:
    """A campaign over age that still has personal data.

    `last_used` is when it was last sent, or is scheduled for. `kept_for` says why it is kept,
    empty when it can be purged.
    """

    name: str
    last_used: datetime
    contacts: int
    kept_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeResult:
    """The campaigns purged and kept, results deleted, and files of the user that may be old too.

    `receipts` counts delivery receipts deleted that belonged to no campaign.
    """

    purged: tuple[OldCampaign, ...]
    kept: tuple[OldCampaign, ...]
    deleted: tuple[Path, ...]
    elsewhere: tuple[Path, ...]
    receipts: int = 0


def list_old_campaigns(age: Age, settings: Settings, now: datetime) -> list[OldCampaign]:
    """List the campaigns over an age, the oldest first; a missing ledger is not created.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    if not ledger_exists(settings.home, settings.ledger):
        return []
    with open_ledger(settings.home, settings.ledger) as ledger:
        return [old for old, _ in _old_campaigns(ledger, age.before(now))]


def purge_campaigns(age: Age, settings: Settings, clock: Clock) -> PurgeResult:
    """Purge every finished campaign over an age.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    if not ledger_exists(settings.home, settings.ledger):
        return PurgeResult(purged=(), kept=(), deleted=(), elsewhere=())
    with open_ledger(settings.home, settings.ledger) as ledger:
        return _purge(ledger, age, settings, clock)


def apply_retention(ledger: Ledger, context: RunContext) -> None:
    """Purge campaigns over the age of the settings at the end of a run; a failure is only noted."""
    age = context.settings.retention
    if age is None:
        return
    try:
        result = _purge(ledger, age, context.settings, context.clock)
    except LedgerError as error:
        context.observer.note(f"Old campaigns were not purged: {error}")
        return
    if result.purged:
        names = ", ".join(old.name for old in result.purged)
        context.observer.note(f"Purged after {age} (retention): {names}.")


def _purge(ledger: Ledger, age: Age, settings: Settings, clock: Clock) -> PurgeResult:
    now, editor = clock.now(), editor_for_everyone()
    purged, kept, outputs = [], [], set[Path]()
    for old, record in _old_campaigns(ledger, age.before(now)):
        if old.kept_for:
            kept.append(old)
            continue
        with suppress(LedgerBusy), ledger.locks.campaign(record.name):
            ledger.erasures.purge(record.id, editor, now)
            ledger.audit.record(
                AuditAction.PURGE,
                campaign=record.name,
                digest=record.digest,
                counts={"contacts": old.contacts},
            )
            purged.append(old)
            outputs |= set(_people_files(record))
    receipts = ledger.receipt_quota.forget_before(age.before(now))
    if purged or receipts:
        ledger.erasures.scrub()
    inside = {path for path in outputs if path.is_relative_to(settings.home)}
    for path in inside:
        path.unlink(missing_ok=True)  # `bulksms report` writes what is left of it again
    return PurgeResult(
        purged=tuple(purged),
        kept=tuple(kept),
        deleted=tuple(sorted(inside)),
        elsewhere=tuple(sorted(path for path in outputs - inside if path.exists())),
        receipts=receipts,
    )


def _old_campaigns(ledger: Ledger, limit: datetime) -> Iterator[tuple[OldCampaign, CampaignRecord]]:
    for record in ledger.campaigns.all():
        times = [record.created_at, ledger.frame_queries.last_used(record.id)]
        if send_at := record.parameters.get("send_at"):
            times.append(datetime.fromisoformat(send_at))
        last_used = max(time for time in times if time is not None)
        if record.purged_at is not None or last_used >= limit:
            continue
        old = OldCampaign(
            name=record.name,
            last_used=last_used,
            contacts=_contacts(ledger, record),
            kept_for=_reason_to_keep(ledger, record),
        )
        yield old, record


def _contacts(ledger: Ledger, record: CampaignRecord) -> int:
    totals = ledger.frames.totals(record.id)
    return sum(totals.contacts.values()) + totals.doubted_contacts


def _reason_to_keep(ledger: Ledger, record: CampaignRecord) -> str:
    """Explain why a campaign is not purged; empty when it is finished."""
    if ledger.frames.any_in(record.id, [FrameState.IN_DOUBT, FrameState.INTENT]):
        return "in doubt: settle it with `bulksms doubt`"
    # All open states again, as a planned frame may have been claimed since.
    if ledger.frames.any_in(record.id, OPEN_STATES):
        return "unfinished: `bulksms resume` or `bulksms stop` ends it"
    return ""


def _people_files(record: CampaignRecord) -> Iterator[Path]:
    """Yield the files with people in them that a campaign was written to; frames name no one."""
    outputs = record.parameters.get("outputs", {})
    yield from (Path(path) for name, path in outputs.items() if name != "results")
