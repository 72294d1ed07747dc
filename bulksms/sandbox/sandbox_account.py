"""One account of the API: what it checks, charges, accepts and remembers."""

import base64
import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bulksms.clock import Clock
from bulksms.sandbox.accepted_log import AcceptedFrame, AcceptedLog, RequestLog
from bulksms.sandbox.api_replies import ApiReply, as_number, refusal, success
from bulksms.sandbox.billing import optimise, parts, personalise
from bulksms.sandbox.callback_sender import CallbackSender
from bulksms.sandbox.fault_kinds import FaultKind, miscounted, shortened
from bulksms.sandbox.lenient_parsing import (
    Recipient,
    Submission,
    as_text,
    read_object,
    read_submission,
)
from bulksms.sandbox.request_id_memory import ContentFilter, RequestIdMemory
from bulksms.sandbox.server_options import SandboxOptions
from bulksms.sandbox.settable_clock import SettableClock
from bulksms.sandbox.submission_checks import refusal_code

CANCEL_NOTICE = timedelta(minutes=10)
MAX_CANCELLED_CONTACTS = 2
SIMULATED_TICKET = "sms_simulation"
HTTP_BAD = 400


class SandboxAccount:
    """The state of the account; one thread writes, any thread may read.

    Attributes:
        accepted_now: how many frames this run has accepted.
    """

    def __init__(self, options: SandboxOptions, clock: Clock | None = None) -> None:
        self.options = options
        self.credit = options.credit
        self.posts = 0
        self.unknown_fields: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.cancelled: list[str] = []
        self.clock = SettableClock(options.now, clock)
        self._accepted_log = AcceptedLog(options.log)
        self.request_log = RequestLog(options.posts_log)
        self._frames = list(self._accepted_log.earlier)
        self.accepted_now, self._accepted_before = 0, len(self._frames)
        self._memory = RequestIdMemory(self._frames)
        self._content_filter = ContentFilter(options.content_filter)
        self._lock = threading.Lock()
        rules = options.callback_rules
        self.callbacks = CallbackSender(options.callback_url, rules, self.clock.now)

    def close(self) -> None:
        """End the callbacks, and close the logs."""
        self.callbacks.close()
        self._accepted_log.close()
        self.request_log.close()

    @property
    def accepted(self) -> tuple[AcceptedFrame, ...]:
        """Every accepted frame, those of an earlier run with the same log first."""
        with self._lock:
            return tuple(self._frames)

    def accepts_login(self, login: str, key: str) -> bool:
        """Check login and key; only test keys are accepted, so that no real one is used here."""
        login, key = login.strip(), key.strip()
        return (
            bool(login)
            and key.startswith("test-")
            and (self.options.login is None or login == self.options.login)
            and (self.options.key is None or key == self.options.key)
        )

    def send(self, login: str, body: bytes, fault: FaultKind | None = None) -> ApiReply:
        """Check a submission in the API's order, and accept it or refuse it whole.

        Only faults that change what is accepted, or how it is counted, matter here.
        """
        if self.options.refuse is not None and self.accepted_now >= self.options.refuse_after:
            return refusal(self.options.refuse)
        fields = read_object(body)
        if fields is None:
            return refusal(100)
        post = _Post(
            submission=read_submission(fields),
            digest=hashlib.sha256(body).hexdigest(),
            login_digest=hashlib.sha256(login.strip().encode()).hexdigest()[:12],
        )
        self.unknown_fields.update(post.submission.unknown_fields)
        code = refusal_code(post.submission, self.options) or self._repeated(post)
        answer = refusal(code) if code else self._charge(post, fault)
        if self.options.burn_ids and not answer.accepted and answer.status >= HTTP_BAD:
            self._remember(post)
        return answer

    def _repeated(self, post: "_Post") -> int | None:
        """Look for the request id, and for the words, among those of late."""
        request_id, now = post.submission.request_id, self.clock.now()
        repeated = self._content_filter.refuses(post.submission.text or "", post.numbers, now) or (
            self.options.honour_request_id
            and self._memory.knows(post.login_digest, request_id, post.digest, now)
        )
        return self.options.duplicate_code if repeated else None

    def _remember(self, post: "_Post") -> None:
        """Remember the request id of a post."""
        request_id, now = post.submission.request_id, self.clock.now()
        self._memory.keep(post.login_digest, request_id, post.digest, now)

    def _charge(self, post: "_Post", fault: FaultKind | None) -> ApiReply:
        """Price the contacts that are kept; accept them if the credit allows and it is meant."""
        contacts = shortened(self._kept(post.submission), fault)
        segments = _segments(post.submission, contacts) * self.options.parts_factor
        cost = segments * self.price
        if cost > self.credit:
            return refusal(104)
        if post.submission.simulation_mode:
            return self._success(SIMULATED_TICKET, len(contacts), segments, cost)
        frame = self._frame(post, contacts, segments)
        self._accepted_log.append(frame)
        with self._lock:
            self.accepted_now += 1
            if not self.options.forget:
                self._frames.append(frame)
            self.credit -= cost
            self._remember(post)
            self._content_filter.keep(frame.text, post.numbers, self.clock.now())
        self.callbacks.schedule(frame)
        count = miscounted(len(contacts), fault)
        answer = self._success(frame.ticket, count, segments, cost)
        return ApiReply(status=answer.status, body=answer.body, accepted=True)

    @property
    def price(self) -> Decimal:
        """Euros for one segment of the next frame."""
        after, later_price = self.options.price_after or (0, self.options.price)
        return later_price if self.accepted_now >= after else self.options.price

    def _kept(self, submission: Submission) -> tuple[Recipient, ...]:
        """Leave out the opted-out numbers, if asked to."""
        if not submission.auto_delete_optout_contacts or not self.options.opted_out:
            return submission.recipients
        return tuple(
            contact
            for contact in submission.recipients
            if contact.phone_number not in self.options.opted_out
        )

    def _frame(
        self, post: "_Post", contacts: tuple[Recipient, ...], segments: int
    ) -> AcceptedFrame:
        """Describe a frame as it is accepted."""
        now, submission = self.clock.now(), post.submission
        return AcceptedFrame(
            request_id=submission.request_id,
            recipients=tuple(contact.phone_number for contact in contacts),
            fields=tuple(contact.fields for contact in contacts),
            text=submission.text or "",
            sender=submission.sender,
            purpose=submission.purpose,
            type=submission.type,
            send_at=submission.send_at.isoformat() if submission.send_at else None,
            digest=post.digest,
            # The shape of a PHP uniqid: 8 hex digits of seconds, 5 that make it unique.
            ticket=f"sms_{int(now.timestamp()):08x}{self._accepted_before + self.accepted_now:05x}",
            received_at=now.isoformat(),
            segments=segments,
            total_cost=str(segments * self.price),
            list_name=submission.list_name,
            with_replies=submission.with_replies,
            recipient_tracking=submission.recipient_tracking,
            login_digest=post.login_digest,
        )

    def _success(self, ticket: str, contacts: int, segments: int, cost: Decimal) -> ApiReply:
        """Make the answer to an accepted frame."""
        fields = {
            "sms_ticket": ticket,
            "number_of_contacts": contacts,
            "total_cost": as_number(cost),
            "number_of_sms_needed": segments,
            "residual_credit": as_number(self.credit),
            "message": "",
        }
        return success(self.options.success_status, fields, self.options.answer_style)

    def cancel(self, body: bytes) -> ApiReply:
        """Cancel a scheduled campaign, within the API's narrow limits."""
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
        return ApiReply(status=204, body={})

    def balance(self, query: Mapping[str, str]) -> ApiReply:
        """Answer with the balance: euros, or messages of one product to one country."""
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
        return ApiReply(status=200, body=body)

    def credits(self, countries: list[str]) -> ApiReply:
        """Answer with how many messages of each product the credit buys."""
        left = self.messages_left
        counts = {"premium_sms": left, "vocal_sms": 0, "low_cost_sms": left, "hlr": 0}
        return ApiReply(status=200, body=dict.fromkeys(countries or ["FR"], counts))

    @property
    def messages_left(self) -> int:
        """How many segments the credit buys."""
        return int(self.credit // self.price) if self.price else 0

    def inspection(self) -> dict[str, Any]:
        """Everything for tests: what was accepted, repeated, misspelt and broken."""
        return {
            "frames": [frame.as_json() for frame in self.accepted],
            "credit": str(self.credit),
            "posts": self.posts,
            "duplicates": self._memory.repeats,
            "unknown_fields": dict(self.unknown_fields),
            "faults": dict(self.faults),
            "cancelled": self.cancelled,
            "callbacks": self.callbacks.figures(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    """A submission, the digest of its bytes, and the digest of the login."""

    submission: Submission
    digest: str
    login_digest: str

    @property
    def numbers(self) -> tuple[str, ...]:
        """The phone numbers of its recipients."""
        return tuple(contact.phone_number for contact in self.submission.recipients)


def login_and_key(headers: Mapping[str, str]) -> tuple[str, str]:
    """Read the credentials of a request: two headers of the API, or HTTP Basic."""
    login, key = headers.get("api-login", ""), headers.get("api-key", "")
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if login or key or scheme.lower() != "basic":
        return login, key
    try:
        login, _, key = base64.b64decode(encoded).decode().partition(":")
    except ValueError:
        return "", ""
    return login, key


def _segments(submission: Submission, contacts: tuple[Recipient, ...]) -> int:
    """Count the billed parts over all contacts; contacts without fields are counted once."""
    text = submission.text or ""
    shape = optimise if submission.auto_optimize_text else str
    if "{" not in text:
        return parts(shape(text)) * len(contacts)
    return sum(parts(shape(personalise(text, contact.fields))) for contact in contacts)
