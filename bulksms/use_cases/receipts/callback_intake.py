"""Stores callbacks in the ledger at once, and acts on the receipts in it afterwards.

A callback never causes a text, never removes an opt-out, and never says that a text was not sent.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bulksms.clock import Clock
from bulksms.contacts.opt_outs.messages import says_stop
from bulksms.errors import LedgerError
from bulksms.ledger import Ledger, ReceiptRecord, open_ledger
from bulksms.octopush.callbacks import Callback, CallbackKind
from bulksms.settings import Settings
from bulksms.use_cases.receipts.pause_undelivered import pause_undelivered
from bulksms.use_cases.receipts.reported_stops import ReportedStop, StopReview, obey_stops
from bulksms.use_cases.receipts.settle_by_receipts import settle_by_receipts

__all__ = [
    "CallbackIntake",
    "TakenCallbacks",
    "act_on_receipts",
    "act_on_stored_receipts",
    "take_callbacks",
]

SPACE_KEPT = 100 * 2**20  # bytes on the disk that receipts leave to the campaigns
QUOTA_AFTER = 50_000  # new receipts


class CallbackIntake:
    """The callbacks of one receiver; `take` and `act` may be called from different threads."""

    def __init__(
        self, ledger: Ledger, folder: Path, clock: Clock, space_kept: int = SPACE_KEPT
    ) -> None:
        self._ledger, self._folder, self._clock = ledger, folder, clock
        self._space_kept = space_kept
        self._review = StopReview()
        self._uncounted = QUOTA_AFTER  # an earlier receiver may have left too many

    def take(self, callbacks: Sequence[Callback]) -> None:
        """Keep callbacks; they are on the disk when this returns.

        Raises:
            LedgerError: they could not be written down, and must not be acknowledged.
        """
        if shutil.disk_usage(self._folder).free < self._space_kept:
            raise LedgerError(
                f"Less than {self._space_kept / 2**20:,.0f} MB are free in {self._folder}: no "
                "receipt is taken until there is more, so that campaigns can continue."
            )
        self._uncounted += take_callbacks(self._ledger, callbacks, self._clock.now()).receipts

    def act(self) -> list[str]:
        """Act on all stored callbacks, and return sentences for an operator.

        Raises:
            LedgerError: the ledger cannot be used; it can be tried again.
        """
        sentences = self._review.review(self._ledger, self._clock.now())
        sentences += act_on_receipts(self._ledger, self._clock)
        if self._uncounted >= QUOTA_AFTER:
            self._uncounted = 0
            deleted = self._ledger.receipt_quota.enforce()
            if deleted:
                sentences.append(
                    f"{deleted:,} old receipts of texts that are in no campaign were deleted."
                )
        return sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenCallbacks:
    """How many new receipts and new opt-outs callbacks brought."""

    receipts: int
    opt_outs: int


def take_callbacks(ledger: Ledger, callbacks: Sequence[Callback], now: datetime) -> TakenCallbacks:
    """Keep callbacks; they are on the disk when this returns, and repeated ones change nothing.

    A reply that says stop counts as a STOP. It is obeyed whether its number was texted or not: when
    in doubt, do not text.

    Raises:
        LedgerError: they could not be written down.
    """
    receipts = [
        ReceiptRecord(
            ticket=each.ticket,
            phone_number=each.phone_number,
            status=each.status,
            date=each.date,
        )
        for each in callbacks
        if each.kind is CallbackKind.DELIVERY
    ]
    stops = [
        ReportedStop(phone_number=each.phone_number, ticket=each.ticket)
        for each in callbacks
        if _is_stop(each)
    ]
    return TakenCallbacks(
        receipts=ledger.receipts.add(receipts, now) if receipts else 0,
        opt_outs=obey_stops(ledger, stops, now) if stops else 0,
    )


def _is_stop(callback: Callback) -> bool:
    if callback.kind is CallbackKind.STOP:
        return True
    return callback.kind is CallbackKind.REPLY and says_stop(callback.text)


def act_on_receipts(ledger: Ledger, clock: Clock) -> list[str]:
    """Settle frames and pause campaigns by the receipts of a ledger; return a sentence for each.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    settled = [each.sentence() for each in settle_by_receipts(ledger, clock.now())]
    return settled + pause_undelivered(ledger, clock)


def act_on_stored_receipts(settings: Settings, clock: Clock) -> list[str]:
    """Do the same in the ledger of the settings.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        return act_on_receipts(ledger, clock)
