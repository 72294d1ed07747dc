"""Reads from the ledger what an account is charged for a segment."""

from decimal import Decimal

from bulksms.errors import SettingsError
from bulksms.ledger import ledger_exists, open_ledger
from bulksms.message import LearnedPrice, shipped_tariff
from bulksms.settings import Settings
from bulksms.use_cases.context import account_of

__all__ = ["read_learned_price"]


def read_learned_price(settings: Settings, sms_type: str) -> LearnedPrice | None:
    """Read what the newest paid campaign of this account and type was charged per segment.

    `None` without credentials, without a ledger, or before the first paid campaign.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    try:
        account = account_of(settings)
    except SettingsError:
        return None
    if not ledger_exists(settings.home, settings.ledger):
        return None
    with open_ledger(settings.home, settings.ledger) as ledger:
        charged = ledger.history.learnt_price(account, sms_type)
        if charged is None:
            return None
        recorded = ledger.campaigns.get(charged.campaign).parameters
    replies = shipped_tariff().with_replies if recorded.get("with_replies") else Decimal(0)
    cost = charged.cost - replies * charged.sms
    if cost <= 0:
        return None
    return LearnedPrice.of(sms_type, cost, charged.sms, charged.campaign, charged.at.date())
