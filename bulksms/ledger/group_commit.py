"""Writes that threads ask for at the same time, made as one.

Whoever comes first leads: one transaction for all that wait by then, and one line each in the
witnesses, with one wait for the disk. Whoever came meanwhile leads next. Only a patient write
waits for company, and not for long: no frame waits for it, and the claim of the next one, which
is on its way, takes it along. Processes are kept apart by the database and by the witnesses'
lock, as ever.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger.storage import Storage, StorageError
from bulksms.ledger.witness_file import Intent
from bulksms.ledger.witness_pair import Witnesses

__all__ = ["Act", "Together"]

Act = Callable[[sa.Connection], Intent | None]
"""One write: gives the post that is about to happen by it, if one is.

It refuses with a LedgerError before it has changed anything.
"""


@dataclass(slots=True, kw_only=True, eq=False)
class _Wish:
    """A write somebody waits for, and what came of it."""

    act: Act
    patient: bool
    answers: bool  # says what became of a post
    turn: threading.Lock  # held until it is done, or its owner is to lead
    leads: bool = False
    done: bool = False
    intent: Intent | None = None
    refusal: BaseException | None = None


PATIENCE = 0.003  # seconds; a frame is claimed within one of its wire being free


class Together:
    """The line of all writes of one ledger that may share a transaction."""

    def __init__(self, storage: Storage, witnesses: Witnesses) -> None:
        self._storage, self._witnesses = storage, witnesses
        self._waiting: deque[_Wish] = deque()
        self._guard = threading.Lock()
        self._led = False
        self._refused: LedgerError | None = None

    def write(self, act: Act, *, patient: bool = False, answers: bool = False) -> Intent | None:
        """Do one write, on the disk and with the witnesses when this returns.

        Raises:
            LedgerError: this write refused, or nothing could be written.
        """
        wish = _Wish(act=act, patient=patient, answers=answers, turn=threading.Lock())
        wish.turn.acquire()
        try:
            self._stand(wish)
        except BaseException:  # Ctrl-C, say
            self._step_out(wish)
            raise
        if not wish.done:
            self._lead()
        if wish.refusal is not None:
            raise wish.refusal
        return wish.intent

    def refuse_after_refusal(self) -> None:
        """Refuse, in an act, what must not follow an answer that could not be written down.

        Raises:
            LedgerError: why it could not.
        """
        if self._refused is not None:
            raise self._refused

    def _stand(self, wish: _Wish) -> None:
        """Stand in the line until the write is done or to be led."""
        with self._guard:
            self._waiting.append(wish)
            if not wish.patient:
                self._may_lead(wish)
        if wish.patient and not wish.turn.acquire(timeout=PATIENCE):
            with self._guard:
                wish.patient = False
                self._may_lead(wish)
        elif wish.patient:
            return
        if not wish.leads:
            wish.turn.acquire()

    def _may_lead(self, wish: _Wish) -> None:
        """Let a wish lead if nobody does; not one that was taken along meanwhile."""
        if wish in self._waiting:
            wish.leads, self._led = not self._led, True

    def _step_out(self, wish: _Wish) -> None:
        """Leave the line so that nobody behind waits for us; what is being done is done."""
        with self._guard:
            if wish in self._waiting:
                self._waiting.remove(wish)
                if wish.leads:
                    self._hand_over()

    def _hand_over(self) -> None:
        """Let the first who waits lead the next group, of which it is a part; no patient one."""
        following = next((wish for wish in self._waiting if not wish.patient), None)
        self._led = following is not None
        if following is not None:
            following.leads = True
            following.turn.release()

    def _lead(self) -> None:
        """Do all writes that wait, and hand the lead to the first who came since."""
        group: list[_Wish] = []
        try:
            with self._guard:
                group += self._waiting
                self._waiting.clear()
            self._do(group)
        finally:
            with self._guard:
                self._hand_over()
            for wish in group:
                wish.done = True
                wish.turn.release()

    def _do(self, group: list[_Wish]) -> None:
        """Do these writes; what fails for one of them as a whole fails for all."""
        try:
            with self._storage.writing() as connection:
                # Answers first: a claim must not follow one that is refused.
                for wish in sorted(group, key=lambda one: not one.answers):
                    self._grant(wish, connection)
            # After the ledger: then a post that only they know of means that it was restored.
            self._witnesses.tell([wish.intent for wish in group if wish.intent is not None])
        except BaseException as error:  # noqa: BLE001 - raised again by each who waits
            for wish in group:
                wish.intent, wish.refusal = None, error

    def _grant(self, wish: _Wish, connection: sa.Connection) -> None:
        """Do one write; its own refusal changed nothing, and others are done all the same."""
        try:
            wish.intent = wish.act(connection)
        except StorageError:
            raise
        except LedgerError as refusal:
            wish.refusal = refusal
            if wish.answers:
                self._refused = self._refused or refusal
