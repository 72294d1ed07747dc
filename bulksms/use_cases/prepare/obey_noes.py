"""Obeys every no of a list and of its opt-out files, whether the list is sent in the end or not."""

from bulksms.ledger import CampaignRecord, Ledger, ledger_exists
from bulksms.plan.make_plan import Plan
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.opt_outs.apply_opt_outs import (
    read_opt_out_lists,
    remember_opt_outs,
    remove_from_campaign,
    remove_from_waiting,
)
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from

__all__ = ["obey_noes", "obey_noes_of_unsent"]


def obey_noes(
    ledger: Ledger,
    plan: Plan,
    context: RunContext,
    *,
    name: str,
    forget_optouts: bool,
    existing: CampaignRecord | None = None,
) -> None:
    """Remember the numbers of opt-out files, and remove whoever said no from waiting frames.

    `existing` is the campaign `name` that the list continues, whose lock the caller holds.
    """
    now, numbers = context.clock.now(), plan.screened.refusing_numbers
    if not forget_optouts:
        lists = read_opt_out_lists(plan.request.optouts, plan.request.rules.region)
        remember_opt_outs(ledger, lists, now)
    if not len(numbers):
        return
    if existing is not None:
        remove_from_campaign(ledger, existing, numbers, now)
    remove_from_waiting(ledger, name, numbers, now, context.observer.note)


def obey_noes_of_unsent(plan: Plan, context: RunContext, *, forget_optouts: bool) -> None:
    """Obey the noes of a list that is not sent: earlier campaigns may still wait for its people.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    settings = context.settings
    has_files = bool(plan.request.optouts) and not forget_optouts
    has_noes = len(plan.screened.refusing_numbers) and ledger_exists(settings.home, settings.ledger)
    if has_files or has_noes:
        with ledger_to_send_from(settings, context.observer) as ledger:
            obey_noes(ledger, plan, context, name="", forget_optouts=forget_optouts)
