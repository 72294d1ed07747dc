"""Erases one person from everything the program keeps; they are never texted afterwards.

Their past messages still keep them from getting the same text twice, and their opt-out holds:
the ledger recognises a number that is given again by a keyed hash.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bulksms.clock import Clock
from bulksms.contacts.phones.display import masked
from bulksms.ledger import AuditAction, CampaignRecord, Ledger, open_ledger
from bulksms.settings import Settings
from bulksms.use_cases.opt_outs.apply_opt_outs import remove_from_campaign
from bulksms.use_cases.personal_data.content_editor import editor_for
from bulksms.use_cases.personal_data.show_person import read_number
from bulksms.use_cases.personal_data.state_files import any_file_has, files_with, state_folders
from bulksms.use_cases.prepare.begin_campaign import BEGIN_LOCK

__all__ = ["ErasureResult", "erase_person"]

ORIGIN = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureResult:
    """The erased data, and what is left for the user to do.

    Attributes:
        number: the masked number.
        campaigns: the campaigns that held the person.
        deleted: results, logs and lists of drafts in the state folder.
        elsewhere: files of the user that hold the number, to be cleaned or deleted by hand.
        unread: files of the user that are not there, or cannot be searched.
        remaining: files of the program that still hold the number, as in the name of a campaign.
    """

    number: str
    campaigns: tuple[str, ...]
    deleted: tuple[Path, ...]
    elsewhere: tuple[Path, ...]
    unread: tuple[Path, ...]
    remaining: tuple[Path, ...]


def erase_person(text: str, region: str, settings: Settings, clock: Clock) -> ErasureResult:
    """Erase a number from the ledger and from the files of the state folder.

    It is safe to repeat, and complete when this returns: a run that was killed is completed by
    the next one.

    Raises:
        InputError: it is not a number.
        LedgerBusy: a campaign that has the person is being sent.
        LedgerError: the ledger cannot be used.
    """
    number = read_number(text, region)
    editor = editor_for(number)
    with open_ledger(settings.home, settings.ledger) as ledger, ExitStack() as locks:
        locks.enter_context(ledger.locks.account(BEGIN_LOCK, lambda: None, threading.Event()))
        names = ledger.erasures.campaigns_with(number, editor)
        for name in sorted(names):
            locks.enter_context(ledger.locks.campaign(name))
        records = [ledger.campaigns.get(name) for name in names]
        # First of all: whatever happens next, they are not texted.
        ledger.opt_outs.add([number], ORIGIN, clock.now())
        for record in records:
            _take_out(ledger, record, number, clock)
        ledger.erasures.erase(number, editor)
        ledger.audit.record(AuditAction.ERASE, counts={"campaigns": len(names)})
        ledger.erasures.scrub()
    named = {path for record in records for path in _files_of(record)}
    deleted = tuple(_delete_results(number, named, settings))
    elsewhere = sorted(named - set(deleted))
    return ErasureResult(
        number=masked(f"+{number}"),
        campaigns=tuple(names),
        deleted=deleted,
        elsewhere=tuple(path for path in elsewhere if any_file_has(number, path)),
        unread=tuple(path for path in elsewhere if any_file_has(number, path) is None),
        remaining=tuple(files_with(number, state_folders(settings))),
    )


def _take_out(ledger: Ledger, record: CampaignRecord, number: int, clock: Clock) -> None:
    """Remove a person from waiting frames; a frame that may have been posted is never repeated."""
    ledger.claims.doubt_in_flight(record.id, clock.now())
    remove_from_campaign(ledger, record, np.array([number], dtype=np.int64), clock.now())


def _files_of(record: CampaignRecord) -> Iterator[Path]:
    """Yield the files that a campaign was read from, and those it was written to."""
    parameters = record.parameters
    read: Iterable[str] = (*parameters.get("files", ()), *parameters.get("optouts", ()))
    yield from (Path(path).absolute() for path in read if path != "-" and "://" not in path)
    yield from map(Path, parameters.get("outputs", {}).values())


def _delete_results(number: int, named: Iterable[Path], settings: Settings) -> Iterator[Path]:
    """Delete results, logs and lists of drafts in the state folder that hold the number."""
    folders = [settings.home / name for name in ("results", "logs", "drafts")]
    inside = {path for path in named if path.is_relative_to(settings.home)}
    for file in sorted({*files_with(number, folders), *inside}):
        if any_file_has(number, file):
            file.unlink()
            yield file
