"""The campaigns in the ledger that text the seeds of another campaign."""

from enum import StrEnum

from bulksms.ledger import CampaignRecord, Ledger

__all__ = ["SeedText", "name_for_seeds", "read_seed_campaigns"]


class SeedText(StrEnum):
    """Which frame's text seeds get."""

    FIRST = "first"
    LAST = "last"


def name_for_seeds(campaign: str, text: SeedText) -> str:
    """Return the name of the campaign that texts the seeds; the same one on every run."""
    return f"{campaign}-seeds-{text}"


def read_seed_campaigns(ledger: Ledger, record: CampaignRecord) -> list[CampaignRecord]:
    """Read the campaigns that text the seeds of another one: none, one or two."""
    if not record.parameters.get("seeds"):
        return []
    names = {name_for_seeds(record.name, text) for text in SeedText}
    campaigns = [each for each in ledger.campaigns.all() if each.name in names]
    return [each for each in campaigns if each.parameters.get("seeds_of") == record.name]
