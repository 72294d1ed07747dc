"""Stores callbacks in the ledger at once, and acts on them afterwards."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from bulksms.clock import Clock
from bulksms.errors import LedgerError
from bulksms.ledger import Ledger
from bulksms.octopush.callbacks import Callback
from bulksms.use_cases.receipts.act_on_receipts import act_on_receipts
from bulksms.use_cases.receipts.reported_stops import StopReview
from bulksms.use_cases.receipts.take_callbacks import take_callbacks

__all__ = ["CallbackIntake"]

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
