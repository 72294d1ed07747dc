"""Sends the text of one real row to the operator's own number before the campaign begins.

A test is a campaign of its own in the ledger, posted at most once like every other. Its text
has a digest of its own, so that no one counts as texted because of it.
"""

import hashlib
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa

from bulksms.campaign import Frame, content_digest
from bulksms.chunker import chunk
from bulksms.contacts.phones.parse import ParsedNumber
from bulksms.errors import RuleError
from bulksms.ledger import AuditAction, Ledger, NewCampaign
from bulksms.message import estimate
from bulksms.plan.make_plan import Plan
from bulksms.plan.previews import ALWAYS, Preview
from bulksms.results.source_pack import SOURCE_ROW_COLUMNS, pack_source_rows
from bulksms.sender import expiry_after
from bulksms.use_cases.context import RunContext, account_of, require_credentials
from bulksms.use_cases.prepare.freeze import freeze_frames
from bulksms.use_cases.prepare.identity import (
    campaign_name,
    check_campaign_name,
    digest_of,
    free_name,
    recorded_parameters,
)
from bulksms.use_cases.prepare.preflight import refuse_cost, refuse_errors, refuse_without_credit
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.prepare.seeds import read_own_number
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from

__all__ = ["SampleMessage", "begin_sample", "prepare_sample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMessage:
    """The row a test is taken from, the number it goes to, and the plan of that one text."""

    shown: Preview
    number: str
    plan: Plan
    frame: Frame
    name: str
    request: SendRequest


def prepare_sample(
    plan: Plan, number: str, request: SendRequest, context: RunContext
) -> SampleMessage:
    """Take the text of the row to preview, else of the first row, for one number.

    The test leaves at once, at any hour, and without the name of a list at the provider.

    Raises:
        InputError: the number or the row cannot be used, or the plan may not be sent.
        SettingsError: no credentials are set.
        LedgerError: the ledger cannot be used.
    """
    credentials = require_credentials(context.settings)
    refuse_errors(plan)
    own = read_own_number(plan, number)
    shown = _shown(plan)
    sample_plan, frame = _sample_plan(plan, shown, own)
    refuse_cost(sample_plan, request.run_options.pacing.max_cost)
    refuse_without_credit(sample_plan, context, credentials)
    with ledger_to_send_from(context.settings, context.observer) as ledger:
        name = _name(ledger, plan, request, context)
    return SampleMessage(
        shown=shown, number=own.e164, plan=sample_plan, frame=frame, name=name, request=request
    )


def begin_sample(sample: SampleMessage, context: RunContext) -> str:
    """Write the test down as a campaign and return its name; `run_campaign` posts it.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    with (
        ledger_to_send_from(context.settings, context.observer) as ledger,
        ledger.locks.campaign(sample.name),
    ):
        _write_down(ledger, sample, context)
    return sample.name


def _shown(plan: Plan) -> Preview:
    """Find the requested row among the previews.

    Raises:
        RuleError: it has no text.
    """
    requested = next(iter(plan.request.previews), ALWAYS[0])
    shown = next(preview for preview in plan.previews if requested in preview.requests)
    if shown.text is None:
        raise RuleError(
            f"There is no text to test for {requested}: {shown.sentence}", code="no_text_to_test"
        )
    return shown


def _sample_plan(plan: Plan, shown: Preview, own: ParsedNumber) -> tuple[Plan, Frame]:
    """Take one row out of the plan, and give it the operator's number."""
    texts = plan.personalised
    if texts is None or shown.position is None or shown.segments is None:
        raise RuntimeError("a plan without texts has no text to test")
    marks = np.zeros(len(texts.row_table), dtype=bool)
    marks[shown.position] = True
    contacts = next(block.contacts for _, block in texts.blocks(marks))
    (frame,) = chunk([contacts.assign(phone_number=own.phone_number)], contacts=1)
    variant = plan.variants[shown.variant]
    parameters = replace(variant.parameters, send_at=None, list_name=None)
    price = estimate(
        {own.country: shown.segments},
        parameters.type,
        plan.request.prices_for([own.country]),
        with_replies=parameters.with_replies,
    )
    own_variant = replace(variant, parameters=parameters)
    personalised = replace(texts, variants=(own_variant,))
    return replace(plan, personalised=personalised, price=price), frame


def _name(ledger: Ledger, plan: Plan, request: SendRequest, context: RunContext) -> str:
    given = request.campaign and check_campaign_name(request.campaign)
    base = given or campaign_name(plan, digest_of(plan))
    return free_name(ledger, f"{base}-test-{context.clock.now():%Y%m%d-%H%M%S}")


def _write_down(ledger: Ledger, sample: SampleMessage, context: RunContext) -> None:
    """Write the test down as a campaign of one row, which no other campaign continues."""
    name, shown, rehearsal = sample.name, sample.shown, context.settings.rehearsal
    parameters = recorded_parameters(sample.plan) | {"test": True}
    files = list(sample.plan.request.named_files)
    digest = content_digest(parameters | {"name": name}, [sample.number.encode()])
    cells = (shown.row, sample.number, "", "rejected", 1, "")
    source_row = pa.table([[cell] for cell in cells], list(SOURCE_ROW_COLUMNS))
    expires_after = sample.request.run_options.expires_after
    new = NewCampaign(
        name=name,
        digest=digest,
        text_digest=hashlib.sha256(f"test\0{digest}".encode()).hexdigest(),
        parameters=parameters | {"files": files},
        counts={"rows": 1, "sendable": 1, "rejected": 0, "duplicates": 0, "opted_out": 0},
        rehearsal=rehearsal,
        account=account_of(context.settings),
        expires_at=expiry_after(context.clock.now(), expires_after),
    )
    price, parameters_of_frame = sample.plan.price, sample.plan.shared_parameters
    (frozen,) = freeze_frames([(parameters_of_frame, sample.frame)], name, rehearsal=rehearsal)
    frozen = replace(
        frozen,
        sms_planned=shown.segments,
        cost_planned=None if price is None else sum(price.by_country.values(), Decimal(0)),
    )
    ledger.campaigns.create(new, [frozen], pack_source_rows([], [source_row]))
    ledger.audit.record(
        AuditAction.BEGIN,
        person=context.person,
        campaign=name,
        digest=digest,
        counts=new.counts,
        cost=None if sample.plan.price is None else sample.plan.price.amount,
    )
