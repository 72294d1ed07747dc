"""Claims and answers on a server: those of several threads in one trip, any other on its own.

A server may be milliseconds away, so that a claim or an answer is mostly one statement, and all
that wait share a transaction and its trip. What that does not do is done by its own thread: a
claim that asks for more, a frame that others changed, and whatever is unknown since a
connection was lost. Such a repeat waits for all earlier transactions to end, looks whether its
write was done, and writes only if not: an answer is not lost, and no frame is posted on a claim
that may not exist.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from bulksms.errors import CampaignTakenOver, LedgerError
from bulksms.ledger.posts.group_commit import (
    FrameCommit,
    GroupCommit,
    PendingWrite,
)
from bulksms.ledger.storage import Storage, StorageError, StorageUnavailableError
from bulksms.ledger.witness.witness_file import Intent
from bulksms.ledger.witness.witness_pair import WitnessPair

__all__ = ["ServerCommit", "choose_commit"]

ANSWER_SECONDS = 600  # for which an answer is tried to be recorded
TELL_SECONDS = 2  # after which it is told that an answer waits
CLAIM_SECONDS = 60  # a claim that waits may as well be made later
RETRY_SECONDS = 0.5


def choose_commit(storage: Storage, witnesses: WitnessPair) -> FrameCommit:
    """Choose how claims and answers are written, to a file or to a server."""
    return (ServerCommit if storage.is_shared else GroupCommit)(storage, witnesses)


class ServerCommit(FrameCommit):
    """The writes of several threads of one process to a ledger on a server."""

    def __init__(self, storage: Storage, witnesses: WitnessPair) -> None:
        super().__init__(storage, witnesses)
        self._unrecorded: dict[PendingWrite, threading.Event] = {}  # answers on their way
        self._posts = _WitnessQueue(witnesses)
        self._is_told = False

    def _write(self, pending: PendingWrite) -> Intent | None:
        if not pending.records_answer:
            return self._claim(pending)
        self._unrecorded[pending] = threading.Event()
        try:
            self._record(pending)
            self._is_told = False
        except LedgerError as error:
            self._lost_answer = self._lost_answer or error
            raise
        finally:
            self._unrecorded.pop(pending).set()
        return None

    def _record(self, pending: PendingWrite) -> None:
        if not self._is_done_together(pending):
            self._repeat(pending, StorageError, ANSWER_SECONDS)

    def _claim(self, pending: PendingWrite) -> Intent | None:
        if self._is_done_together(pending):
            return pending.intent
        # No claim may follow an answer that is refused, or that a server is too slow to take.
        for recorded in list(self._unrecorded.values()):
            recorded.wait()
        self._storage.refuse_after_failure()
        self.refuse_after_lost_answer()
        intent = self._repeat(pending, StorageUnavailableError, CLAIM_SECONDS)
        if intent is not None:
            self._posts.append([intent])
        return intent

    def _is_done_together(self, pending: PendingWrite) -> bool:
        """Do a write in company; false when it is to be done, or done again, by this thread."""
        if pending.shortcut is None:
            return False
        self._await(pending)
        return pending.changed is not None

    def _commit(self, group: list[PendingWrite], leader: PendingWrite) -> None:
        """Do these writes in one trip, as far as that can be done."""
        answers = [pending for pending in group if pending.records_answer]
        claims = [pending for pending in group if not pending.records_answer]
        try:
            self._make([*answers, *claims] if self._may_claim() else answers)
        except StorageError:
            for pending in group:
                pending.is_unknown = True
        except BaseException as error:  # noqa: BLE001 - raised again by each that waits
            for pending in group:
                pending.error = error
        for answer in answers:
            answer.is_late = answer.changed is None
        claims = [claim for claim in claims if claim.changed is not None]
        if any(answer.is_late for answer in answers):
            for claim in claims:  # to be obeyed only when it is known why
                claim.is_unknown, claim.changed = True, None
        else:
            self._hand_over(leader)
            self._tell_witnesses(claims)

    def _may_claim(self) -> bool:
        """Whether no answer is lost, and none is late."""
        with suppress(LedgerError):
            self._storage.refuse_after_failure()
            self.refuse_after_lost_answer()
            return not any(answer.is_late for answer in list(self._unrecorded))
        return False

    def _make(self, writes: Sequence[PendingWrite]) -> None:
        """Make the changes of these writes, the answers first."""
        group = [(write, write.shortcut) for write in writes if write.shortcut]
        # In one order, so that no two programs wait for each other.
        group.sort(key=lambda pair: (not pair[0].records_answer, pair[1].change.key))
        if not group:
            return
        with self._storage.changing_at_once() as connection:
            sent = [shortcut.change.send(connection) for _, shortcut in group]
        changed = [read() for read in sent]
        for (pending, shortcut), frame in zip(group, changed, strict=True):
            pending.changed = frame
            pending.intent = None if frame is None else shortcut.intent_of(frame)

    def _tell_witnesses(self, claims: Sequence[PendingWrite]) -> None:
        """Append the posts that follow these claims, while the next trip is under way."""
        try:
            self._posts.append([claim.intent for claim in claims if claim.intent])
        except BaseException as error:  # noqa: BLE001 - raised again by each that waits
            for claim in claims:
                claim.error = error

    def _repeat(
        self, pending: PendingWrite, passing: type[StorageError], seconds: float
    ) -> Intent | None:
        """Try a write until it is refused, known to be done, or the time is over."""
        began_at, is_retry = time.monotonic(), pending.is_unknown
        while True:
            if is_retry:
                time.sleep(RETRY_SECONDS)
            try:
                # Alone it begins only when no earlier try is under way any more.
                with self._storage.changing_frames(alone=is_retry) as connection:
                    try:
                        return pending.write(connection, is_retry=is_retry)
                    except CampaignTakenOver as error:  # its change is kept
                        taken_over = error
                raise taken_over
            except passing as error:
                waited = time.monotonic() - began_at
                if waited > seconds:
                    raise
                if pending.records_answer and waited > TELL_SECONDS:
                    self._tell(error)
            is_retry = True

    def _tell(self, error: StorageError) -> None:
        with self._guard:
            is_told, self._is_told = self._is_told, True
        if not is_told:
            self.on_delay(error)


class _WitnessQueue:
    """Posts of several threads on their way to this machine's witnesses, many at a time."""

    def __init__(self, witnesses: WitnessPair) -> None:
        self._witnesses = witnesses
        self._guard, self._turn = threading.Lock(), threading.Lock()
        self._waiting: list[Intent] = []
        self._failed: dict[int, LedgerError] = {}

    def append(self, intents: Sequence[Intent]) -> None:
        """Append posts; they are durable when this returns.

        Raises:
            LedgerError: they could not be written.
        """
        with self._guard:
            self._waiting += intents
        with self._turn:
            with self._guard:
                group, self._waiting = self._waiting, []
            try:
                self._witnesses.append(group)
            except LedgerError as error:
                self._failed |= {id(each): error for each in group}
            failures = [self._failed.pop(id(each), None) for each in intents]
        for failure in filter(None, failures):
            raise failure
