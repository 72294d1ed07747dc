"""What follows from receipts that came in: doubt ends, and a failing campaign pauses.

It may be called as often as one likes, and in any process: what was done is not done again.
"""

from bulksms.clock import Clock
from bulksms.ledger import Ledger, open_ledger
from bulksms.settings import Settings
from bulksms.use_cases.receipts.pause_undelivered import pause_undelivered
from bulksms.use_cases.receipts.settle_by_receipts import settle_by_receipts

__all__ = ["act_on_receipts", "act_on_stored_receipts"]


def act_on_receipts(ledger: Ledger, clock: Clock) -> list[str]:
    """Settle and pause what the receipts of a ledger say, and return a sentence for each.

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
