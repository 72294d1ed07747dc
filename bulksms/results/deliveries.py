"""The delivery of each accepted text to the phone, from the receipts.

Receipts are joined by ticket and number, so that one about someone else, or with a ticket that
no frame has, changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import pandas as pd

from bulksms.ledger import FrameRecord, MessageGroup
from bulksms.octopush.delivery_states import (
    DeliveryState,
    DeliveryStatus,
    all_statuses,
    status_of,
)
from bulksms.results.campaign_report import is_many_failed
from bulksms.results.contact_outcomes import ContactOutcomes

__all__ = [
    "DeliveryGroup",
    "count_deliveries",
    "count_messages",
    "explain_failures",
    "is_final_failure",
    "overdue_by",
    "with_deliveries",
]

NO_RECEIPT_AFTER = timedelta(hours=72)
WAITING = "No receipt yet."
NO_RECEIPT = (
    "No final receipt after 72 hours. Perhaps charged. Nothing: the person may have the text."
)


class DeliveryGroup(StrEnum):
    """The classes of accepted texts; they add up to all of them."""

    DELIVERED = "delivered"
    NOT_DELIVERED = "not_delivered"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    NO_RECEIPT = "no_receipt"


_GROUPS: Mapping[DeliveryState, DeliveryGroup] = {
    DeliveryState.DELIVERED: DeliveryGroup.DELIVERED,
    DeliveryState.EXPIRED: DeliveryGroup.NOT_DELIVERED,
    DeliveryState.UNDELIVERABLE: DeliveryGroup.NOT_DELIVERED,
    DeliveryState.REJECTED: DeliveryGroup.NOT_DELIVERED,
    DeliveryState.UNKNOWN: DeliveryGroup.UNKNOWN,
    DeliveryState.ENROUTE: DeliveryGroup.WAITING,
}


def with_deliveries(
    outcomes: ContactOutcomes,
    receipts: Sequence[tuple[str, int, str]],
    frames: Sequence[FrameRecord],
    send_at: datetime | None,
    now: datetime,
) -> ContactOutcomes:
    """Fill in `delivery`, `delivery_group` and `dead` of every row that was sent.

    `receipts` are tickets, numbers and statuses in any order, repeated or not; those of other
    rows do not matter. Call it only if receipts are received.
    """
    rows = outcomes.rows
    codes = _strongest(rows, receipts).where(rows["class"] == "sent", "")
    late = rows["frame"].isin(_overdue_frames(frames, send_at, now))
    statuses = {code: status_of(code) for code in codes.unique() if code}
    groups = codes.map({code: _GROUPS[each.state].value for code, each in statuses.items()})
    sentences = codes.map({code: each.sentence for code, each in statuses.items()})
    dead = [code for code, each in statuses.items() if each.dead]
    silent = (rows["class"] == "sent") & groups.isna()
    on_its_way = groups == DeliveryGroup.WAITING.value
    for mask, group, sentence in (
        ((silent | on_its_way) & late, DeliveryGroup.NO_RECEIPT, NO_RECEIPT),
        (silent & ~late, DeliveryGroup.WAITING, WAITING),
    ):
        groups = groups.mask(mask, group.value)
        sentences = sentences.mask(mask, sentence)
    rejected = codes.isin(dead)
    return ContactOutcomes(
        header=outcomes.header,
        rows=rows.assign(
            delivery=sentences.fillna("").astype("str"),
            delivery_group=groups.fillna("").astype("str"),
            dead=rows["dead"] | rejected,
            reason=rows["reason"].mask(rejected, sentences),
        ),
    )


def count_deliveries(parts: Iterable[ContactOutcomes]) -> dict[str, int] | None:
    """Count the accepted texts by group; `None` when there is no receipt at all."""
    counts: Counter[str] = Counter()
    for outcomes in parts:
        groups = outcomes.rows.get("delivery_group", pd.Series(dtype="str"))
        rows_by_group = groups[groups != ""].value_counts()
        counts.update({str(group): int(rows) for group, rows in rows_by_group.items()})
    return {group.value: counts[group.value] for group in DeliveryGroup} if counts else None


def count_messages(messages: Iterable[MessageGroup], texted: int, overdue: int) -> dict[str, int]:
    """Count the accepted texts of a campaign by group, from its receipts alone.

    Of the people `texted`, those whose final receipts should have come by now are `overdue`. The
    figures are those of `count_deliveries`, without reading the rows of the source or the frames.
    """
    statuses = all_statuses()
    silent = {True: overdue, False: texted - overdue}
    counts = Counter[DeliveryGroup]()
    for each in messages:
        group = _GROUPS[statuses[each.rank].state]
        is_late = each.is_overdue and group is DeliveryGroup.WAITING
        counts[DeliveryGroup.NO_RECEIPT if is_late else group] += each.messages
        silent[each.is_overdue] -= each.messages
    counts[DeliveryGroup.NO_RECEIPT] += silent[True]
    counts[DeliveryGroup.WAITING] += silent[False]
    return {group.value: counts[group] for group in DeliveryGroup}


def overdue_by(send_at: datetime | None, now: datetime) -> datetime | None:
    """Return when frames were answered whose final receipts should all be there; `None`: never."""
    latest = now - NO_RECEIPT_AFTER
    return latest if send_at is None or send_at <= latest else None


def explain_failures(groups: Mapping[str, int]) -> str | None:
    """Report that many texts with a final receipt did not arrive; `None` when they are few."""
    failed = groups[DeliveryGroup.NOT_DELIVERED]
    final = failed + groups[DeliveryGroup.DELIVERED]
    if not is_many_failed(failed, final):
        return None
    return (
        f"{failed:,} of {final:,} texts with a final receipt were not delivered: find out why "
        "before you text these people again."
    )


def is_final_failure(status: DeliveryStatus) -> bool:
    """Whether a status says that the text did not arrive and will not."""
    return _GROUPS[status.state] is DeliveryGroup.NOT_DELIVERED


def _strongest(rows: pd.DataFrame, receipts: Sequence[tuple[str, int, str]]) -> "pd.Series[str]":
    """Return for each row the code of the receipt that counts; empty without one."""
    ranks = {status.code: status.rank for status in all_statuses()}
    codes = [status.code for status in all_statuses()]
    table = pd.DataFrame(receipts, columns=["ticket", "number", "status"])
    table["number"] = "+" + table["number"].astype("str")
    table["rank"] = table["status"].map(ranks).fillna(ranks["UNKNOWN_DELIVERY"])
    strongest = table.groupby(["ticket", "number"])["rank"].max()
    keys = pd.MultiIndex.from_frame(rows[["ticket", "number"]])
    ranked = strongest.reindex(keys).set_axis(rows.index)
    return ranked.map(dict(enumerate(codes))).fillna("").astype("str")


def _overdue_frames(
    frames: Sequence[FrameRecord], send_at: datetime | None, now: datetime
) -> list[int]:
    """List the frames whose final receipts should have come by now."""
    latest = overdue_by(send_at, now)
    if latest is None:
        return []
    return [f.number for f in frames if f.finished_at is not None and f.finished_at <= latest]
