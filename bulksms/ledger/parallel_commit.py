"""Claims and answers on a server: each in a transaction of its own, repeated until it is known.

Where a connection is lost, whether the last write was committed is unknown. The next try waits
for all earlier transactions to end, looks whether that one was, and writes only if not: an
answer is not lost, and no frame is posted on a claim that may not exist.
"""

import threading
import time

from bulksms.errors import LedgerError
from bulksms.ledger.group_commit import FrameCommit, GroupCommit, Write
from bulksms.ledger.storage import Storage, StorageError, StorageUnavailableError
from bulksms.ledger.witness.witness_file import Intent
from bulksms.ledger.witness.witness_pair import WitnessPair

__all__ = ["ParallelCommit", "choose_commit"]

ANSWER_SECONDS = 600  # for which an answer is tried to be recorded
CLAIM_SECONDS = 60  # a claim that waits may as well be made later
RETRY_SECONDS = 0.5


def choose_commit(storage: Storage, witnesses: WitnessPair) -> FrameCommit:
    """Choose how claims and answers are written: together to a file, side by side to a server."""
    if storage.is_shared:
        return ParallelCommit(storage, witnesses)
    return GroupCommit(storage, witnesses)


class ParallelCommit:
    """The writes of several threads of one process to a ledger on a server."""

    def __init__(self, storage: Storage, witnesses: WitnessPair) -> None:
        self._storage = storage
        self._posts = _WitnessQueue(witnesses)
        self._unrecorded: list[threading.Event] = []  # one for each answer on its way
        self._lost_answer: LedgerError | None = None

    def write(
        self,
        write: Write,
        *,
        may_delay: bool = False,  # noqa: ARG002 - company saves nothing here
        records_answer: bool = False,
    ) -> Intent | None:
        """Do one write; it is on the server and with the witnesses when this returns.

        Raises:
            LedgerError: this write was refused, or whether it was done could not be learnt.
        """
        return self._record(write) if records_answer else self._claim(write)

    def refuse_after_lost_answer(self) -> None:
        """Refuse a claim after an answer that could not be recorded.

        Raises:
            LedgerError: why it could not.
        """
        if self._lost_answer is not None:
            raise self._lost_answer

    def _record(self, write: Write) -> Intent | None:
        recorded = threading.Event()
        self._unrecorded.append(recorded)
        try:
            return self._repeat(write, StorageError, ANSWER_SECONDS)
        except LedgerError as error:
            self._lost_answer = self._lost_answer or error
            raise
        finally:
            self._unrecorded.remove(recorded)
            recorded.set()

    def _claim(self, write: Write) -> Intent | None:
        # No claim may follow an answer that is refused, or that a server is too slow to take.
        for answer in list(self._unrecorded):
            answer.wait()
        self._storage.refuse_after_failure()
        intent = self._repeat(write, StorageUnavailableError, CLAIM_SECONDS)
        if intent is not None:
            self._posts.append(intent)
        return intent

    def _repeat(self, write: Write, passing: type[StorageError], seconds: float) -> Intent | None:
        """Try a write until it is refused, known to be done, or the time is over."""
        deadline = time.monotonic() + seconds
        is_retry = False
        while True:
            try:
                # Alone it begins only when no earlier try is under way any more.
                with self._storage.changing_frames(alone=is_retry) as connection:
                    return write(connection, is_retry=is_retry)
            except passing:
                if time.monotonic() > deadline:
                    raise
            is_retry = True
            time.sleep(RETRY_SECONDS)


class _WitnessQueue:
    """Posts of several threads on their way to this machine's witnesses, many at a time."""

    def __init__(self, witnesses: WitnessPair) -> None:
        self._witnesses = witnesses
        self._guard, self._turn = threading.Lock(), threading.Lock()
        self._waiting: list[Intent] = []
        self._failed: dict[int, LedgerError] = {}

    def append(self, intent: Intent) -> None:
        """Append a post; it is durable when this returns.

        Raises:
            LedgerError: it could not be written.
        """
        with self._guard:
            self._waiting.append(intent)
        with self._turn:
            with self._guard:
                group, self._waiting = self._waiting, []
            try:
                self._witnesses.append(group)
            except LedgerError as error:
                self._failed |= {id(each): error for each in group}
            failure = self._failed.pop(id(intent), None)
        if failure is not None:
            raise failure
