"""Requests a plan with what the ledger remembers: stored opt-outs and the last price."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from bulksms.errors import SettingsError
from bulksms.ledger import ledger_exists, open_ledger
from bulksms.message import LearnedPrice, average_price, localities_of, shipped_tariff
from bulksms.plan.make_plan import PlanRequest
from bulksms.plan.make_request import make_request
from bulksms.plan.options import PlanOptions
from bulksms.settings import Settings
from bulksms.use_cases.context import account_of
from bulksms.use_cases.opt_outs.manage_opt_outs import stored_opt_outs

__all__ = ["request_plan"]


def request_plan(
    files: Sequence[str],
    options: PlanOptions,
    settings: Settings,
    now: datetime,
    *,
    names: Mapping[str, str] = MappingProxyType({}),
) -> PlanRequest:
    """Check the options and make the request for a plan of these files.

    `names` says what a file is called in records, where that is not its path.

    Raises:
        UsageError: the value of an option is not valid.
        InputError: a file that an option names cannot be read.
        LedgerError: the ledger cannot be read.
    """
    request = make_request(
        tuple(files),
        options,
        rehearsal=settings.rehearsal,
        stored_optouts=stored_opt_outs(settings),
        now=now,
        learned_price=_learned_price(settings, options.message.type),
    )
    return replace(request, names=names)


def _learned_price(settings: Settings, sms_type: str) -> LearnedPrice | None:
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
        record = ledger.campaigns.get(charged.campaign)
        phone_numbers, _ = ledger.frames.frame_by_phone_number(record.id)
    replies = Decimal(0)
    if record.parameters.get("with_replies"):
        replies = shipped_tariff().with_replies
    price = average_price(charged.cost, charged.sms) - replies
    if price <= 0:
        return None
    return LearnedPrice(
        sms_type=sms_type,
        price=price,
        campaign=charged.campaign,
        charged_on=charged.at.date(),
        # Erased people have no country any more; without the others the price is not used.
        countries=frozenset(
            each.country for each in localities_of(phone_numbers[phone_numbers > 0])
        ),
    )
