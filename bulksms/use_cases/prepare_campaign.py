"""Prepares a campaign: everything a person is asked about before it begins.

The ledger is only read here, and closed again before the question is asked.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bulksms.errors import RuleError, SourceChanged
from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.plan.make_plan import Plan
from bulksms.use_cases.context import RunContext, RunOptions, require_credentials
from bulksms.use_cases.identity import (
    campaign_name,
    check_campaign_name,
    digest_of,
    free_name,
    text_digest_of,
)
from bulksms.use_cases.open_ledger import ledger_to_send_from, refuse_lost
from bulksms.use_cases.preflight import (
    refuse_cost,
    refuse_errors,
    refuse_hours,
    refuse_without_credit,
)
from bulksms.use_cases.screen_history import ever_texted, screen_history

if TYPE_CHECKING:
    from bulksms.octopush import Credentials

__all__ = ["PreparedCampaign", "SendRequest", "prepare_campaign"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """The name a plan is sent under, whether it may repeat a campaign, and how it is posted."""

    campaign: str | None
    again: bool
    run_options: RunOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCampaign:
    """A plan without the people who were texted before, and what the ledger says of it.

    Attributes:
        existing: the campaign that this plan continues; none when a new one begins.
    """

    plan: Plan
    name: str
    digest: str
    request: SendRequest
    existing: CampaignRecord | None = None


def prepare_campaign(plan: Plan, request: SendRequest, context: RunContext) -> PreparedCampaign:
    """Screen a plan against the ledger and the account; nothing is written or posted.

    Raises:
        UsageError: the name of the campaign cannot be used.
        InputError: a rule stops the campaign.
        SettingsError: no credentials are set.
        ApiError: the credit is less than the estimate.
        LedgerError: the ledger cannot be used.
    """
    # First of all: without a test key every number of a rehearsal would be rejected.
    credentials = require_credentials(context.settings)
    if request.campaign is not None:
        check_campaign_name(request.campaign)
    refuse_errors(plan)
    digest = digest_of(plan)
    with ledger_to_send_from(context.settings, context.observer) as ledger:
        existing = _existing_campaign(ledger, plan, digest, request, context)
        if existing is not None:
            return PreparedCampaign(
                plan=plan, name=existing.name, digest=digest, request=request, existing=existing
            )
        prepared = _new_campaign(ledger, plan, digest, request, context)
    _refuse_before_start(prepared.plan, request, context, credentials)
    return prepared


def _new_campaign(
    ledger: Ledger, plan: Plan, digest: str, request: SendRequest, context: RunContext
) -> PreparedCampaign:
    """Leave out who was texted before, and choose a free name."""
    rehearsal = context.settings.rehearsal
    name = request.campaign or free_name(ledger, campaign_name(plan, digest))
    if not request.again:
        plan = screen_history(ledger, plan, digest, rehearsal=rehearsal, now=context.clock.now())
        if not plan.sendable:
            raise RuleError(
                "Everyone in this file got this text within the last week, or waits for it in a "
                "campaign that `bulksms resume` continues: nothing was sent. "
                "See `bulksms status` first; --again texts everyone once more."
            )
        refuse_lost(ledger, text_digest_of(plan.variants), name, rehearsal=rehearsal)
    return PreparedCampaign(plan=plan, name=name, digest=digest, request=request)


def _refuse_before_start(
    plan: Plan, request: SendRequest, context: RunContext, credentials: "Credentials"
) -> None:
    refuse_cost(plan, request.run_options.pacing.max_cost)
    refuse_hours(plan, request.run_options, context)
    refuse_without_credit(plan, context, credentials)


def _existing_campaign(
    ledger: Ledger, plan: Plan, digest: str, request: SendRequest, context: RunContext
) -> CampaignRecord | None:
    """Find the campaign that this plan continues.

    Raises:
        RuleError: the same content was sent under another name (S7).
        SourceChanged: the name belongs to other content.
    """
    same = ledger.campaigns.with_content(digest, rehearsal=context.settings.rehearsal)
    wanted = request.campaign or campaign_name(plan, digest)
    if same is None or request.again or _has_newcomers(ledger, same, plan):
        if request.campaign and request.campaign in {each.name for each in ledger.campaigns.all()}:
            raise SourceChanged(
                f"The campaign {wanted} exists with other contacts, text or settings: "
                "choose another name with --campaign."
            )
        return None
    numbered = re.fullmatch(rf"{re.escape(wanted)}(-\d+)?", same.name)
    if same.name == wanted or (numbered and not request.campaign):
        return same
    raise RuleError(
        f"The campaign {same.name} has the same text and the same contacts: "
        f"`bulksms status {same.name}` shows its progress; --again sends it once more."
    )


def _has_newcomers(ledger: Ledger, same: CampaignRecord, plan: Plan) -> bool:
    """Say whether people were added to a finished campaign, such as a withdrawn opt-out."""
    counts = ledger.frames.count_by_state(same.id)
    if counts[FrameState.PLANNED] or counts[FrameState.INTENT]:
        return False
    members = [
        ledger.frames.frame_by_phone_number(record.id)[0]
        for record in ledger.campaigns.all()
        if (record.digest, record.rehearsal) == (same.digest, same.rehearsal)
    ]
    members.append(ever_texted(ledger, same))
    numbers = plan.contacts["phone_number"].to_numpy()
    return not np.isin(numbers, np.concatenate(members)).all()
