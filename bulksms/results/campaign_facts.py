"""All that a report is made of: a campaign, its frames, its figures and the fate of every row."""

from collections.abc import Sequence
from functools import cached_property

from bulksms.ledger import CampaignRecord, FrameRecord
from bulksms.results.campaign_report import Report
from bulksms.results.outcome_parts import OutcomeParts

__all__ = ["CampaignFacts"]


class CampaignFacts:
    """The facts about a campaign; its rows are read when they are needed.

    Attributes:
        outcomes: the fate of every row; `None` when the ledger has no rows of the campaign.
    """

    def __init__(
        self,
        record: CampaignRecord,
        frames: Sequence[FrameRecord],
        report: Report,
        outcomes: OutcomeParts | None,
    ) -> None:
        self.record, self.frames, self.report = record, frames, report
        self.outcomes = outcomes

    @cached_property
    def deliveries(self) -> dict[str, int] | None:
        """The accepted texts by what became of them; `None` without any receipt."""
        from bulksms.results.deliveries import count_deliveries

        return None if self.outcomes is None else count_deliveries(self.outcomes)
