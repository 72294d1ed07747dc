"""From a plan to texts: freeze the frames, lock the campaign, drive the sender, tell the end.

Nothing is posted before every frame is in the ledger, and a campaign that is known
already is gone on with, never begun again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from bulksms.errors import RuleError, SourceChanged
from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.plan.make_plan import Plan
from bulksms.results.contact_results import pack_source_rows
from bulksms.sender import expiry_after, remove_contacts
from bulksms.use_cases.context import RunContext, RunOptions, RunResult, require_credentials
from bulksms.use_cases.freeze import freeze
from bulksms.use_cases.identity import (
    campaign_name,
    digest_of,
    free_name,
    recorded_parameters,
    text_digest_of,
    variants_with_same_text,
)
from bulksms.use_cases.open_ledger import ledger_to_send_from, refuse_lost
from bulksms.use_cases.preflight import (
    refuse_cost,
    refuse_errors,
    refuse_hours,
    refuse_without_credit,
)
from bulksms.use_cases.run_campaign import run_campaign
from bulksms.use_cases.source_rows import make_source_rows

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["SendRequest", "send"]

# How long a number is kept from getting the same text again (reliability.md 2.10).
SAME_TEXT_WINDOW = timedelta(days=7)
BEGINNING = "beginning"  # the name of the lock under which campaigns are written down
MAY_BE_POSTED = frozenset({FrameState.PLANNED, FrameState.INTENT, FrameState.IN_DOUBT})


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """Under which name a plan goes out, whether it may repeat itself, and how it is posted."""

    campaign: str | None
    again: bool
    run_options: RunOptions


def send(
    plan: Plan, request: SendRequest, context: RunContext, confirm: Callable[[Plan], None]
) -> RunResult:
    """Send a plan, or go on with it when it was begun before.

    `confirm` shows the plan and raises when the user says no.

    Raises:
        InputError: a rule says no; nothing was posted.
        SettingsError: no credentials.
        LedgerError: the ledger cannot be used, or another process is sending.
    """
    # First of all: without a test key the numbers of a rehearsal are rejected one and all.
    credentials = require_credentials(context.settings)
    refuse_errors(plan)
    with ledger_to_send_from(context.settings, context.observer) as ledger:
        digest = digest_of(plan)
        record = _known(ledger, plan, digest, request, context)
        if record is None:
            plan = plan if request.again else _without_texted(ledger, plan, digest, context)
            refuse_cost(plan, request.run_options.pacing.max_cost)
            refuse_hours(plan, request.run_options, context)
            refuse_without_credit(plan, context, credentials)
            name = request.campaign or free_name(ledger, campaign_name(plan, digest))
            if not request.again:
                refuse_lost(
                    ledger,
                    text_digest_of(plan.variants),
                    name,
                    rehearsal=context.settings.rehearsal,
                )
            confirm(plan)
            with ledger.lock(name):
                record = _begun(ledger, plan, (name, digest), request, context)
                return run_campaign(ledger, record, request.run_options, context, credentials)
        with ledger.lock(record.name):
            _leave_out_refusals(ledger, record, plan, context)
            return run_campaign(ledger, record, request.run_options, context, credentials)


def _known(
    ledger: Ledger, plan: Plan, digest: str, request: SendRequest, context: RunContext
) -> CampaignRecord | None:
    """Find the campaign that this plan goes on with.

    Raises:
        RuleError: the same content went out under another name (S7).
        SourceChanged: the name belongs to other content.
    """
    same = ledger.find(digest, rehearsal=context.settings.rehearsal)
    asked = request.campaign or campaign_name(plan, digest)
    if same is None or request.again or _has_newcomers(ledger, same, plan):
        if request.campaign and request.campaign in {known.name for known in ledger.campaigns()}:
            raise SourceChanged(
                f"The campaign {asked} exists with other contacts, text or settings: "
                "choose another name with --campaign."
            )
        return None
    numbered = re.fullmatch(rf"{re.escape(asked)}(-\d+)?", same.name)
    if same.name == asked or (numbered and not request.campaign):
        return same
    raise RuleError(
        f"The same text to the same contacts is the campaign {same.name} already: "
        f"`bulksms status {same.name}` tells how far it is; --again sends it once more."
    )


def _has_newcomers(ledger: Ledger, same: CampaignRecord, plan: Plan) -> bool:
    """Say whether a finished campaign lacks people who never got the text: they take a no back."""
    standing = ledger.standing(same.id)
    if standing[FrameState.PLANNED] or standing[FrameState.INTENT]:
        return False
    alike = _kind(same)
    inside = [ledger.seats_of(one.id)[0] for one in ledger.campaigns() if _kind(one) == alike]
    inside += [_ever_texted(ledger, same)]
    people = plan.contacts["phone_number"].to_numpy()
    return not np.isin(people, np.concatenate(inside)).all()


def _ever_texted(ledger: Ledger, same: CampaignRecord) -> "PhoneNumbers":
    ever = datetime.min.replace(tzinfo=UTC)
    return ledger.numbers_texted(same.text_digest, rehearsal=same.rehearsal, since=ever)


def _kind(record: CampaignRecord) -> tuple[str, bool]:
    return record.digest, record.rehearsal


def _leave_out_refusals(
    ledger: Ledger, record: CampaignRecord, plan: Plan, context: RunContext
) -> None:
    """Leave out whoever said no since the frames were frozen, also by a file of this run only.

    The bytes of a frame that may have left stay as they were, so it is not posted again.
    """
    said_no = plan.screened.left_out
    if said_no.empty:
        return
    numbers, now = said_no["phone_number"].to_numpy(), context.clock.now()
    for frame in ledger.frames(record.id):
        if frame.state not in MAY_BE_POSTED:
            continue
        inside = ledger.numbers_in(record.id, frame.number)
        gone = inside[np.isin(inside, numbers)]
        if frame.state is FrameState.PLANNED:
            remove_contacts(ledger, record, frame.number, gone, now)
        elif len(gone):
            ledger.never_repeat(record.id, frame.number, now)


def _without_texted(ledger: Ledger, plan: Plan, digest: str, context: RunContext) -> Plan:
    """Leave out everyone who got this text within a week, or may still get it.

    Of a campaign that only newcomers are to be added to, whoever got it stays out for ever.
    """
    texted = _texted(ledger, plan, context)
    same = ledger.find(digest, rehearsal=context.settings.rehearsal)
    if same is not None:
        texted = np.concatenate([texted, _ever_texted(ledger, same)])
    left = plan.without(texted)
    if not left.sendable:
        raise RuleError(
            "Everyone in this file got this text within the last week, or waits for it in a "
            "campaign that `bulksms resume` goes on with: nothing was sent. "
            "See `bulksms status` first; --again texts everyone once more."
        )
    return left


def _texted(ledger: Ledger, plan: Plan, context: RunContext) -> "PhoneNumbers":
    """Collect who got these texts together, or the text meant for them in another campaign.

    Whoever got another of the texts of such a campaign counts as well: it said the same.
    """
    since = context.clock.now() - SAME_TEXT_WINDOW
    rehearsal = context.settings.rehearsal
    together = text_digest_of(plan.variants)
    found = [ledger.numbers_texted(together, rehearsal=rehearsal, since=since)]
    for record in ledger.campaigns():
        alike = variants_with_same_text(plan, record)
        if alike and record.text_digest != together:
            texted = ledger.numbers_texted(record.text_digest, rehearsal=rehearsal, since=since)
            found += [np.intersect1d(texted, part.contacts["phone_number"]) for part in alike]
    return np.concatenate(found)


def _begun(
    ledger: Ledger,
    plan: Plan,
    named: tuple[str, str],
    request: SendRequest,
    context: RunContext,
) -> CampaignRecord:
    """Write the campaign down, unless another one took some of its people meanwhile.

    One campaign at a time is begun, so that of two with the same text one sees the other.

    Raises:
        RuleError: it did; nothing was sent.
    """
    with ledger.account_lock(BEGINNING, lambda: None, context.stop) as alone:
        people = plan.contacts["phone_number"].to_numpy()
        late = not request.again and np.isin(people, _texted(ledger, plan, context)).any()
        if late or not alone:
            raise RuleError(
                "Meanwhile another campaign with this text was begun for some of these people: "
                "nothing was sent; send again, and they are left out."
            )
        return _write_down(ledger, plan, named, request.run_options, context)


def _write_down(
    ledger: Ledger, plan: Plan, named: tuple[str, str], run_options: RunOptions, context: RunContext
) -> CampaignRecord:
    """Put the whole campaign into the ledger, in one transaction."""
    name, digest = named
    rehearsal, asked = context.settings.rehearsal, plan.parameters
    leaves_at = asked.send_at if asked and asked.send_at else context.clock.now()
    header, blocks = make_source_rows(plan)
    return ledger.create_campaign(
        name=name,
        digest=digest,
        text_digest=text_digest_of(plan.variants),
        parameters=recorded_parameters(plan),
        counts=plan.counts,
        rehearsal=rehearsal,
        frames=freeze(plan, name, rehearsal=rehearsal),
        roll=pack_source_rows(header, blocks),
        expires_at=expiry_after(leaves_at, run_options.expires_after),
    )
