"""Learns whether an account refuses a request id it has seen, by texting the operator's own number.

Proved is only what was seen: a text that was taken, and its exact repeat refused as a repeat.
Whatever is less than that proves nothing. At most two texts are ever accepted
(`reliability.md` section 2.6).
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
from bulksms.contacts.phones.display import sentence
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

__all__ = ["MOST_TEXTS", "ProofPlan", "ProofResult", "plan_proof", "prove_request_id"]

MOST_TEXTS = 2  # accepted, whatever happens
PAUSE = 3.0  # seconds between two posts, so that the second meets what the first left
REPEATED = frozenset({120, 133, 182})  # "this id was used before", of every version of the API
BAD_SENDER = "-"  # shorter than any sender may be, so that the API must refuse it


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPlan:
    """What is about to be tried: whose number, which text, and what it costs at the most."""

    phone_number: str
    text: str
    sender: str
    cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofResult:
    """What was learnt; `protects` is none when nothing was proved either way.

    `told` has a sentence for each post, `texts` counts those that were taken for certain.
    """

    protects: bool | None
    refusals_burn: bool | None = None
    texts: int = 0
    told: tuple[str, ...] = ()


def plan_proof(number: str, region: str, text: str, sender: str, settings: Settings) -> ProofPlan:
    """Check the number and the text, and say what trying costs.

    Raises:
        InputError: it is no number that can be texted.
        RuleError: it opted out.
        UsageError: the text is empty, or the sender cannot be used.
    """
    judged = parse_number(number, region, NumberRules(rehearsal=settings.rehearsal))
    if judged.reason is not None:
        told = sentence(judged.reason, number, region, judged.because).rstrip(".")
        raise InputError(f"{told}; nothing was sent.")
    segments = segmentation(text).segments
    if not segments:
        raise UsageError("There is no text: leave --text out or say something with it.")
    with open_ledger(settings.home, settings.ledger) as ledger:
        if judged.phone_number in ledger.opt_outs():
            raise RuleError("This number opted out, so it is not texted: give another one.")
    parameters = Parameters(text=text, sender=sender)
    tariff = shipped_tariff()
    price = tariff.price(parameters.type, judged.country) or tariff.substitute_price(
        parameters.type
    )
    return ProofPlan(
        phone_number=judged.e164,
        text=text,
        sender=sender,
        cost=price * segments * MOST_TEXTS,
    )


def prove_request_id(
    trial: ProofPlan,
    settings: Settings,
    clock: Clock,
    poster: Callable[[str, Credentials], ApiConnection] = Client,
) -> ProofResult:
    """Try, and keep in the ledger what was learnt of the account.

    Raises:
        SettingsError: no credentials.
        LedgerError: what was learnt could not be kept.
    """
    credentials = require_credentials(settings)
    account = credentials.account_at(settings.base_url)
    with open_ledger(settings.home, settings.ledger) as ledger:
        line = poster(settings.base_url, credentials)
        try:
            run = _Run(trial, line, clock)
            proof = run.repeat()
            _keep(ledger, proof, account, settings, clock)
            if proof.protects:
                # A repeat that is refused is known by now, whatever happens from here on.
                proof = run.refuse_and_mend(proof)
                _keep(ledger, proof, account, settings, clock)
        finally:
            line.close()
    return proof


def _keep(
    ledger: Ledger, proof: ProofResult, account: str, settings: Settings, clock: Clock
) -> None:
    if proof.protects is not None:
        ledger.keep_proof(
            ProofRecord(
                account=account,
                base_url=settings.base_url,
                proved_at=clock.now(),
                protects=proof.protects,
                refusals_burn=proof.refusals_burn,
            )
        )


@dataclass(slots=True)
class _Run:
    """One trial: posts a few times and says each time what came of it."""

    trial: ProofPlan
    line: ApiConnection
    clock: Clock
    never: threading.Event = field(default_factory=threading.Event)

    def repeat(self) -> ProofResult:
        """Post the same bytes twice; the second must be refused as a repeat."""
        body = self._signed().body
        first = self.line.post(body)
        if not isinstance(first, Accepted):
            return ProofResult(
                protects=None, told=(f"The text was not taken for certain: {_why(first)}",)
            )
        told = ("The text was taken.",)
        self._wait()
        second = self.line.post(body)
        if _is_repeat(second):
            return ProofResult(
                protects=True, texts=1, told=(*told, "Its repeat was refused as such.")
            )
        if isinstance(second, Accepted):
            return ProofResult(
                protects=False, texts=2, told=(*told, "Its repeat was taken as well.")
            )
        why = f"Its repeat was neither taken nor refused as a repeat: {_why(second)}"
        return ProofResult(protects=None, texts=1, told=(*told, why))

    def refuse_and_mend(self, proof: ProofResult) -> ProofResult:
        """Have a post refused for its sender, then post it mended under the same id."""
        request_id, body, _ = self._signed()
        spoilt = orjson.loads(body) | {"sender": BAD_SENDER}
        self._wait()
        first = self.line.post(orjson.dumps(spoilt, option=orjson.OPT_SORT_KEYS))
        if not isinstance(first, Refused):
            taken = isinstance(first, Accepted)
            words = "A post with a bad sender was taken." if taken else _why(first)
            why = f"Whether a refusal uses up an id is not known: {words}"
            return replace(proof, texts=proof.texts + taken, told=(*proof.told, why))
        told = (*proof.told, f"A post with a bad sender was refused with code {first.code}.")
        self._wait()
        second = self.line.post(body)
        if isinstance(second, Accepted):
            words = f"Mended, it was taken under the same id {request_id}: a refusal uses up no id."
            return replace(proof, refusals_burn=False, texts=proof.texts + 1, told=(*told, words))
        if _is_repeat(second):
            words = "Mended, it was refused as a repeat: a refusal uses up the id."
            return replace(proof, refusals_burn=True, told=(*told, words))
        words = f"Whether a refusal uses up an id is not known: {_why(second)}"
        return replace(proof, told=(*told, words))

    def _signed(self) -> SignedBody:
        """Freeze the text under an id that was never used."""
        # A notice to the operator and not marketing, so that it needs no STOP mention.
        parameters = Parameters(
            text=self.trial.text, sender=self.trial.sender, purpose=Purpose.ALERT
        )
        me = Contact(row=1, phone_number=self.trial.phone_number)
        return add_request_id(build_body(parameters, [me]), key=f"proof/{uuid.uuid4()}")

    def _wait(self) -> None:
        self.clock.wait(PAUSE, self.never)


def _is_repeat(outcome: Outcome) -> bool:
    return isinstance(outcome, Unknown) and outcome.code in REPEATED


def _why(outcome: Outcome) -> str:
    return "it was taken." if isinstance(outcome, Accepted) else outcome.reason
