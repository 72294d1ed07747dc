"""Estimates from the account's balance whether frames in doubt were charged: only a hint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from bulksms.ledger import CampaignRecord, FrameRecord, FrameState, Ledger

__all__ = ["BalanceClue", "BalanceReading", "BalanceSign", "read_clue"]

CENT = Decimal("0.01")
TOLERANCE = Decimal("0.02")  # of the price; a segment more or less in some texts
TAKEN = (FrameState.ACCEPTED, FrameState.ACCEPTED_SHORT)


class BalanceSign(StrEnum):
    """Whether the balance fell by the price of what is in doubt."""

    CHARGED = "charged"
    NOT_CHARGED = "not_charged"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceReading:
    """A balance of the account in euros, and when it was asked."""

    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceClue:
    """The change of the balance around a frame in doubt.

    Attributes:
        sign: `unknown` without a balance on both sides, `unclear` when it changed otherwise.
        frames: how many frames in doubt lie between the two balances.
        change: euros that the balance fell, without the price of what was accepted; none unless
            it was charged or is unclear.
        price: euros that the frames in doubt were to cost.
    """

    sign: BalanceSign
    frames: int = 1
    change: Decimal | None = None
    price: Decimal | None = None


UNKNOWN = BalanceClue(sign=BalanceSign.UNKNOWN)


def read_clue(
    ledger: Ledger, record: CampaignRecord, doubt: FrameRecord, reading: BalanceReading | None
) -> BalanceClue:
    """Compare the balances before and after a frame in doubt.

    `reading` counts where no later frame reported a balance, if it was asked after the doubt.
    """
    if doubt.started_at is None or doubt.finished_at is None:
        return UNKNOWN
    first = _reported(ledger.account_balances.before(record, doubt.started_at))
    last = _reported(ledger.account_balances.after(record, doubt.finished_at))
    if last is None and reading is not None and reading.at > doubt.finished_at:
        last = reading
    if first is None or last is None or record.parameters.get("simulation_mode"):
        return UNKNOWN
    between = ledger.account_balances.posted_between(record, first.at, last.at)
    doubted = ledger.account_balances.doubted_between(record, first.at, last.at)
    doubts = {(each.campaign_id, each.number) for each in between if _is_doubtful(each)}
    # One that was in doubt and was sent again since was charged once or twice.
    if doubts != doubted or any(_overlaps(each, first.at, last.at) for each in between):
        return BalanceClue(sign=BalanceSign.UNCLEAR)
    return _judge(first.amount - last.amount, between)


def _reported(frame: FrameRecord | None) -> BalanceReading | None:
    """Return the balance that came with an answer."""
    if frame is None or frame.residual_credit is None or frame.finished_at is None:
        return None
    return BalanceReading(amount=frame.residual_credit, at=frame.finished_at)


def _is_doubtful(frame: FrameRecord) -> bool:
    return frame.state is FrameState.IN_DOUBT or frame.doubted


def _overlaps(frame: FrameRecord, start: datetime, end: datetime) -> bool:
    """Whether it is not known on which side of a balance a frame was charged."""
    if frame.started_at is None or frame.finished_at is None:
        return True
    return frame.started_at < start or frame.finished_at > end


def _judge(fall: Decimal, between: Sequence[FrameRecord]) -> BalanceClue:
    """Compare how far the balance fell with what the frames in doubt were to cost."""
    charged = [frame.total_cost for frame in between if frame.state in TAKEN]
    doubts = [frame for frame in between if _is_doubtful(frame)]
    planned = [frame.cost_planned for frame in doubts]
    costs, prices = [each for each in charged if each is not None], [p for p in planned if p]
    if len(costs) < len(charged) or len(prices) < len(planned):
        return BalanceClue(sign=BalanceSign.UNCLEAR, frames=len(doubts))
    change, price = fall - sum(costs, Decimal(0)), sum(prices, Decimal(0))
    if abs(change) <= CENT:
        sign = BalanceSign.NOT_CHARGED
    elif abs(change - price) <= max(CENT, price * TOLERANCE):
        sign = BalanceSign.CHARGED
    else:
        sign = BalanceSign.UNCLEAR
    return BalanceClue(sign=sign, frames=len(doubts), change=change, price=price)
