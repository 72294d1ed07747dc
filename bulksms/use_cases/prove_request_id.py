"""Proves whether an account refuses a repeated request, by texting the operator's own number.

The proof is a text that was accepted and its exact repeat refused as a repeat; anything less
proves nothing. At most two texts are ever accepted (`reliability.md` section 2.6).
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

import orjson

from bulksms.campaign import Parameters, Purpose
from bulksms.clock import Clock
from bulksms.contacts import Contact
from bulksms.contacts.phones.display import rejection_sentence
from bulksms.contacts.phones.parse import NumberRules, parse_number
from bulksms.errors import InputError, RuleError, UsageError
from bulksms.ledger import Ledger, ProofRecord, open_ledger
from bulksms.message.pricing import shipped_tariff
from bulksms.message.segments import segmentation
from bulksms.octopush import (
    Accepted,
    Client,
    Credentials,
    Outcome,
    Refused,
    SignedBody,
    Unknown,
    add_request_id,
    build_body,
)
from bulksms.sender import ApiConnection
from bulksms.settings import Settings
from bulksms.use_cases.context import require_credentials

__all__ = ["MAX_TEXTS", "ProofPlan", "ProofResult", "plan_proof", "prove_request_id"]

MAX_TEXTS = 2  # accepted at most
PAUSE = 3.0  # seconds between two posts, so that the first one is registered
REPEAT_CODES = frozenset({120, 133, 182})  # "this id was used before", in every API version
BAD_SENDER = "-"  # too short for a sender, so that the API must refuse it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPlan:
    """The number, the text and the highest cost of a proof."""

    phone_number: str
    text: str
    sender: str
    cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResult:
    """What was proved; `protects` is none when nothing was proved either way.

    `sentences` describe each post, `texts` counts those that were certainly accepted.
    """

    protects: bool | None
    refusals_burn: bool | None = None
    texts: int = 0
    sentences: tuple[str, ...] = ()


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
        if parsed.phone_number in ledger.opt_outs.all():
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
    poster: Callable[[str, Credentials], ApiConnection] = Client,
) -> ProofResult:
    """Try it, and record in the ledger what was proved of the account.

    Raises:
        SettingsError: no credentials.
        LedgerError: the result could not be recorded.
    """
    credentials = require_credentials(settings)
    account = credentials.account_at(settings.base_url)
    with open_ledger(settings.home, settings.ledger) as ledger:
        connection = poster(settings.base_url, credentials)
        try:
            run = _ProofRun(plan, connection, clock)
            proof = run.repeat()
            _record(ledger, proof, account, settings, clock)
            if proof.protects:
                # The refused repeat is recorded first, whatever happens from here on.
                proof = run.try_refused_id(proof)
                _record(ledger, proof, account, settings, clock)
        finally:
            connection.close()
    return proof


def _record(
    ledger: Ledger, proof: ProofResult, account: str, settings: Settings, clock: Clock
) -> None:
    if proof.protects is not None:
        ledger.proofs.save(
            ProofRecord(
                account=account,
                base_url=settings.base_url,
                proved_at=clock.now(),
                protects=proof.protects,
                refusals_burn=proof.refusals_burn,
            )
        )


@dataclass(slots=True)
class _ProofRun:
    """Posts a few times and describes each outcome."""

    plan: ProofPlan
    connection: ApiConnection
    clock: Clock
    never: threading.Event = field(default_factory=threading.Event)

    def repeat(self) -> ProofResult:
        """Post the same bytes twice; the second must be refused as a repeat."""
        body = self._signed().body
        first = self.connection.post(body)
        if not isinstance(first, Accepted):
            return ProofResult(
                protects=None, sentences=(f"The text was not certainly accepted: {_why(first)}",)
            )
        sentences = ("The text was accepted.",)
        self._wait()
        second = self.connection.post(body)
        if _is_repeat(second):
            return ProofResult(
                protects=True,
                texts=1,
                sentences=(*sentences, "Its repeat was refused as a repeat."),
            )
        if isinstance(second, Accepted):
            return ProofResult(
                protects=False, texts=2, sentences=(*sentences, "Its repeat was accepted as well.")
            )
        why = f"Its repeat was neither accepted nor refused as a repeat: {_why(second)}"
        return ProofResult(protects=None, texts=1, sentences=(*sentences, why))

    def try_refused_id(self, proof: ProofResult) -> ProofResult:
        """Have a post refused for its sender, then correct it and post it under the same id."""
        request_id, body, _ = self._signed()
        refusable = orjson.loads(body) | {"sender": BAD_SENDER}
        self._wait()
        first = self.connection.post(orjson.dumps(refusable, option=orjson.OPT_SORT_KEYS))
        if not isinstance(first, Refused):
            accepted = isinstance(first, Accepted)
            reason = "a post with an invalid sender was accepted." if accepted else _why(first)
            why = f"Whether a refusal uses up an id is unknown: {reason}"
            return replace(proof, texts=proof.texts + accepted, sentences=(*proof.sentences, why))
        refused = f"A post with an invalid sender was refused with code {first.code}."
        sentences = (*proof.sentences, refused)
        self._wait()
        second = self.connection.post(body)
        if isinstance(second, Accepted):
            why = f"Corrected, it was accepted under the id {request_id}: a refusal uses up no id."
            return replace(
                proof, refusals_burn=False, texts=proof.texts + 1, sentences=(*sentences, why)
            )
        if _is_repeat(second):
            why = "Corrected, it was refused as a repeat: a refusal uses up the id."
            return replace(proof, refusals_burn=True, sentences=(*sentences, why))
        why = f"Whether a refusal uses up an id is unknown: {_why(second)}"
        return replace(proof, sentences=(*sentences, why))

    def _signed(self) -> SignedBody:
        """Build the request under an id that was never used."""
        # A notice to the operator and not marketing, so that it needs no STOP mention.
        parameters = Parameters(text=self.plan.text, sender=self.plan.sender, purpose=Purpose.ALERT)
        me = Contact(row=1, phone_number=self.plan.phone_number)
        return add_request_id(build_body(parameters, [me]), key=f"proof/{uuid.uuid4()}")

    def _wait(self) -> None:
        self.clock.wait(PAUSE, self.never)


def _is_repeat(outcome: Outcome) -> bool:
    return isinstance(outcome, Unknown) and outcome.code in REPEAT_CODES


def _why(outcome: Outcome) -> str:
    return "it was accepted." if isinstance(outcome, Accepted) else outcome.reason
