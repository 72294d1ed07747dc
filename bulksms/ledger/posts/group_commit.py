"""Group commit: writes that threads ask for at the same time share one transaction.

The first thread to come leads: it commits everything that waits by then, with one line per post
in the witness files and one wait for the disk. The first of those that came meanwhile leads the
next group. Only a write that may be delayed waits for company, and only for milliseconds: no
frame depends on it, and the claim of the next frame, which is on its way, takes it along.
Processes are kept apart by the database and by the witnesses' lock.
"""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger.frame_states.frame_change import FrameChange
from bulksms.ledger.storage import Storage, StorageError
from bulksms.ledger.witness.witness_file import Intent
from bulksms.ledger.witness.witness_pair import WitnessPair

__all__ = ["FrameCommit", "GroupCommit", "PendingWrite", "Shortcut", "Write"]


class Write(Protocol):
    """One write: returns the post that is about to follow it, if there is one.

    On a retry an earlier try may have been committed: then it looks for that first. A LedgerError
    comes before it has changed anything, except CampaignTakenOver, whose change is kept.
    """

    def __call__(self, connection: sa.Connection, /, *, is_retry: bool) -> Intent | None:
        """Do it in an open transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """The one change that a write comes to where nothing is in its way.

    Where it changes nothing, the write itself finds out why. `intent_of` builds the post that
    is about to follow, if there is one, of what was changed.
    """

    change: FrameChange
    intent_of: Callable[[Mapping[str, Any]], Intent | None] = lambda _: None


MAX_DELAY = 0.003  # seconds; a frame is claimed this soon after its connection is free


def _held_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, kw_only=True, eq=False)
class PendingWrite:
    """A write that a thread waits for, and its result.

    On a server, `changed` is what its shortcut changed; `is_unknown` says that it is unknown
    whether it did, and `is_late` that an answer has to be recorded in another way.
    """

    write: Write
    shortcut: Shortcut | None = None
    may_delay: bool
    records_answer: bool
    # Held until it is done, or its owner is to lead.
    wake: threading.Lock = field(default_factory=_held_lock)
    leads: bool = False
    done: bool = False
    intent: Intent | None = None
    error: BaseException | None = None
    changed: Mapping[str, Any] | None = None
    is_unknown: bool = False
    is_late: bool = False


class FrameCommit(ABC):
    """How the claims and answers of several threads reach the disk: a queue that shares commits.

    Attributes:
        on_delay: is told why an answer waits to be recorded, once until one is again.
    """

    def __init__(self, storage: Storage, witnesses: WitnessPair) -> None:
        self._storage, self._witnesses = storage, witnesses
        self._queue: deque[PendingWrite] = deque()
        self._guard = threading.Lock()
        self._has_leader = False
        self._lost_answer: LedgerError | None = None
        self.on_delay: Callable[[LedgerError], None] = lambda _error: None

    def write(
        self,
        write: Write,
        *,
        shortcut: Shortcut | None = None,
        may_delay: bool = False,
        records_answer: bool = False,
    ) -> Intent | None:
        """Do one write; it is on the disk and with the witnesses when this returns.

        Where a database is far, the `shortcut` is tried first.

        Raises:
            LedgerError: this write was refused, or whether it was done could not be learnt.
        """
        return self._write(
            PendingWrite(
                write=write, shortcut=shortcut, may_delay=may_delay, records_answer=records_answer
            )
        )

    def refuse_after_lost_answer(self) -> None:
        """Refuse a claim after an answer that could not be recorded.

        Raises:
            LedgerError: why it could not.
        """
        if self._lost_answer is not None:
            raise self._lost_answer

    @abstractmethod
    def _write(self, pending: PendingWrite) -> Intent | None:
        """Do one write."""

    @abstractmethod
    def _commit(self, group: list[PendingWrite], leader: PendingWrite) -> None:
        """Do these writes, each of which is told its result or its error."""

    def _await(self, pending: PendingWrite) -> None:
        """Wait until a group has done a write, as its leader if need be; raise its error."""
        try:
            self._enqueue(pending)
        except BaseException:  # Ctrl-C, say
            self._withdraw(pending)
            raise
        if not pending.done:
            self._lead(pending)
        if pending.error is not None:
            raise pending.error

    def _enqueue(self, pending: PendingWrite) -> None:
        """Wait in the queue until the write is done or this thread is to lead."""
        with self._guard:
            self._queue.append(pending)
            if not pending.may_delay:
                self._offer_lead(pending)
        if pending.may_delay and not pending.wake.acquire(timeout=MAX_DELAY):
            with self._guard:
                pending.may_delay = False
                self._offer_lead(pending)
        elif pending.may_delay:
            return
        if not pending.leads:
            pending.wake.acquire()

    def _offer_lead(self, pending: PendingWrite) -> None:
        """Let a write lead if none does; not one that was taken along meanwhile."""
        if pending in self._queue:
            pending.leads, self._has_leader = not self._has_leader, True

    def _withdraw(self, pending: PendingWrite) -> None:
        """Leave the queue, so that no write waits for this one."""
        with self._guard:
            if pending in self._queue:
                self._queue.remove(pending)
                if pending.leads:
                    self._pass_lead()

    def _pass_lead(self) -> None:
        """Let the first waiting write lead the next group; not one that may be delayed."""
        following = next((pending for pending in self._queue if not pending.may_delay), None)
        self._has_leader = following is not None
        if following is not None:
            following.leads = True
            following.wake.release()

    def _lead(self, leader: PendingWrite) -> None:
        """Do all writes that wait, then pass the lead on."""
        group: list[PendingWrite] = []
        try:
            with self._guard:
                group += self._queue
                self._queue.clear()
            self._commit(group, leader)
        finally:
            self._hand_over(leader)
            for pending in group:
                pending.done = True
                pending.wake.release()

    def _hand_over(self, leader: PendingWrite) -> None:
        """Pass the lead on, once."""
        with self._guard:
            if leader.leads:
                leader.leads = False
                self._pass_lead()


class GroupCommit(FrameCommit):
    """The writes of several threads of one process to a ledger in a file."""

    def _write(self, pending: PendingWrite) -> Intent | None:
        self._await(pending)
        return pending.intent

    def _commit(
        self,
        group: list[PendingWrite],
        leader: PendingWrite,  # noqa: ARG002 - leads until all is written
    ) -> None:
        """Do these writes; a failure of the database fails all of them."""
        try:
            with self._storage.writing() as connection:
                # Answers first: no claim may follow an answer that is refused.
                for pending in sorted(group, key=lambda write: not write.records_answer):
                    self._execute(pending, connection)
            # After the ledger: a post that only witnesses know means that it was restored.
            self._witnesses.append([p.intent for p in group if p.intent is not None])
        except BaseException as error:  # noqa: BLE001 - raised again by each that waits
            for pending in group:
                pending.intent, pending.error = None, error

    def _execute(self, pending: PendingWrite, connection: sa.Connection) -> None:
        """Do one write; a refusal leaves the others alone, and its own change if it made one."""
        try:
            pending.intent = pending.write(connection, is_retry=False)
        except StorageError:
            raise
        except LedgerError as refusal:
            pending.error = refusal
            if pending.records_answer:
                self._lost_answer = self._lost_answer or refusal
