"""Approves the exact terms of a saved campaign's plan, by a second person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bulksms.errors import RuleError
from bulksms.ledger import ApprovalRecord, ApprovalStep, AuditAction, open_ledger
from bulksms.os_user import file_owner
from bulksms.plan.options import text_files
from bulksms.plan.view import PlanView
from bulksms.sender import SilentObserver
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.unattended.open_lists import GivenLists
from bulksms.use_cases.unattended.plan_terms import describe_changes, digest_of_terms
from bulksms.use_cases.unattended.run_unattended import run_unattended
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["PlanToApprove", "approve_plan", "prepare_approval"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanToApprove:
    """A plan as it would run now, and the last approval.

    Attributes:
        person: who is about to approve it.
        last: the newest approval of the campaign.
    """

    campaign: SavedCampaign
    view: PlanView
    terms: Mapping[str, Any]
    person: str
    last: ApprovalRecord | None

    @property
    def digest(self) -> str:
        """Identify the terms."""
        return digest_of_terms(self.terms)

    @property
    def is_approved(self) -> bool:
        """Whether exactly these terms were approved last."""
        return self.last is not None and self.last.digest == self.digest

    @property
    def changes(self) -> list[str]:
        """Changes since the newest approval; empty when there was none."""
        return [] if self.last is None else describe_changes(self.last.terms, self.terms)


def prepare_approval(
    campaign: SavedCampaign, context: RunContext, sources: Sequence[Path] = ()
) -> PlanToApprove:
    """Make the plan that a run would make now, and check that its person may approve it.

    `sources` are lists to show it with in place of those that the campaign file names.

    Raises:
        RuleError: there is no list, the plan has errors, or the person made it.
        BulkSmsError: the plan cannot be made.
    """
    silent = replace(context, observer=SilentObserver())
    lists = GivenLists(files=tuple(sources)) if sources else None
    run = run_unattended(campaign, silent, lists=lists, plan_only=True)
    if run.error is not None:
        raise run.error
    if run.plan is None or run.terms is None:
        raise RuleError(
            f"There is no list to show the plan of {campaign.name} with: name one after "
            f"{campaign.path}. Nothing was approved."
        )
    if run.plan.errors:
        sentences = " ".join(finding.message for finding in run.plan.errors)
        raise RuleError(f"{sentences} Nothing was approved.")
    with open_ledger(context.settings.home, context.settings.ledger) as ledger:
        last = ledger.approvals.latest(campaign.name)
        requested_by = ledger.approvals.requested_by(campaign.name, digest_of_terms(run.terms))
    authors = {**_owners(campaign), **dict.fromkeys(requested_by, "asked for its run")}
    to_approve = PlanToApprove(
        campaign=campaign,
        view=run.plan,
        terms=run.terms,
        person=context.person,
        last=last,
    )
    if not to_approve.is_approved:
        _refuse_own(campaign, context.person, authors)
    return to_approve


def approve_plan(to_approve: PlanToApprove, context: RunContext) -> ApprovalRecord:
    """Record the approval, once, and return it.

    Raises:
        LedgerError: the ledger cannot be written.
    """
    if to_approve.last is not None and to_approve.is_approved:
        return to_approve.last
    record = ApprovalRecord(
        series=to_approve.campaign.name,
        at=context.clock.now(),
        step=ApprovalStep.APPROVED,
        person=to_approve.person,
        digest=to_approve.digest,
        terms=to_approve.terms,
    )
    with open_ledger(context.settings.home, context.settings.ledger) as ledger:
        ledger.approvals.add(record)
        ledger.audit.record(
            AuditAction.APPROVE,
            person=record.person,
            campaign=record.series,
            digest=record.digest,
        )
    return record


def _refuse_own(campaign: SavedCampaign, person: str, authors: Mapping[str, str]) -> None:
    """Refuse the authors of a plan, and everyone while its authors are unknown."""
    if person in authors:
        raise RuleError(
            f"{person} cannot approve the plan of {campaign.name}, because {person} "
            f"{authors[person]}: ask someone else to approve it under their own name. "
            "Nothing was approved."
        )
    if not authors:
        raise RuleError(
            f"It is not known who made the plan of {campaign.name}: let them run "
            f"`bulksms run {campaign.path}` first, which sends nothing yet. Nothing was approved."
        )


def _owners(campaign: SavedCampaign) -> dict[str, str]:
    """Name who owns the campaign file and the files that its words come from."""
    owners: dict[str, str] = {}
    for path in _files(campaign):
        owner = file_owner(path)
        if owner is not None:
            owners.setdefault(owner, f"owns {path.name}")
    return owners


def _files(campaign: SavedCampaign) -> Iterator[Path]:
    yield campaign.path
    message = campaign.plan.message
    yield from (path for path in (message.text_file, campaign.plan.reading.map_file) if path)
    yield from map(Path, text_files(message.text_for))
