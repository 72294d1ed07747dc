"""Pauses or stops a campaign from any process, and checks for such an order before sending.

The order is in the ledger: each claim reads it, so that no frame leaves once it is recorded.
"""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bulksms.clock import Clock
from bulksms.errors import LedgerBusy, RuleError, UsageError
from bulksms.ledger import AuditAction, CampaignRecord, Ledger, OrderKind, OrderRecord, open_ledger
from bulksms.results import Report, quoted
from bulksms.sender.queue_parts import cause_of
from bulksms.settings import Settings
from bulksms.use_cases.reporting.reports import current_report
from bulksms.use_cases.reporting.seed_campaigns import read_seed_campaigns

__all__ = [
    "OrderResult",
    "close_stopped",
    "find_running",
    "find_stop",
    "give_order",
    "obey_orders",
    "obey_unless_sending",
    "record_order",
]

POLL_SECONDS = 0.2
# For the sender to write its results and end, once nothing is in flight.
EXIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderResult:
    """The result of an order.

    Attributes:
        was_finished: nothing was left to send when the order was given, so none was recorded.
        was_running: a process was sending the campaign.
        has_crashed: the last process that sent the campaign did not record its end.
        in_flight: frames that are still being posted, after the wait for their answers ended.
    """

    report: Report
    was_finished: bool
    was_running: bool
    has_crashed: bool
    in_flight: tuple[int, ...]


def give_order(
    name: str | None, order: OrderRecord, wait_seconds: float, settings: Settings, clock: Clock
) -> OrderResult:
    """Record an order, and wait until nothing is in flight; no name means the running campaign.

    Raises:
        CampaignNotFound: there is no campaign of that name.
        UsageError: no name is given, and not exactly one campaign is being sent.
        RuleError: a stopped campaign cannot be paused.
        LedgerError: the order could not be recorded.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        record = ledger.campaigns.get(name) if name else _running_campaign(ledger)
        was_running = ledger.locks.is_held(record.name)
        if not ledger.frames.any_left(record.id):
            return _result(ledger, record, was_finished=True, was_running=was_running)
        current = record_order(ledger, record, order)
        if current is not None and current.kind is not order.kind:
            raise RuleError(
                f"The campaign {record.name} was {current.describe()}, which is final.",
                code="campaign_stopped",
            )
        _wait_for_sender(ledger, record, wait_seconds, clock)
        has_crashed = obey_unless_sending(ledger, record, clock)
        return _result(ledger, record, was_running=was_running, has_crashed=has_crashed)


def record_order(ledger: Ledger, record: CampaignRecord, order: OrderRecord) -> OrderRecord | None:
    """Record an order for a campaign and its seeds; returns the one that is in force then."""
    current = ledger.orders.give(record.id, order)
    action = AuditAction.STOP if order.kind is OrderKind.STOP else AuditAction.PAUSE
    ledger.audit.record(action, person=order.who, campaign=record.name, digest=record.digest)
    for each in read_seed_campaigns(ledger, record):
        ledger.orders.give(each.id, order)
    return current


def obey_orders(ledger: Ledger, record: CampaignRecord, resume: OrderRecord | None) -> None:
    """Refuse to send a campaign against an order; `resume` lifts an earlier pause.

    The caller holds the lock of the campaign.

    Raises:
        RuleError: it is paused and not resumed, or stopped.
    """
    stop = find_stop(ledger, record)
    if stop is not None:
        close_stopped(ledger, record)
        raise RuleError(
            f"The campaign {record.name} was {stop.describe()}, which is final. To text the "
            "people it did not reach, send the file again with --after-stop.",
            code="campaign_stopped",
        )
    current = ledger.orders.in_force(record.id)
    if current is not None and resume is not None:
        current = ledger.orders.give(record.id, resume)
    if current is None or not ledger.frames.any_left(record.id):
        return
    raise RuleError(
        f"The campaign {record.name} was {current.describe()}: "
        f"`bulksms resume {quoted(record.name)}` continues it.",
        code="campaign_has_order",
    )


def find_stop(ledger: Ledger, record: CampaignRecord) -> OrderRecord | None:
    """Return the order that stopped a campaign; None if it was done before the order."""
    order = ledger.orders.in_force(record.id)
    is_stopped = order is not None and order.kind is OrderKind.STOP
    return order if is_stopped and ledger.campaigns.get(record.name).state != "done" else None


def close_stopped(ledger: Ledger, record: CampaignRecord) -> None:
    """Drop what a stopped campaign has left, so that its people may be in another one.

    The caller holds the lock of the campaign.
    """
    order = find_stop(ledger, record)
    if order is not None:
        message = f"dropped: the campaign was {order.describe()}"
        ledger.settlements.drop_planned(record.id, order.at, message)


def find_running(ledger: Ledger, campaigns: Iterable[CampaignRecord]) -> Iterator[CampaignRecord]:
    """Yield the campaigns that a process is sending, or that workers are asked to send."""
    shared = {run.campaign_id for run in ledger.shared_runs.all_open()}
    return (each for each in campaigns if each.id in shared or ledger.locks.is_held(each.name))


def _running_campaign(ledger: Ledger) -> CampaignRecord:
    campaigns = (each for each in ledger.campaigns.all() if "seeds_of" not in each.parameters)
    running = list(find_running(ledger, campaigns))
    if not running:
        raise UsageError(
            "No campaign is being sent now: give the name of one.", code="campaign_choice"
        )
    if len(running) > 1:
        names = ", ".join(each.name for each in running)
        raise UsageError(
            f"Several campaigns are being sent ({names}): give the name of one.",
            code="campaign_choice",
        )
    return running[0]


def _wait_for_sender(
    ledger: Ledger, record: CampaignRecord, wait_seconds: float, clock: Clock
) -> None:
    """Wait until the sender has ended, at most as long as allowed; its exit is not waited for."""
    wake, start = threading.Event(), clock.monotonic()
    last_in_flight = start
    while ledger.locks.is_held(record.name):
        now = clock.monotonic()
        if ledger.frames.in_flight(record.id):
            last_in_flight = now
        if now - start >= wait_seconds or now - last_in_flight >= EXIT_SECONDS:
            return
        clock.wait(POLL_SECONDS, wake)


def obey_unless_sending(ledger: Ledger, record: CampaignRecord, clock: Clock) -> bool:
    """Record the effect of the order on a campaign that no process sends; true after a crash."""
    try:
        with ledger.locks.campaign(record.name):
            order = ledger.orders.in_force(record.id)
            has_crashed = ledger.campaigns.get(record.name).state == "sending"
            ledger.claims.doubt_in_flight(record.id, clock.now())
            if order is None or not ledger.frames.any_left(record.id):
                return has_crashed
            ledger.shared_runs.close(record.id)  # no worker has begun, or all of them ended
            close_stopped(ledger, record)
            state = "paused" if order.kind is OrderKind.PAUSE else "stopped"
            ledger.campaigns.set_state(record.id, state, order.sentence(), cause_of(order))
            return has_crashed
    except LedgerBusy:  # it is still being sent, or being ended
        return False


def _result(
    ledger: Ledger,
    record: CampaignRecord,
    *,
    was_finished: bool = False,
    was_running: bool = False,
    has_crashed: bool = False,
) -> OrderResult:
    return OrderResult(
        report=current_report(ledger, ledger.campaigns.get(record.name)),
        was_finished=was_finished,
        was_running=was_running,
        has_crashed=has_crashed,
        in_flight=tuple(ledger.frames.in_flight(record.id)),
    )
