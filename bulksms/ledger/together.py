"""Writes that threads ask for at the same time, made as one.

Whoever comes first leads: one transaction for all that wait by then, and one line each in the
witnesses, with one wait for the disk. Nobody waits for company: a write that finds nobody else
goes at once. Processes are kept apart by the database and by the witnesses' lock, as ever.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from bulksms.errors import LedgerError
from bulksms.ledger.storage import Storage, StorageError
from bulksms.ledger.witness import Intent
from bulksms.ledger.witnesses import Witnesses

__all__ = ["Act", "Together"]

Act = Callable[[sa.Connection], Intent | None]
"""One write: gives the post that is about to happen by it, if one is.

It refuses with a LedgerError before it has changed anything.
"""


@dataclass(slots=True, kw_only=True, eq=False)
class _Wish:
    """A write somebody waits for, and what came of it."""

    act: Act
    done: bool = False
    intent: Intent | None = None
    refusal: BaseException | None = None


class Together:
    """The line of all writes of one ledger that may share a transaction."""

    def __init__(self, storage: Storage, witnesses: Witnesses) -> None:
        self._storage, self._witnesses = storage, witnesses
        self._waiting: deque[_Wish] = deque()
        self._turn = threading.Lock()

    def write(self, act: Act) -> Intent | None:
        """Do one write, on the disk and with the witnesses when this returns.

        Raises:
            LedgerError: this write refused, or nothing could be written.
        """
        wish = _Wish(act=act)
        self._waiting.append(wish)
        with self._turn:
            # Whoever led while we stood here may have done it for us.
            if not wish.done:
                self._lead()
        if wish.refusal is not None:
            raise wish.refusal
        return wish.intent

    def _lead(self) -> None:
        """Do all writes that wait; what fails for one of them as a whole fails for all."""
        group: list[_Wish] = []
        while self._waiting:
            group.append(self._waiting.popleft())
        try:
            with self._storage.writing() as connection:
                for wish in group:
                    _grant(wish, connection)
            # After the ledger: then a post that only they know of means that it was restored.
            self._witnesses.tell([wish.intent for wish in group if wish.intent is not None])
        except BaseException as error:  # noqa: BLE001 - raised again by each who waits
            for wish in group:
                wish.intent, wish.refusal = None, error
        for wish in group:
            wish.done = True


def _grant(wish: _Wish, connection: sa.Connection) -> None:
    """Do one write; its own refusal changed nothing, and is nobody else's."""
    try:
        wish.intent = wish.act(connection)
    except StorageError:
        raise
    except LedgerError as refusal:
        wish.refusal = refusal
