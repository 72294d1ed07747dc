"""Remembers in the ledger which files a saved campaign has accepted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bulksms.ledger import AcceptedFile, Ledger
from bulksms.sender import Observer
from bulksms.settings import Settings
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from

__all__ = ["AcceptedLists"]


@dataclass(frozen=True, slots=True)
class AcceptedLists:
    """The accepted files of one campaign; the ledger is open only while it is asked.

    What was only rehearsed or simulated is remembered apart, and may run for real.
    """

    campaign: SavedCampaign
    settings: Settings
    observer: Observer

    @property
    def series(self) -> str:
        """The name of the series."""
        return self.campaign.name

    @property
    def mode(self) -> str:
        """`real`, `rehearsal` or `simulation`."""
        if self.campaign.plan.message.simulate:
            return "simulation"
        return "rehearsal" if self.settings.rehearsal else "real"

    def get(self, digest: str) -> AcceptedFile | None:
        """Read what is recorded of a content.

        Raises:
            LedgerError: the ledger cannot be used.
        """
        with self._ledger() as ledger:
            return ledger.accepted_files.get(self.series, self.mode, digest)

    def put(self, record: AcceptedFile) -> None:
        """Write a file down, replacing what was recorded of the same content.

        Raises:
            LedgerError: the ledger cannot be used.
        """
        with self._ledger() as ledger:
            ledger.accepted_files.put(record)

    def failed(self) -> list[AcceptedFile]:
        """List the files whose run failed, the oldest first.

        Raises:
            LedgerError: the ledger cannot be used.
        """
        with self._ledger() as ledger:
            return ledger.accepted_files.failed(self.series, self.mode)

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        with ledger_to_send_from(self.settings, self.observer) as ledger:
            yield ledger
