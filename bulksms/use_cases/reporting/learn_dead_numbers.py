"""Finds numbers out of use: the rule, its sentence, and the numbers."""

from typing import TYPE_CHECKING

from bulksms.ledger import Ledger
from bulksms.octopush.delivery_states import DeliveryState, all_statuses

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["DEAD", "learn_dead_numbers"]

DEAD = (
    "The texts of the last three campaigns all failed at this number; --include-dead-numbers "
    "texts it anyway."
)


def learn_dead_numbers(ledger: Ledger, *, rehearsal: bool) -> "PhoneNumbers":
    """List the numbers that failed for good in three campaigns in a row, sorted.

    A failure for which the text, its sender or the moment may be the cause does not count, and a
    text that arrives makes its number good again.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    statuses = all_statuses()
    return ledger.dead_numbers.learn(
        [status.code for status in statuses if status.for_good],
        [status.code for status in statuses if status.state is DeliveryState.DELIVERED],
        rehearsal=rehearsal,
    )
