"""Sends one real row's text to the operator's own number, before anybody else gets it.

A test is a campaign of its own in the ledger, posted at most once like every other. Its text
has a digest of its own, so that nobody counts as texted because of it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from bulksms.campaign import content_digest
from bulksms.contacts.phones.display import sentence
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber, parse_number
from bulksms.errors import RuleError
from bulksms.ledger import CampaignRecord, Ledger
from bulksms.message import estimate
from bulksms.plan.make_plan import Plan
from bulksms.plan.opt_out_files import read_guest_lists
from bulksms.plan.previews import ALWAYS, Preview
from bulksms.results.contact_results import SOURCE_ROW_COLUMNS, pack_source_rows
from bulksms.sender import expiry_after
from bulksms.use_cases.context import RunContext, RunOptions, RunResult, require_credentials
from bulksms.use_cases.freeze import freeze
from bulksms.use_cases.identity import campaign_name, digest_of, free_name, recorded_parameters
from bulksms.use_cases.open_ledger import ledger_to_send_from
from bulksms.use_cases.preflight import refuse_cost, refuse_errors, refuse_without_credit
from bulksms.use_cases.run_campaign import run_campaign
from bulksms.use_cases.send import SendRequest

__all__ = ["SampleMessage", "send_test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMessage:
    """What goes out as a test: the row it is taken from, and the plan of that one text."""

    shown: Preview
    number: str
    plan: Plan


def send_test(
    plan: Plan,
    number: str,
    request: SendRequest,
    context: RunContext,
    confirm: Callable[[SampleMessage], None],
) -> RunResult:
    """Send the text of the row that was to be previewed, else of the first, to one number.

    The test leaves now, at any hour, and keeps nobody in a list of the provider.
    `confirm` shows the trial and raises when the user says no.

    Raises:
        InputError: the number or the row cannot be used, or the plan may not be sent.
        SettingsError: no credentials.
        LedgerError: the ledger cannot be used.
    """
    credentials = require_credentials(context.settings)
    refuse_errors(plan)
    trial = _sample_message(plan, _own_number(plan, number))
    refuse_cost(trial.plan, request.run_options.pacing.max_cost)
    refuse_without_credit(trial.plan, context, credentials)
    run_options = replace(request.run_options, hours=None)
    with ledger_to_send_from(context.settings, context.observer) as ledger:
        name = _name(ledger, plan, request, context)
        confirm(trial)
        with ledger.lock(name):
            record = _write_down(ledger, trial, name, run_options, context)
            return run_campaign(ledger, record, run_options, context, credentials)


def _own_number(plan: Plan, number: str) -> ParsedNumber:
    """Read the operator's number by the rules of all others; a guest list holds for it too."""
    asked = plan.request.rules
    rules = NumberRules(allow_landlines=asked.allow_landlines, rehearsal=asked.rehearsal)
    region = asked.region
    judged = parse_number(number, region, rules)
    if judged.reason is not None:
        raise RuleError(sentence(judged.reason, number, region))
    guests = read_guest_lists(plan.request.guests, region)
    if guests is not None and not guests.has(np.array([judged.phone_number])).all():
        raise RuleError(f"{number} is not on the guest list, and only guests are texted: add it.")
    return judged


def _sample_message(plan: Plan, own: ParsedNumber) -> SampleMessage:
    """Take the row asked for out of the plan, and give it the operator's number."""
    wish = next(iter(plan.request.previews), ALWAYS[0])
    shown = next(one for one in plan.previews if wish in one.asked)
    if shown.place is None:
        raise RuleError(f"There is no text to test for {wish}: {shown.sentence}")
    part = plan.variants[shown.part]
    contact = part.contacts.iloc[[shown.place]].reset_index(drop=True)
    counted = part.counted.iloc[[shown.place]].reset_index(drop=True)
    parameters = replace(part.parameters, send_at=None, list_name=None)
    contact = contact.assign(phone_number=own.e164, country=own.country)
    one = replace(part, parameters=parameters, contacts=contact, counted=counted)
    price = estimate(
        counted["segments"],
        contact["country"],
        parameters.type,
        plan.request.tariff,
        with_replies=parameters.with_replies,
    )
    assert plan.personalised is not None, "there is a text"
    alone = replace(plan.personalised, variants=(one,), contacts=contact, counted=counted)
    trial = replace(plan, personalised=alone, price=price)
    return SampleMessage(shown=shown, number=own.e164, plan=trial)


def _name(ledger: Ledger, plan: Plan, request: SendRequest, context: RunContext) -> str:
    base = request.campaign or campaign_name(plan, digest_of(plan))
    moment = f"{context.clock.now():%Y%m%d-%H%M%S}"
    return free_name(ledger, f"{base}-test-{moment}")


def _write_down(
    ledger: Ledger, trial: SampleMessage, name: str, run_options: RunOptions, context: RunContext
) -> CampaignRecord:
    """Write the test down as a campaign of one row, found under no other name."""
    told = recorded_parameters(trial.plan) | {"test": True}
    digest = content_digest(told | {"name": name}, trial.number.encode())
    shown = trial.shown
    line = (shown.row, trial.number, "", "rejected", 1, "")
    roll = pa.table([[cell] for cell in line], list(SOURCE_ROW_COLUMNS))
    counts = {"rows": 1, "sendable": 1, "rejected": 0, "duplicates": 0, "opted_out": 0}
    return ledger.create_campaign(
        name=name,
        digest=digest,
        text_digest=hashlib.sha256(f"test\0{digest}".encode()).hexdigest(),
        parameters=told,
        counts=counts,
        rehearsal=context.settings.rehearsal,
        frames=freeze(trial.plan, name, rehearsal=context.settings.rehearsal),
        roll=pack_source_rows([], [roll]),
        expires_at=expiry_after(context.clock.now(), run_options.expires_after),
    )
