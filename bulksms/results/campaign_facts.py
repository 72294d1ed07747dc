"""All that a report is made of: a campaign, its frames, its figures and the fate of every row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from bulksms.ledger import CampaignRecord, CampaignTotals, FrameRecord
from bulksms.results.campaign_report import Report

if TYPE_CHECKING:
    from bulksms.results.contact_outcomes import ContactOutcomes

__all__ = ["CampaignFacts", "OutcomeParts"]


class OutcomeParts:
    """The outcomes of all rows, read part by part and as often as they are asked for."""

    def __init__(self, read: "Callable[[], Iterable[ContactOutcomes]]") -> None:
        self._read = read

    def __iter__(self) -> "Iterator[ContactOutcomes]":
        return iter(self._read())

    @property
    def header(self) -> Sequence[str]:
        """The original columns; empty without rows."""
        first = next(iter(self), None)
        return () if first is None else first.header


class CampaignFacts:
    """The facts about a campaign; its rows are read when they are needed.

    Attributes:
        outcomes: the fate of every row; `None` when the ledger has no rows of the campaign.
    """

    def __init__(
        self,
        record: CampaignRecord,
        frames: Sequence[FrameRecord],
        totals: CampaignTotals,
        report: Report,
        outcomes: OutcomeParts | None,
    ) -> None:
        self.record, self.frames, self.totals = record, frames, totals
        self.report, self.outcomes = report, outcomes

    @cached_property
    def deliveries(self) -> dict[str, int] | None:
        """The accepted texts by what became of them; `None` without any receipt."""
        from bulksms.results.deliveries import count_deliveries

        return None if self.outcomes is None else count_deliveries(self.outcomes)
