"""Prepares a campaign: everything that a person confirms before it begins.

The ledger is only read here, and closed again before the question is asked.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bulksms.errors import ApiError, RuleError, SourceChanged
from bulksms.plan.make_plan import Plan
from bulksms.use_cases.context import RunContext, RunOptions, require_credentials
from bulksms.use_cases.prepare.history_rules import HistoryRules
from bulksms.use_cases.prepare.identity import text_digest_of
from bulksms.use_cases.prepare.obey_noes import obey_noes_of_unsent
from bulksms.use_cases.prepare.preflight import (
    refuse_cost,
    refuse_errors,
    refuse_hours,
    refuse_without_credit,
)
from bulksms.use_cases.prepare.screen_campaign import ScreenedCampaign, screen_campaign
from bulksms.use_cases.prepare.screen_history import WAITING_ELSEWHERE
from bulksms.use_cases.prepare.seeds import announce_seeds
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from, refuse_lost

if TYPE_CHECKING:
    from bulksms.octopush import Credentials

__all__ = ["PreparedCampaign", "SendRequest", "prepare_campaign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """The campaign's name, the people to exclude, and how frames are posted.

    The numbers of opt-out files are remembered, unless `forget_optouts` is set.
    """

    campaign: str | None = None
    forget_optouts: bool = False
    history: HistoryRules = field(default_factory=HistoryRules)
    run_options: RunOptions = field(default_factory=RunOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCampaign(ScreenedCampaign):
    """A screened campaign and the request it is sent by."""

    request: SendRequest


def prepare_campaign(plan: Plan, request: SendRequest, context: RunContext) -> PreparedCampaign:
    """Screen a plan against the ledger and the account; nothing is begun or posted.

    Where it is refused though its list is valid, the noes in it are obeyed all the same: people
    may wait for another text in an earlier campaign.

    Raises:
        UsageError: the name of the campaign cannot be used.
        InputError: a rule stops the campaign.
        SettingsError: no credentials are set.
        ApiError: the credit is less than the estimate.
        LedgerError: the ledger cannot be used.
    """
    # First of all: without a test key every number of a rehearsal would be rejected.
    credentials = require_credentials(context.settings)
    if plan.request.rules.rehearsal != context.settings.rehearsal:
        # It would be compared with the campaigns of the other mode.
        raise RuntimeError("a plan for a test key was sent with a real one, or the reverse")
    try:
        return _prepare(plan, request, context, credentials)
    except (RuleError, ApiError, SourceChanged):
        if not plan.errors:
            obey_noes_of_unsent(plan, context, forget_optouts=request.forget_optouts)
        raise


def _prepare(
    plan: Plan, request: SendRequest, context: RunContext, credentials: "Credentials"
) -> PreparedCampaign:
    refuse_errors(plan)
    now = context.clock.now()
    with ledger_to_send_from(context.settings, context.observer) as ledger:
        with context.progress.step("comparing with earlier campaigns"):
            screened = screen_campaign(ledger, plan, request.campaign, request.history, now)
        prepared = PreparedCampaign(
            plan=screened.plan,
            name=screened.name,
            digest=screened.digest,
            existing=screened.existing,
            corrects=screened.corrects,
            request=request,
        )
        if prepared.existing is None and not request.history.again:
            text_digest = text_digest_of(plan.variants)
            rehearsal = context.settings.rehearsal
            refuse_lost(ledger, text_digest, prepared.name, rehearsal=rehearsal)
    _refuse_waiting(prepared)
    if prepared.existing is None and not prepared.nothing_new:
        refuse_errors(prepared.plan)
        _refuse_before_start(prepared.plan, request, context, credentials)
    return prepared


def _refuse_waiting(prepared: PreparedCampaign) -> None:
    """Stop when everyone left waits for the text in an unfinished campaign."""
    waiting = [each for each in prepared.plan.findings if each.code == WAITING_ELSEWHERE]
    if waiting and not prepared.plan.sendable:
        raise RuleError(f"{waiting[0].message} Nothing was sent.", code="waiting_elsewhere")


def _refuse_before_start(
    plan: Plan, request: SendRequest, context: RunContext, credentials: "Credentials"
) -> None:
    options = request.run_options
    for_seeds = announce_seeds(plan, options.seeds, context.observer.note)
    refuse_cost(plan, options.pacing.max_cost, for_seeds)
    refuse_hours(plan, options, context)
    refuse_without_credit(plan, context, credentials)
