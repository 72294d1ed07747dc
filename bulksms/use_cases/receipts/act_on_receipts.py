"""Acts on new receipts: ends doubts, and pauses failing campaigns.

It can be called any number of times, in any process: nothing is done twice.
"""

from bulksms.clock import Clock
from bulksms.ledger import Ledger, open_ledger
from bulksms.settings import Settings
from bulksms.use_cases.receipts.pause_undelivered import pause_undelivered
from bulksms.use_cases.receipts.settle_by_receipts import settle_by_receipts

__all__ = ["act_on_receipts", "act_on_stored_receipts"]


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
