"""Proves whether an account refuses a repeated request, by texting the operator's own number.

The proof is a text that was accepted, its exact repeat refused as a repeat, and the same text
accepted under a fresh id: otherwise a filter that refuses the same words would look like a
proof. It holds for repeats as old as the one that was tried; a later run of the same trial
widens it. At most two texts are ever accepted (`reliability.md` section 2.6).
"""

from collections.abc import Callable
from contextlib import closing
from functools import partial

from bulksms.campaign import Parameters
from bulksms.clock import Clock
from bulksms.contacts.phones.display import rejection_sentence
from bulksms.contacts.phones.parse import NumberRules, parse_number
from bulksms.errors import InputError, RuleError, UsageError
from bulksms.ledger import open_ledger
from bulksms.message.pricing import shipped_tariff
from bulksms.message.segments import segmentation
from bulksms.octopush import (
    Credentials,
)
from bulksms.sender import ApiConnection, ClockCheck
from bulksms.settings import Settings
from bulksms.use_cases.context import make_client, require_credentials
from bulksms.use_cases.upkeep.request_id_trial import (
    MAX_TEXTS,
    ProofPlan,
    ProofResult,
    RequestIdTrial,
)

__all__ = ["MAX_TEXTS", "ProofPlan", "ProofResult", "plan_proof", "prove_request_id"]


def plan_proof(number: str, region: str, text: str, sender: str, settings: Settings) -> ProofPlan:
    """Check the number and the text, and estimate the cost.

    Raises:
        InputError: the number cannot be texted.
        RuleError: the number opted out.
        UsageError: the text is empty, or the sender cannot be used.
    """
    parsed = parse_number(number, region, NumberRules(rehearsal=settings.rehearsal))
    if parsed.reason is not None:
        reason = rejection_sentence(parsed.reason, number, region, parsed.wording).rstrip(".")
        raise InputError(f"{reason}; nothing was sent.")
    segments = segmentation(text).segments
    if not segments:
        raise UsageError("The text is empty: leave --text out or write one.")
    with open_ledger(settings.home, settings.ledger) as ledger:
        if len(ledger.opt_outs.among([parsed.phone_number])):
            raise RuleError("This number opted out and is not texted: give another one.")
    parameters = Parameters(text=text, sender=sender)
    tariff = shipped_tariff()
    price = tariff.price(parameters.type, parsed.country) or tariff.substitute_price(
        parameters.type
    )
    return ProofPlan(
        phone_number=parsed.e164,
        text=text,
        sender=sender,
        cost=price * segments * MAX_TEXTS,
    )


def prove_request_id(
    plan: ProofPlan,
    settings: Settings,
    clock: Clock,
    poster: Callable[[str, Credentials], ApiConnection] | None = None,
) -> ProofResult:
    """Try it, and record in the ledger what was proved of the account.

    Where the same trial was accepted less than a day ago it is only repeated once more, which
    texts no one unless Octopush has forgotten it.

    Raises:
        SettingsError: no credentials.
        LedgerError: the result could not be recorded.
    """
    credentials = require_credentials(settings)
    account = credentials.account_at(settings.base_url)
    connect = partial(poster, settings.base_url) if poster else partial(make_client, settings)
    with (
        open_ledger(settings.home, settings.ledger) as ledger,
        closing(connect(credentials)) as connection,
    ):
        trial = RequestIdTrial(plan, connection, clock, ClockCheck(clock))
        earlier = ledger.proofs.get(account)
        widened = None if earlier is None else trial.widen(earlier, settings.base_url)
        if widened is not None:
            ledger.proofs.save(widened[1])
            return widened[0]
        trial.repeat()
        trial.control()
        record = trial.record(account, settings.base_url)
        if record is not None:
            ledger.proofs.save(record)
        return trial.result
