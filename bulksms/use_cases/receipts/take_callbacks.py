"""Stores the API's reports about messages: receipts as facts, STOPs as opt-outs.

A callback never causes a text, never removes an opt-out, and never says that a text was not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bulksms.contacts.opt_outs.messages import says_stop
from bulksms.ledger import Ledger, ReceiptRecord
from bulksms.octopush.callbacks import Callback, CallbackKind
from bulksms.use_cases.receipts.reported_stops import ReportedStop, obey_stops

__all__ = ["TakenCallbacks", "take_callbacks"]


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
