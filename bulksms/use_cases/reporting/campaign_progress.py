"""Reads the progress of a campaign without reading each of its frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from bulksms.ledger import (
    UNFINISHED_STATES,
    CampaignRecord,
    CampaignTotals,
    FrameGroup,
    FrameRecord,
    FrameState,
    Ledger,
    OrderRecord,
    open_ledger,
)
from bulksms.results import Report
from bulksms.results.campaign_report import RUNNING
from bulksms.results.posting_rate import RATE_WINDOW, PostingRate, posting_rate
from bulksms.results.timeline import Timeline, timeline_of, zone_of_campaign
from bulksms.settings import Settings
from bulksms.use_cases.context import account_of
from bulksms.use_cases.reporting.balance_clue import BalanceClue, BalanceReading, read_clue
from bulksms.use_cases.reporting.read_deliveries import DeliveriesSoFar, read_deliveries
from bulksms.use_cases.reporting.reports import current_report

__all__ = ["CampaignProgress", "DoubtfulFrame", "FramePage", "read_progress"]

FRAMES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FramePage:
    """Some frames in their order; the numbers lead to the pages before and after, if any."""

    frames: tuple[FrameRecord, ...]
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class DoubtfulFrame:
    """A frame in doubt, and what the account's balance says about it."""

    frame: FrameRecord
    clue: BalanceClue


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignProgress:
    """A campaign as it is now.

    Attributes:
        people: by class as in the report, but that those in flight are `in_flight`.
        can_continue: something is left that can be posted.
        is_late: it has expired, so it continues only after a new approval.
        rate: None unless it is being posted and answers came of late.
        refused: the refused frames by their code and message.
        deliveries: what became of the accepted texts at the phones; none while it is being posted,
            or when no one was texted.
        order: the pause or stop that is in force, if any.
    """

    record: CampaignRecord
    zone: tzinfo
    report: Report
    people: Mapping[str, int]
    can_continue: bool
    is_late: bool
    rate: PostingRate | None
    timeline: Timeline | None
    page: FramePage
    doubts: tuple[DoubtfulFrame, ...]
    refused: tuple[FrameGroup, ...]
    deliveries: DeliveriesSoFar | None
    order: OrderRecord | None

    @property
    def is_running(self) -> bool:
        """Whether a process is posting it."""
        return self.report.state == RUNNING

    @property
    def estimate(self) -> Decimal | None:
        """The planned cost of the campaign; None if that was not known."""
        amount = (self.record.parameters.get("plan") or {}).get("estimate")
        return None if amount is None else Decimal(amount)

    @property
    def doubt_cost(self) -> Decimal | None:
        """The planned cost of the frames in doubt; None if one of them is unknown."""
        costs = [each.frame.cost_planned for each in self.doubts if each.frame.cost_planned]
        frames = self.report.frames
        is_whole = len(costs) == frames[FrameState.IN_DOUBT] and not frames[FrameState.INTENT]
        return sum(costs, Decimal(0)) if is_whole else None


def read_progress(
    name: str,
    first: int,
    settings: Settings,
    now: datetime,
    reading: BalanceReading | None = None,
) -> CampaignProgress:
    """Read a campaign, and its frames from a number on.

    `reading` is the balance of the settings' account, where it was asked.

    Raises:
        CampaignNotFound: there is no campaign of that name.
    """
    with open_ledger(settings.home, settings.ledger) as ledger:
        record, totals, report = _read_whole(ledger, name)
        is_running = report.state == RUNNING
        in_flight = totals.contacts.get(FrameState.INTENT, 0) if is_running else 0
        people = {**report.contacts, "in_flight": in_flight}
        people["in_doubt"] -= in_flight
        zone = zone_of_campaign(record)
        own = reading if reading and _is_own(record, settings) else None
        moments = ledger.frame_queries.taken_by_second(record.id)
        return CampaignProgress(
            record=record,
            zone=zone,
            report=report,
            people=people,
            is_late=record.expires_at is not None and record.expires_at <= now,
            can_continue=_can_continue(ledger, record, report),
            rate=_rate(ledger, record, report, now) if is_running else None,
            timeline=timeline_of(moments, zone),
            page=_page(ledger, record, first),
            doubts=_doubts(ledger, record, own),
            refused=totals.refused,
            deliveries=None
            if is_running or not report.contacts["sent"]
            else read_deliveries(ledger, name, now),
            order=ledger.orders.in_force(record.id),
        )


def _read_whole(ledger: Ledger, name: str) -> tuple[CampaignRecord, CampaignTotals, Report]:
    """Read a campaign and its sums so that they belong together.

    What is in flight while no process posts is in doubt: a process that begins or ends between
    two reads must not look like that.
    """
    while True:
        record = ledger.campaigns.get(name)
        totals = ledger.frames.totals(record.id)
        report = current_report(ledger, record, totals)
        is_certain = report.state == RUNNING or not totals.frames.get(FrameState.INTENT)
        if is_certain or (
            not ledger.locks.is_held(name) and ledger.frames.totals(record.id) == totals
        ):
            return record, totals, report


def _rate(
    ledger: Ledger, record: CampaignRecord, report: Report, now: datetime
) -> PostingRate | None:
    recent = ledger.frame_queries.recent_answers(record.id, now - RATE_WINDOW)
    return posting_rate(recent, sum(report.frames[state.value] for state in UNFINISHED_STATES), now)


def _can_continue(ledger: Ledger, record: CampaignRecord, report: Report) -> bool:
    """Whether `resume` has something to do: a frame to post, or to find in doubt after a crash."""
    if report.resume_command is not None:
        return True
    return report.state != RUNNING and bool(ledger.frames.in_flight(record.id))


def _is_own(record: CampaignRecord, settings: Settings) -> bool:
    """Whether a campaign was begun under the account of the settings."""
    return record.rehearsal == settings.rehearsal and record.account == account_of(settings)


def _doubts(
    ledger: Ledger, record: CampaignRecord, reading: BalanceReading | None
) -> tuple[DoubtfulFrame, ...]:
    frames = ledger.frame_queries.page(record.id, 0, FRAMES_SHOWN, [FrameState.IN_DOUBT])
    return tuple(
        DoubtfulFrame(frame, read_clue(ledger, record, frame, reading)) for frame in frames
    )


def _page(ledger: Ledger, record: CampaignRecord, first: int) -> FramePage:
    frames = ledger.frame_queries.page(record.id, first - 1, FRAMES_SHOWN + 1)
    return FramePage(
        frames=tuple(frames[:FRAMES_SHOWN]),
        before=max(first - FRAMES_SHOWN, 1) if first > 1 else None,
        after=frames[FRAMES_SHOWN].number if len(frames) > FRAMES_SHOWN else None,
    )
