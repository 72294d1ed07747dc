"""A campaign's report as people see it: the values that the HTML page shows, in no language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from bulksms.ledger import CampaignRecord, FrameGroup, FrameRecord, FrameState
from bulksms.pages.languages import language_of
from bulksms.results.campaign_facts import CampaignFacts
from bulksms.results.campaign_report import Report, class_of
from bulksms.results.country_shares import CountryShare
from bulksms.results.left_out_reasons import mendable_codes
from bulksms.results.result_files import ReportOptions
from bulksms.results.row_tally import LEFT_OUT, PersonLine, RowTally
from bulksms.results.timeline import Timeline, taken_by_moment, timeline_of

__all__ = ["ClassShare", "DeliveryShare", "LeftOutShare", "PersonLine", "ReportView", "view_report"]

FRAMES_SHOWN = 500
# How each class is drawn, in the order of the picture.
FILLS = {
    "sent": "f-ok",
    "simulated": "f-ok",
    "failed": "f-bad",
    "in_doubt": "hatch",
    "not_attempted": "f-idle",
    "rejected": "f-line",
    "suppressed": "f-line",
}
DELIVERY_FILLS = {
    "delivered": "f-ok",
    "not_delivered": "f-bad",
    "unknown": "hatch",
    "waiting": "f-idle",
    "no_receipt": "f-line",
}
_TROUBLED = (FrameState.ACCEPTED_SHORT, FrameState.REFUSED, FrameState.IN_DOUBT, FrameState.INTENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassShare:
    """The rows of one class, how they are drawn, and their cost, if it is known."""

    name: str
    rows: int
    fill: str
    cost: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutShare:
    """The rows left out for one reason; the code is empty when it is unknown."""

    code: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryShare:
    """The accepted texts of one group of receipts, and how they are drawn."""

    name: str
    rows: int
    fill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """All that the page shows.

    Attributes:
        people: those who were to be texted.
        plan: what the ledger keeps of the plan; empty for campaigns of older versions.
        classes: the rows by class; they add up to `rows`.
        in_doubt: the frames in doubt, if there are any.
        refused: the refused frames, one group for each reason.
        frames: the frames that are listed, and `frames_hidden` the number of the others.
        persons: named people, only when they are asked for, and `persons_hidden` others.
    """

    record: CampaignRecord
    report: Report
    plan: Mapping[str, Any]
    zone: tzinfo
    made_at: datetime
    rows: int
    people: int
    classes: tuple[ClassShare, ...]
    left_out: tuple[LeftOutShare, ...]
    mendable: int
    timeline: Timeline | None
    countries: tuple[CountryShare, ...]
    deliveries: tuple[DeliveryShare, ...]
    in_doubt: FrameGroup | None
    refused: tuple[FrameGroup, ...]
    frames: tuple[FrameRecord, ...]
    frames_hidden: int
    persons: tuple[PersonLine, ...] = ()
    persons_hidden: int = 0

    @property
    def planned_amount(self) -> Decimal | None:
        """The planned cost of the whole campaign."""
        estimate = self.plan.get("estimate")
        return None if estimate is None else Decimal(estimate)


def view_report(
    facts: CampaignFacts, zone: tzinfo, made_at: datetime, options: ReportOptions
) -> ReportView:
    """Take from a campaign what its report shows."""
    report, frames = facts.report, facts.frames
    plan: Mapping[str, Any] = facts.record.parameters.get("plan") or {}
    rows = RowTally(frames, plan, language_of(options.language))
    for part in facts.outcomes or ():
        rows.add(part)
    left_out = tuple(_left_out(facts, rows))
    mendable = mendable_codes()
    shown = _frames_shown(frames)
    return ReportView(
        record=facts.record,
        report=report,
        plan=plan,
        zone=zone,
        made_at=made_at,
        rows=sum(report.contacts.values()),
        people=sum(rows for name, rows in report.contacts.items() if name not in LEFT_OUT),
        classes=tuple(_classes(report, frames)),
        left_out=left_out,
        mendable=sum(share.rows for share in left_out if share.code in mendable),
        timeline=timeline_of(taken_by_moment(frames), zone),
        deliveries=tuple(_deliveries(facts)),
        countries=rows.countries.shares(),
        in_doubt=facts.totals.in_doubt,
        refused=facts.totals.refused,
        frames=shown,
        frames_hidden=len(frames) - len(shown),
        persons=tuple(rows.persons) if options.with_people else (),
        persons_hidden=rows.persons_hidden if options.with_people else 0,
    )


def _classes(report: Report, frames: Sequence[FrameRecord]) -> Iterator[ClassShare]:
    """Yield every class that has rows, in the order of the picture."""
    for name, fill in FILLS.items():
        rows = report.contacts.get(name, 0)
        if rows:
            yield ClassShare(name=name, rows=rows, fill=fill, cost=_cost(name, report, frames))


def _cost(name: str, report: Report, frames: Sequence[FrameRecord]) -> Decimal | None:
    if name in ("sent", "simulated"):
        return report.total_cost
    if name != "in_doubt":
        return Decimal(0)
    planned = [frame.cost_planned for frame in frames if class_of(frame) == "in_doubt"]
    costs = [cost for cost in planned if cost is not None]
    return sum(costs, Decimal(0)) if len(costs) == len(planned) else None


def _deliveries(facts: CampaignFacts) -> Iterator[DeliveryShare]:
    """Yield every group of receipts that has texts, in the order of the picture."""
    for name, rows in (facts.deliveries or {}).items():
        if rows:
            yield DeliveryShare(name=name, rows=rows, fill=DELIVERY_FILLS[name])


def _left_out(facts: CampaignFacts, counted: RowTally) -> Iterator[LeftOutShare]:
    """Yield the rows left out by reason, the most frequent first."""
    if facts.outcomes is None:
        rows = sum(facts.report.contacts[name] for name in LEFT_OUT)
        if rows:
            yield LeftOutShare(code="", rows=rows)
        return
    for code, rows in counted.left_out.most_common():
        yield LeftOutShare(code=code, rows=rows)


def _frames_shown(frames: Sequence[FrameRecord]) -> tuple[FrameRecord, ...]:
    """Choose the frames to list: of very many, those with trouble come before the others."""
    if len(frames) <= FRAMES_SHOWN:
        return tuple(frames)
    by_trouble = sorted(frames, key=lambda frame: frame.state not in _TROUBLED)
    return tuple(sorted(by_trouble[:FRAMES_SHOWN], key=lambda frame: frame.number))
