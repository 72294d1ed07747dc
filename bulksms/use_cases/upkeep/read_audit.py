"""Reads the audit trail: who did what and when, without personal data of the people texted."""

from bulksms.errors import CampaignNotFound
from bulksms.ledger import AuditEntry, ledger_exists, open_ledger
from bulksms.settings import Settings

__all__ = ["read_audit"]


def read_audit(campaign: str | None, settings: Settings) -> list[AuditEntry]:
    """Read every entry, the oldest first, or those of one campaign or series.

    Raises:
        CampaignNotFound: no entry names this campaign.
        LedgerError: the ledger cannot be read.
    """
    if not ledger_exists(settings.home, settings.ledger):
        entries = []
    else:
        with open_ledger(settings.home, settings.ledger) as ledger:
            entries = ledger.audit.all(campaign)
    if campaign is not None and not entries:
        raise CampaignNotFound(
            f"The audit trail has no campaign named {campaign!r}: `bulksms audit` lists all."
        )
    return entries
