"""One account of the API: its checks in their order, its credit, its memory; not its server."""

import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bulksms.clock import Clock
from bulksms.sandbox.answers import Answer, as_number, refusal
from bulksms.sandbox.billing import optimise, parts, personalise
from bulksms.sandbox.casting import Addressee, Submission, as_text, read_object, read_submission
from bulksms.sandbox.clock import SettableClock
from bulksms.sandbox.faults import FaultKind
from bulksms.sandbox.journal import AcceptedFrame, Journal, Posts
from bulksms.sandbox.memory import Memory
from bulksms.sandbox.options import SandboxOptions

CANCEL_NOTICE = timedelta(minutes=10)
MAX_TEXT = 1224
MAX_RECIPIENTS = 100_001
MAX_CANCELLED_CONTACTS = 2
SIMULATED_TICKET = "sms_simulation"
HTTP_BAD = 400


class Account:
    """The state behind the address; one thread writes, any thread may look."""

    def __init__(self, options: SandboxOptions, clock: Clock | None = None) -> None:
        self.options = options
        self.credit = options.credit
        self.posts = 0
        self.unknown_fields: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.cancelled: list[str] = []
        self.clock = SettableClock(options.now, clock)
        self._journal = Journal(options.log)
        self.diary = Posts(options.posts_log)
        self._frames = list(self._journal.earlier)
        self._earlier = len(self._frames)
        self._memory = Memory(self._frames)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the logs."""
        self._journal.close()
        self.diary.close()

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

    def send(self, body: bytes, fault: FaultKind | None = None) -> Answer:
        """Check a submission in the API's order, and take it or refuse it whole.

        Of the faults only those that change what is taken, or what is said of it, matter here.
        """
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
        answer = refusal(code) if code else self._charge(submission, digest, fault)
        if self.options.burn_ids and not answer.accepted and answer.status >= HTTP_BAD:
            self._memory.keep(submission.request_id, digest, self.clock.now())
        return answer

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
        if not self.options.honour_request_id:
            return None
        known = self._memory.knows(submission.request_id, digest, self.clock.now())
        return self.options.duplicate_code if known else None

    def _charge(self, submission: Submission, digest: str, fault: FaultKind | None) -> Answer:
        """Price what is left of the list; take it if the credit allows and it is meant."""
        contacts = _shortened(self._kept(submission), fault)
        segments = _segments(submission, contacts) * self.options.parts_factor
        cost = segments * self.price
        if cost > self.credit:
            return refusal(104)
        if submission.simulation_mode:
            return self._success(SIMULATED_TICKET, len(contacts), segments, cost)
        frame = self._frame(submission, contacts, segments, digest)
        self._journal.append(frame)
        with self._lock:
            self._frames.append(frame)
            self.credit -= cost
            self._memory.keep(frame.request_id, digest, self.clock.now())
        told = _miscounted(len(contacts), fault)
        answer = self._success(frame.ticket, told, segments, cost)
        return Answer(status=answer.status, body=answer.body, accepted=True)

    @property
    def price(self) -> Decimal:
        """Euros for one segment of the next frame."""
        after, dearer = self.options.price_after or (0, self.options.price)
        return dearer if self.accepted_now >= after else self.options.price

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
        now = self.clock.now()
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
            total_cost=str(segments * self.price),
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
        notice = frame.leaves_at - self.clock.now()
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
        return int(self.credit // self.price) if self.price else 0

    def inspection(self) -> dict[str, Any]:
        """Tell tests everything: what was taken, repeated, misspelt, broken."""
        return {
            "frames": [frame.as_json() for frame in self.accepted],
            "credit": str(self.credit),
            "posts": self.posts,
            "duplicates": self._memory.repeats,
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


def _shortened(contacts: tuple[Addressee, ...], fault: FaultKind | None) -> tuple[Addressee, ...]:
    """Leave out the last contact, or the second half, without saying whom."""
    if fault is FaultKind.COUNT_SHORT:
        return contacts[:-1] or contacts
    if fault is FaultKind.COUNT_HALF:
        return contacts[: -(-len(contacts) // 2)]
    return contacts


def _miscounted(contacts: int, fault: FaultKind | None) -> int:
    """Count otherwise than was taken."""
    if fault is FaultKind.COUNT_ZERO:
        return 0
    return contacts + 1 if fault is FaultKind.COUNT_OVER else contacts
