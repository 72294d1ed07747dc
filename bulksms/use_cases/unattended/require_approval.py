"""Stops the run of a plan that no second person approved, and says what changed since."""

from collections.abc import Mapping
from typing import Any

from bulksms.errors import RuleError
from bulksms.ledger import ApprovalRecord, ApprovalStep, Ledger
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.unattended.plan_terms import describe_changes, digest_of_terms
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["explain_unapproved", "require_approval"]


def require_approval(
    ledger: Ledger, campaign: SavedCampaign, terms: Mapping[str, Any], context: RunContext
) -> None:
    """Stop unless exactly these terms were approved; the person who asked is recorded.

    Raises:
        RuleError: they were not approved, or they changed since.
    """
    why = explain_unapproved(campaign, terms, ledger.approvals.latest(campaign.name))
    if why is None:
        return
    digest = digest_of_terms(terms)
    if context.person not in ledger.approvals.requested_by(campaign.name, digest):
        ledger.approvals.add(
            ApprovalRecord(
                series=campaign.name,
                at=context.clock.now(),
                step=ApprovalStep.REQUESTED,
                person=context.person,
                digest=digest,
                terms=terms,
            )
        )
    raise RuleError(f"{why} Nothing was sent.")


def explain_unapproved(
    campaign: SavedCampaign, terms: Mapping[str, Any], last: ApprovalRecord | None
) -> str | None:
    """Explain why a plan may not run yet and what to do; `None` when it may.

    Once a campaign was approved, dropping `approval` from its file needs an approval too.
    """
    needs_approval = campaign.rules.approval or (last is not None and last.terms.get("approval"))
    if not needs_approval or (last is not None and last.digest == digest_of_terms(terms)):
        return None
    advice = f"Ask someone else to run `bulksms approve {campaign.path}`."
    if last is None:
        return f"The plan of {campaign.name} has not been approved by a second person. {advice}"
    changes = ", ".join(describe_changes(last.terms, terms))
    return (
        f"The plan of {campaign.name} changed since {last.person} approved it on "
        f"{last.at:%Y-%m-%d %H:%M} UTC: {changes}. {advice}"
    )
