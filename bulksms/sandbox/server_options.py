"""The behaviour of a sandbox, in one table."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from bulksms.errors import UsageError
from bulksms.loopback import is_loopback
from bulksms.sandbox.api_replies import AnswerStyle
from bulksms.sandbox.fault_kinds import FAULT_KINDS, USUAL_KINDS
from bulksms.sandbox.lenient_parsing import E164
from bulksms.sandbox.planned_callbacks import CallbackRules
from bulksms.sandbox.script import ScriptedReply


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """Every choice about a sandbox.

    Attributes:
        host: A loopback address; any other is refused.
        port: 0 takes a free one.
        credit: Euros on the account at the start.
        price: Euros for one segment.
        price_after: From so many accepted frames on, one segment costs so much.
        parts_factor: How many segments are billed for each.
        latency: Seconds between accepting a frame and answering.
        log: File that gets one JSON line for each accepted frame, before the answer leaves.
        forget: Keep no accepted frames in memory: they can neither be looked at nor cancelled.
        posts_log: File that gets one JSON line for each send request, accepted or not.
        faults: Share of the send requests, from 0 to 1, that meet a fault.
        seed: The same seed and the same order of requests meet the same faults.
        fault_kinds: The faults to choose from.
        script: The answers to posts named by number; the others meet faults at random.
        redirect_to: Where the redirect faults point; must be on this machine.
        drip: Seconds between two bytes of a slow answer.
        now: The time on the account's clock at the start; the machine's if not given.
        honour_request_id: Whether a `request_id` that the login used in the last 24 hours is
            refused.
        content_filter: Seconds for which the same words to the same people are refused with
            `duplicate_code`, whatever the `request_id`.
        burn_ids: Whether a request that is refused uses up its `request_id` as well.
        duplicate_code: The API code of that refusal, 182 or the older 120.
        refuse: API code with which every send is answered.
        refuse_after: Frames accepted before `refuse` starts.
        hang_after_accept: Accept this frame (1 is the first) and never answer it.
        login: The only login that is accepted; any if not given.
        key: The only key that is accepted; any test key if not given.
        reject_invalid: Refuse a frame with one bad number (181) instead of leaving the number out.
        opted_out: Numbers that said STOP.
        stop_mentions: Wordings accepted as a STOP mention, case-sensitive.
        success_status: HTTP status of an accepted frame.
        answer_style: How the answer to an accepted frame is written.
        callback_url: Where receipts, replies and STOPs are reported; must be on this machine.
        callback_rules: What is reported, how and when.
    """

    host: str = "127.0.0.1"
    port: int = 0
    credit: Decimal = Decimal(100)
    price: Decimal = Decimal("0.045")
    price_after: tuple[int, Decimal] | None = None
    parts_factor: int = 1
    latency: float = 0.0
    log: Path | None = None
    forget: bool = False
    posts_log: Path | None = None
    faults: float = 0.0
    seed: int = 0
    fault_kinds: tuple[str, ...] = USUAL_KINDS
    script: tuple[ScriptedReply, ...] = ()
    redirect_to: str = "http://127.0.0.1:9/elsewhere"
    drip: float = 0.05
    now: datetime | None = None
    honour_request_id: bool = True
    content_filter: float = 0.0
    burn_ids: bool = False
    duplicate_code: int = 182
    refuse: int | None = None
    refuse_after: int = 0
    hang_after_accept: int | None = None
    login: str | None = None
    key: str | None = None
    reject_invalid: bool = False
    opted_out: frozenset[str] = frozenset()
    stop_mentions: tuple[str, ...] = ("STOP au 30101", "STOP au XXXXX")
    success_status: int = 201
    answer_style: AnswerStyle = AnswerStyle.DOCUMENTED
    callback_url: str | None = None
    callback_rules: CallbackRules = field(default_factory=CallbackRules)

    def __post_init__(self) -> None:
        scripted = [reply.fault for reply in self.script if reply.fault is not None]
        unknown = [kind for kind in (*self.fault_kinds, *scripted) if kind not in FAULT_KINDS]
        if unknown:
            raise UsageError(
                f"The sandbox has no fault {unknown[0]!r}; use one of {', '.join(FAULT_KINDS)}."
            )
        if not 0 <= self.faults <= 1:
            raise UsageError(
                f"The share of faults of the sandbox is {self.faults}; give a number from 0 to 1."
            )
        if not is_loopback(urlsplit(self.redirect_to).hostname or ""):
            raise UsageError(
                f"The sandbox redirects to this machine only, not to {self.redirect_to!r}."
            )
        if self.callback_url and not is_loopback(urlsplit(self.callback_url).hostname or ""):
            raise UsageError(
                f"The sandbox reports to this machine only, not to {self.callback_url!r}; give an "
                "address such as http://127.0.0.1:8480/SECRET."
            )
        unread = sorted(number for number in self.opted_out if not E164.fullmatch(number))
        if unread:
            raise UsageError(
                f"The number {unread[0]!r} that said STOP cannot be read: write it with its "
                "country, like +33639980001."
            )
        if not is_loopback(self.host):
            raise UsageError(
                f"The sandbox listens on this machine only, not on {self.host!r}; use 127.0.0.1."
            )
