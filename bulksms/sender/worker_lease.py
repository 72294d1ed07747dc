"""The lease by which a worker is alive: renewed by a thread, and lost when that comes too late."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger import LEASE, Ledger
from bulksms.sender.suspension import ClockReading, SuspensionCheck

__all__ = ["WorkerLease"]

RENEW_EVERY = LEASE.total_seconds() / 3
RETRY_EVERY = 1.0  # seconds, while the ledger does not answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Renewal:
    """The database's time at a renewal, and the clocks of this machine just before it."""

    database_time: datetime
    asked_at: ClockReading


class WorkerLease:
    """One worker in the ledger; a worker that lost its lease needs a new one.

    `on_failure` is told why the lease cannot be renewed, once until it can again.
    """

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        machine: str,
        process: int,
        on_failure: Callable[[LedgerError], None] = lambda _error: None,
    ) -> None:
        self._ledger, self._clock = ledger, clock
        self._on_failure, self._is_failing = on_failure, False
        self._suspension = SuspensionCheck(clock)
        self.lost, self._ended = threading.Event(), threading.Event()
        asked_at = self._suspension.moment()
        record = ledger.holders.register(machine, process)
        self.id = record.id
        self._renewal = _Renewal(database_time=record.started_at, asked_at=asked_at)

    def is_fresh(self) -> bool:
        """Whether half of the lease is left for certain, so that a frame may be claimed."""
        age = self._suspension.since(self._renewal.asked_at)
        return not self.lost.is_set() and age < LEASE.total_seconds() / 2

    def database_seconds(self) -> float:
        """The database's time now in seconds, as far as it is known since the last renewal."""
        renewal = self._renewal
        passed = self._clock.monotonic() - renewal.asked_at.monotonic
        return renewal.database_time.timestamp() + passed

    def renew(self) -> bool:
        """Renew the lease; false when it is lost, or when the ledger does not answer."""
        asked_at = self._suspension.moment()
        try:
            lease_until = self._ledger.holders.renew(self.id)
        except LedgerError as error:
            if not self._is_failing:
                self._on_failure(error)
            self._is_failing = True
            if self._suspension.since(self._renewal.asked_at) > LEASE.total_seconds():
                self.lost.set()
            return False
        self._is_failing = False
        if lease_until is None:
            self.lost.set()
            return False
        self._renewal = _Renewal(database_time=lease_until - LEASE, asked_at=asked_at)
        return True

    def give_up(self) -> None:
        """End this worker: what it may still have in flight is in doubt."""
        self.lost.set()
        with suppress(LedgerError):  # then the lease ends by itself
            self._ledger.holders.end(self.id)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Renew the lease by a thread until the block is left, and end it then."""
        thread = threading.Thread(target=self._keep, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()
            if not self.lost.is_set():
                self.give_up()

    def _keep(self) -> None:
        delay = RENEW_EVERY
        try:
            while not self._clock.wait(delay, self._ended) and not self.lost.is_set():
                delay = RENEW_EVERY if self.renew() else RETRY_EVERY
        except BaseException:
            self.lost.set()  # else the worker would wait for a renewal that never comes
            raise
