"""Requests a plan with what the ledger remembers: stored opt-outs and the last price."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bulksms.plan.make_plan import PlanRequest
from bulksms.plan.make_request import make_request
from bulksms.plan.options import PlanOptions
from bulksms.settings import Settings
from bulksms.use_cases.opt_outs.manage_opt_outs import stored_opt_outs
from bulksms.use_cases.prepare.learned_prices import read_learned_price

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
        learned_price=read_learned_price(settings, options.message.type),
    )
    return replace(request, names=names)
