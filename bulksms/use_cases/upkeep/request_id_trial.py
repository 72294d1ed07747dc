"""The posts that try whether an account refuses a repeated request, and what they prove."""

import threading
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import orjson

from bulksms.campaign import Parameters, Purpose
from bulksms.clock import Clock
from bulksms.contacts import Contact
from bulksms.ledger import ProofRecord
from bulksms.octopush import (
    Accepted,
    Outcome,
    Refused,
    SignedBody,
    Unknown,
    add_request_id,
    build_body,
)
from bulksms.sender import ApiConnection, ClockCheck

__all__ = ["MAX_TEXTS", "ProofPlan", "ProofResult", "RequestIdTrial"]

MAX_TEXTS = 2  # accepted at most
PAUSE = 3.0  # seconds between two posts, so that the first one is registered
REPEAT_CODES = frozenset({120, 133, 182})  # "this id was used before", in every API version
FORGOTTEN_AFTER = timedelta(hours=24)
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
    """The result of a trial; `protects` is None when nothing was proved either way.

    `sentences` describe each post, `texts` counts those that were certainly accepted.
    """

    protects: bool | None
    refusals_burn: bool | None = None
    texts: int = 0
    sentences: tuple[str, ...] = ()


class RequestIdTrial:
    """Posts a few times, describes each outcome, and concludes what was proved."""

    def __init__(
        self, plan: ProofPlan, connection: ApiConnection, clock: Clock, clock_check: ClockCheck
    ) -> None:
        self._plan, self._connection = plan, connection
        self._clock, self._clock_check = clock, clock_check
        self._never = threading.Event()
        self._key = str(uuid.uuid4())
        self._first = self._request(self._key)
        self._posted_at = clock.now()
        self._window: timedelta | None = None
        self._agreed = False
        self._is_filter = False
        self.result = ProofResult(protects=None)

    def repeat(self) -> None:
        """Post the same bytes twice; the second must be refused as a repeat."""
        self._agreed = self._clock_check.agrees(self._connection)
        self._posted_at = self._clock.now()
        first = self._connection.post(self._first.body)
        if not isinstance(first, Accepted):
            self._conclude(f"The text was not certainly accepted: {_why(first)}")
            return
        self._conclude("The text was accepted.", texts=1)
        answered = self._clock.monotonic()
        self._wait()
        tried_after = timedelta(seconds=self._clock.monotonic() - answered)
        second = self._connection.post(self._first.body)
        if _is_repeat(second):
            self._window = tried_after
            self._conclude("Its repeat was refused as a repeat.")
        elif isinstance(second, Accepted):
            self._conclude("Its repeat was accepted as well.", texts=1, protects=False)
        else:
            why = f"Its repeat was neither accepted nor refused as a repeat: {_why(second)}"
            self._conclude(why)

    def control(self) -> None:
        """Check that the same text is accepted under a fresh id, once its repeat was refused.

        The fresh id is first used in a post that is refused for its sender, which shows whether
        a refusal uses up an id.
        """
        if self._window is None:
            return
        fresh = self._request(str(uuid.uuid4()))
        refusable = orjson.loads(fresh.body) | {"sender": BAD_SENDER}
        self._wait()
        refused = self._connection.post(orjson.dumps(refusable, option=orjson.OPT_SORT_KEYS))
        if isinstance(refused, Accepted):
            # From another sender it is another text, which a filter of words lets pass.
            self._conclude(
                "A post with an invalid sender was accepted, so whether the same text is accepted "
                "under a fresh id could not be tried with another text: nothing is proved.",
                texts=1,
            )
        elif isinstance(refused, Refused):
            self._conclude(f"A post with an invalid sender was refused with code {refused.code}.")
            self._wait()
            self._post_corrected(fresh)
        else:
            self._conclude(f"Whether a refusal uses up an id is unknown: {_why(refused)}")
            self._post_fresh()

    def _post_corrected(self, fresh: SignedBody) -> None:
        """Post a refused request again with its right sender, under the same id."""
        outcome = self._connection.post(fresh.body)
        if isinstance(outcome, Accepted):
            self._conclude(
                f"Corrected, it was accepted under the id {fresh.request_id}: a refusal uses up "
                "no id.",
                texts=1,
                protects=True,
            )
            self.result = replace(self.result, refusals_burn=False)
        elif _is_repeat(outcome):
            self._conclude("Corrected, it was refused as a repeat.")
            self._post_fresh()
            if self.result.protects:
                self._conclude("So a refusal uses up the id.")
                self.result = replace(self.result, refusals_burn=True)
        else:
            self._conclude(f"Whether a refusal uses up an id is unknown: {_why(outcome)}")
            self._post_fresh()

    def _post_fresh(self) -> None:
        """Post the same text under an id that was never used, which must be accepted."""
        self._wait()
        outcome = self._connection.post(self._request(str(uuid.uuid4())).body)
        if isinstance(outcome, Accepted):
            why = "The same text was accepted under a fresh id."
            self._conclude(why, texts=1, protects=True)
        elif _is_repeat(outcome):
            self._is_filter = True
            self._conclude(
                "The same text was refused under a fresh id too, so Octopush refuses repeated "
                "words and not repeated ids: nothing is proved."
            )
        else:
            self._conclude(f"Whether the same text is accepted again is unknown: {_why(outcome)}")

    def widen(self, earlier: ProofRecord, base_url: str) -> tuple[ProofResult, ProofRecord] | None:
        """Repeat an earlier trial once more; None when that is not possible any more."""
        now = self._clock.now()
        key, _, request_id = (earlier.trial or "").partition(" ")
        age = now - earlier.proved_at
        if not request_id or not earlier.valid(now, base_url) or age >= FORGOTTEN_AFTER:
            return None
        trial = self._request(key)
        if trial.request_id != request_id or not self._clock_check.agrees(self._connection):
            return None
        outcome = self._connection.post(trial.body)
        hours = f"{age / timedelta(hours=1):.1f} hours"
        if _is_repeat(outcome):
            self._conclude(f"A repeat was refused as a repeat after {hours}.", protects=True)
            widened = replace(earlier, window=max(age, earlier.window or timedelta()))
            return replace(self.result, refusals_burn=earlier.refusals_burn), widened
        if isinstance(outcome, Accepted):
            why = f"A repeat was accepted after {hours}: Octopush has forgotten the id by then."
            self._conclude(why, texts=1, protects=True)
            return self.result, replace(earlier, trial=None)
        self._conclude(f"After {hours} a repeat gave no clear answer: {_why(outcome)}")
        return self.result, earlier

    def record(self, account: str, base_url: str) -> ProofRecord | None:
        """Return the proof to record; None when nothing was learnt."""
        if self.result.protects is None and not self._is_filter:
            return None
        protects = bool(self.result.protects)
        return ProofRecord(
            account=account,
            base_url=base_url,
            proved_at=self._posted_at,
            protects=protects,
            refusals_burn=self.result.refusals_burn,
            window=self._window if protects else None,
            # Without the server's time the age of a later repeat would be uncertain.
            trial=f"{self._key} {self._first.request_id}" if self._agreed else None,
        )

    def _conclude(self, sentence: str, *, texts: int = 0, protects: bool | None = None) -> None:
        self.result = replace(
            self.result,
            texts=self.result.texts + texts,
            protects=self.result.protects if protects is None else protects,
            sentences=(*self.result.sentences, sentence),
        )

    def _request(self, key: str) -> SignedBody:
        """Build the request with an id of its own for each key."""
        # A notice to the operator and not marketing, so that it needs no STOP mention.
        parameters = Parameters(
            text=self._plan.text, sender=self._plan.sender, purpose=Purpose.ALERT
        )
        recipient = Contact(row=1, phone_number=self._plan.phone_number)
        return add_request_id(build_body(parameters, [recipient]), key=f"proof/{key}")

    def _wait(self) -> None:
        self._clock.wait(PAUSE, self._never)


def _is_repeat(outcome: Outcome) -> bool:
    return isinstance(outcome, Unknown) and outcome.code in REPEAT_CODES


def _why(outcome: Outcome) -> str:
    return "it was accepted." if isinstance(outcome, Accepted) else outcome.reason
