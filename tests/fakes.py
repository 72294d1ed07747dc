"""Fakes for every tier: a clock that never waits, a scripted API, a recording observer."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import numpy as np

from bulksms.ledger import CampaignRecord, FrameRecord, FrozenFrame, Ledger, ProofRecord
from bulksms.ledger.posts.claims import Claims
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome, RefusalScope, Refused, Unknown
from bulksms.sender import Observer, Pacing, RunOutcome
from bulksms.sender.send_frames import send_frames
from tests.builders import new_campaign

CONTACTS = 100
ACCEPTED = Accepted(
    ticket="sms_1",
    number_of_contacts=CONTACTS,
    number_of_sms_needed=CONTACTS,
    total_cost=Decimal("4.50"),
    residual_credit=Decimal(90),
)
SHORT = Accepted(ticket="sms_1", number_of_contacts=95, total_cost=Decimal(4))
TOO_SHORT = Accepted(ticket="sms_1", number_of_contacts=94, total_cost=Decimal(4))
IMPOSSIBLE_COUNT = Accepted(ticket="sms_1", number_of_contacts=101)
REFUSED = Refused(code=122, message="bad text", scope=RefusalScope.FRAME, reason="The text is bad.")
REFUSED_ALL = Refused(
    code=106, message="bad sender", scope=RefusalScope.CAMPAIGN, reason="The sender is bad."
)
UNREACHABLE = NotSent(reason="connection refused")
NO_CREDIT = NotSent(reason="no credit left", code=104, stop=True)
NO_ANSWER = Unknown(reason="no answer")
LOGIN_PAGE = Unknown(reason="not JSON", stop=True)


class FakeClock:
    """A clock whose time passes only while all of its `threads` wait, and not while one works.

    Else the others would wait for hours during one claim, which looks as if the machine slept.
    """

    def __init__(self) -> None:
        self.threads = 1
        self.seconds = 0.0
        self.waited: list[float] = []
        self._ends: list[float] = []
        self._moved = threading.Condition()

    def now(self) -> datetime:
        return datetime(2027, 3, 1, 12, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        with self._moved:
            end = self.seconds + seconds
            self.waited.append(seconds)
            self._ends.append(end)
            if len(self._ends) >= self.threads:
                self._move()
            # One that never waits has ended, or waits for something else.
            while self.seconds < end and not wake.is_set():
                if not self._moved.wait(0.1):
                    self._move()
            self._ends.remove(end)
        return wake.is_set()

    def _move(self) -> None:
        self.seconds = max(self.seconds, min(self._ends))
        self._moved.notify_all()


class ScriptedGateway:
    """An API that answers with the given outcomes, then with `then`, and records every body."""

    def __init__(
        self,
        outcomes: Sequence[Outcome | BaseException],
        then: Outcome = ACCEPTED,
        on_post: Callable[[int], None] = lambda _count: None,
        server_clock: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self.outcomes = list(outcomes)
        self.then = then
        self.on_post = on_post
        self.bodies: list[bytes] = []
        self.server_clock = server_clock
        self.opened = self.closed = self.asked = 0
        self._lock = threading.Lock()

    def __call__(self) -> "ScriptedGateway":
        self.opened += 1
        return self

    def post(self, body: bytes) -> Outcome:
        with self._lock:
            self.bodies.append(body)
            outcome = self.outcomes.pop(0) if self.outcomes else self.then
            count = len(self.bodies)
        self.on_post(count)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def server_time(self) -> datetime | None:
        self.asked += 1
        return self.server_clock()

    def close(self) -> None:
        self.closed += 1


class RecordingObserver:
    """Records the events of a run."""

    def __init__(self) -> None:
        self.started_with: tuple[int, int] | None = None
        self.settled: list[tuple[int, str]] = []
        self.notes: list[str] = []

    def started(self, frames: int, contacts: int) -> None:
        self.started_with = (frames, contacts)

    def frame_settled(self, record: FrameRecord) -> None:
        self.settled.append((record.number, record.state.value))

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


class RecordingProgress:
    """Records each step: its title, its size, and how far it got."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int | None, int]] = []

    @contextmanager
    def step(
        self, title: str, total: int | None = None, unit: str = "rows"
    ) -> Iterator[Callable[[int], None]]:
        reached = [0]
        assert unit in {"rows", "frames", "B"}
        yield reached.append
        self.steps.append((title, total, reached[-1]))


def freeze_frame(
    number: int, sms_planned: int | None = None, cost_planned: Decimal | None = None
) -> FrozenFrame:
    body = f"frame {number}".encode()
    first = 33_639_980_000 + CONTACTS * number
    return FrozenFrame(
        number=number,
        first_row=number * CONTACTS,
        last_row=number * CONTACTS + CONTACTS - 1,
        body=body,
        request_id=f"bs1-{number}",
        numbers=np.arange(first, first + CONTACTS, dtype="<i8").tobytes(),
        sms_planned=sms_planned,
        cost_planned=cost_planned,
    )


class SenderFixture:
    """A campaign of six frames, or one of the ledger, and one call that sends it."""

    def __init__(
        self,
        ledger: Ledger,
        frames: Iterable[FrozenFrame] | None = None,
        *,
        campaign: CampaignRecord | None = None,
        proof: ProofRecord | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        self.ledger = ledger
        self.campaign: CampaignRecord = campaign or ledger.campaigns.create(
            new_campaign(
                parameters={"auto_delete_optout_contacts": True},
                expires_at=expires_at,
                account="a",
            ),
            frames or [freeze_frame(number) for number in range(1, 7)],
        )
        self.proof = proof
        self.learnt_price: Decimal | None = None
        self.clock = FakeClock()
        self.observer = RecordingObserver()

    def send(
        self,
        gateway: ScriptedGateway,
        pacing: Pacing | None = None,
        stop: threading.Event | None = None,
        observer: Observer | None = None,
    ) -> RunOutcome:
        pacing = pacing or Pacing(chance=lambda: 1.0)
        self.clock.threads = pacing.concurrency
        return send_frames(
            self.ledger,
            gateway,
            self.campaign,
            pacing,
            self.clock,
            observer or self.observer,
            stop or threading.Event(),
            proof=self.proof,
            learnt_price=self.learnt_price,
        )

    @property
    def states(self) -> list[str]:
        return [frame.state.value for frame in self.ledger.frame_queries.each(self.campaign.id)]

    @property
    def state(self) -> tuple[str, str | None]:
        campaign = self.ledger.campaigns.get("spring")
        return campaign.state, campaign.reason


def set_sandbox_clock(base_url: str, now: datetime) -> None:
    """Set the clock of a running sandbox, so that a test's own clock agrees with it."""
    url = f"{base_url.removesuffix('/v1/public')}/_sandbox/clock"
    body = json.dumps({"now": now.isoformat()}).encode()
    with suppress(URLError), urlopen(url, data=body, timeout=10):
        pass


def port_of(base_url: str) -> int:
    """The port of an address, where another sandbox is to be the same account."""
    return urlsplit(base_url).port or 0


class SleepyClaims:
    """Claims after which the machine sleeps."""

    def __init__(self, claims: Claims, clock: FakeClock, seconds: float) -> None:
        self._claims, self._clock, self._seconds = claims, clock, seconds

    def claim(self, *args: Any, **more: Any) -> bool:  # noqa: ANN401 - passed on
        claimed: bool = self._claims.claim(*args, **more)
        self._clock.seconds += self._seconds
        self._seconds = 0
        return claimed

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - passed on
        return getattr(self._claims, name)
