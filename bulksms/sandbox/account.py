"""One account of the API: its checks in their order, its credit, its memory; not its server."""

import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bulksms.clock import Clock, SystemClock
from bulksms.sandbox.answers import Answer, as_number, refusal
from bulksms.sandbox.billing import optimise, parts, personalise
from bulksms.sandbox.casting import Addressee, Submission, as_text, read_object, read_submission
from bulksms.sandbox.journal import AcceptedFrame, Journal
from bulksms.sandbox.options import SandboxOptions

MEMORY = timedelta(hours=24)
CANCEL_NOTICE = timedelta(minutes=10)
MAX_TEXT = 1224
MAX_RECIPIENTS = 100_001
MAX_CANCELLED_CONTACTS = 2
SIMULATED_TICKET = "sms_simulation"


class Account:
    """The state behind the address; one thread writes, any thread may look."""

    def __init__(self, options: SandboxOptions, clock: Clock | None = None) -> None:
        self.options = options
        self.credit = options.credit
        self.posts = 0
        self.duplicates: list[dict[str, Any]] = []
        self.unknown_fields: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.cancelled: list[str] = []
        self._clock = clock or SystemClock()
        self._journal = Journal(options.log)
        self._frames = list(self._journal.earlier)
        self._earlier = len(self._frames)
        self._seen = {
            frame.request_id: (datetime.fromisoformat(frame.received_at), frame.digest)
            for frame in self._frames
            if frame.request_id
        }
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the log."""
        self._journal.close()

    @property
    def accepted(self) -> tuple[AcceptedFrame, ...]:
        """Every frame taken, those of an earlier run with the same log first."""
        with self._lock:
            return tuple(self._frames)

    @property
    def accepted_now(self) -> int:
        """How many frames this run has taken."""
        return len(self._frames) - self._earlier

    def lets_in(self, login: str, key: str) -> bool:
        """Check the two headers; only test keys are let in, so that no real one is used here."""
        login, key = login.strip(), key.strip()
        return (
            bool(login)
            and key.startswith("test-")
            and (self.options.login is None or login == self.options.login)
            and (self.options.key is None or key == self.options.key)
        )

    def send(self, body: bytes) -> Answer:
        """Check a submission in the API's order, and take it or refuse it whole."""
        if self.options.refuse is not None and self.accepted_now >= self.options.refuse_after:
            return refusal(self.options.refuse)
        fields = read_object(body)
        if fields is None:
            return refusal(100)
        submission = read_submission(fields)
        self.unknown_fields.update(submission.unknown_fields)
        digest = hashlib.sha256(body).hexdigest()
        code = (
            _text_fault(submission)
            or self._recipients_fault(submission)
            or self._rules_fault(submission)
            or self._repeated(submission, digest)
        )
        return refusal(code) if code else self._charge(submission, digest)

    def _recipients_fault(self, submission: Submission) -> int | None:
        """Check the list and its numbers."""
        if not submission.listed:
            return 103
        if submission.listed > MAX_RECIPIENTS:
            return 305
        if not submission.addressees:
            return 117
        refused = self.options.reject_invalid and len(submission.addressees) < submission.listed
        return 181 if refused else None

    def _rules_fault(self, submission: Submission) -> int | None:
        """Check the sender and the STOP mention."""
        sender, text = submission.sender, submission.text or ""
        if sender is not None and not 3 <= len(sender) <= 11:  # noqa: PLR2004 - the API's limits
            return 106
        french = any(contact.phone_number.startswith("+33") for contact in submission.addressees)
        mentioned = any(mention in text for mention in self.options.stop_mentions)
        return 121 if submission.purpose == "wholesale" and french and not mentioned else None

    def _repeated(self, submission: Submission, digest: str) -> int | None:
        """Look for the id among those of the last 24 hours."""
        if not self.options.honour_request_id or submission.request_id not in self._seen:
            return None
        seen_at, first_digest = self._seen[submission.request_id]
        if self._clock.now() - seen_at >= MEMORY:
            return None
        same = digest == first_digest
        self.duplicates.append({"request_id": submission.request_id, "same_body": same})
        return self.options.duplicate_code

    def _charge(self, submission: Submission, digest: str) -> Answer:
        """Price what is left of the list; take it if the credit allows and it is meant."""
        contacts = self._kept(submission)
        segments = _segments(submission, contacts)
        cost = segments * self.options.price
        if cost > self.credit:
            return refusal(104)
        if submission.simulation_mode:
            return self._success(SIMULATED_TICKET, len(contacts), segments, cost)
        frame = self._frame(submission, contacts, segments, digest)
        self._journal.append(frame)
        with self._lock:
            self._frames.append(frame)
            self.credit -= cost
            if frame.request_id:
                self._seen[frame.request_id] = (self._clock.now(), digest)
        answer = self._success(frame.ticket, len(contacts), segments, cost)
        return Answer(status=answer.status, body=answer.body, accepted=True)

    def _kept(self, submission: Submission) -> tuple[Addressee, ...]:
        """Leave out who said STOP, if asked to."""
        if not submission.auto_delete_optout_contacts or not self.options.opted_out:
            return submission.addressees
        return tuple(
            contact
            for contact in submission.addressees
            if contact.phone_number not in self.options.opted_out
        )

    def _frame(
        self,
        submission: Submission,
        contacts: tuple[Addressee, ...],
        segments: int,
        digest: str,
    ) -> AcceptedFrame:
        """Write up a frame as it is taken."""
        now = self._clock.now()
        return AcceptedFrame(
            request_id=submission.request_id,
            recipients=tuple(contact.phone_number for contact in contacts),
            fields=tuple(contact.fields for contact in contacts),
            text=submission.text or "",
            sender=submission.sender,
            purpose=submission.purpose,
            type=submission.type,
            send_at=submission.send_at.isoformat() if submission.send_at else None,
            digest=digest,
            # The shape of a PHP uniqid: 8 hex digits of seconds, 5 that make it unique.
            ticket=f"sms_{int(now.timestamp()):08x}{len(self._frames):05x}",
            received_at=now.isoformat(),
            segments=segments,
            total_cost=str(segments * self.options.price),
        )

    def _success(self, ticket: str, contacts: int, segments: int, cost: Decimal) -> Answer:
        """Say yes in the API's words."""
        body = {
            "sms_ticket": ticket,
            "number_of_contacts": contacts,
            "total_cost": as_number(cost),
            "number_of_sms_needed": segments,
            "residual_credit": as_number(self.credit),
            "message": "",
        }
        return Answer(status=self.options.success_status, body=body)

    def cancel(self, body: bytes) -> Answer:
        """Take back a scheduled campaign, within the API's narrow limits."""
        fields = read_object(body)
        if fields is None:
            return refusal(100)
        ticket = as_text(fields.get("ticket_number"))
        frame = next((frame for frame in self._frames if frame.ticket == ticket), None)
        if frame is None or frame.ticket in self.cancelled:
            return refusal(131)
        notice = frame.leaves_at - self._clock.now()
        if notice <= timedelta(0):
            return refusal(132)
        if len(frame.recipients) > MAX_CANCELLED_CONTACTS or notice <= CANCEL_NOTICE:
            return refusal(128)
        self.cancelled.append(frame.ticket)
        self.credit += frame.cost
        return Answer(status=204, body={})

    def balance(self, query: Mapping[str, str]) -> Answer:
        """Say what is left: euros, or messages of one product to one country."""
        country, product = query.get("country_code"), query.get("product_name")
        if bool(country) != bool(product):
            return refusal(100)
        amount, unit = as_number(self.credit), "euros"
        if product and product != "euro":
            amount, unit = self.messages_left, product
        body: dict[str, Any] = {"amount": amount, "unit": unit}
        if query.get("with_details", "").lower() in {"true", "1"}:
            pack = {"wallet_pack_id": "sandbox", "credit": as_number(self.credit)}
            body["wallet_packs"] = [{**pack, "expiration_date": "2099-12-31T23:59:59+01:00"}]
        return Answer(status=200, body=body)

    def credits(self, countries: list[str]) -> Answer:
        """Say how many messages of each product the credit buys."""
        left = self.messages_left
        counts = {"premium_sms": left, "vocal_sms": 0, "low_cost_sms": left, "hlr": 0}
        return Answer(status=200, body=dict.fromkeys(countries or ["FR"], counts))

    @property
    def messages_left(self) -> int:
        """How many segments the credit buys."""
        return int(self.credit // self.options.price) if self.options.price else 0

    def inspection(self) -> dict[str, Any]:
        """Tell tests everything: what was taken, repeated, misspelt, broken."""
        return {
            "frames": [frame.as_json() for frame in self.accepted],
            "credit": str(self.credit),
            "posts": self.posts,
            "duplicates": self.duplicates,
            "unknown_fields": dict(self.unknown_fields),
            "faults": dict(self.faults),
            "cancelled": self.cancelled,
        }


def _text_fault(submission: Submission) -> int | None:
    """Check that there is a text and that it is not too long."""
    if submission.text is None:
        return 107
    return 189 if len(submission.text) > MAX_TEXT else None


def _segments(submission: Submission, contacts: tuple[Addressee, ...]) -> int:
    """Count the billed parts over all contacts; contacts without fields are counted once."""
    text = submission.text or ""
    shape = optimise if submission.auto_optimize_text else str
    if "{" not in text:
        return parts(shape(text)) * len(contacts)
    return sum(parts(shape(personalise(text, contact.fields))) for contact in contacts)
