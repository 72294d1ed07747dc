"""A desk to send from: a ledger on the disk, a clock that never waits, and a scripted API."""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from bulksms.ledger import CampaignRecord, FrameRecord, FrozenFrame, Ledger, ProofRecord
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome, RefusalScope, Refused, Unknown
from bulksms.sender import Observer, Pacing, RunOutcome, send_frames
from tests.builders import new_campaign

CONTACTS = 100
TAKEN = Accepted(
    ticket="sms_1",
    number_of_contacts=CONTACTS,
    number_of_sms_needed=CONTACTS,
    total_cost=Decimal("4.50"),
    residual_credit=Decimal(90),
)
SHORT = Accepted(ticket="sms_1", number_of_contacts=95, total_cost=Decimal(4))
VERY_SHORT = Accepted(ticket="sms_1", number_of_contacts=94, total_cost=Decimal(4))
IMPOSSIBLE = Accepted(ticket="sms_1", number_of_contacts=101)
NO = Refused(code=122, message="bad text", scope=RefusalScope.FRAME, reason="The text is bad.")
NEVER = Refused(
    code=106, message="bad sender", scope=RefusalScope.CAMPAIGN, reason="The sender is bad."
)
AWAY = NotSent(reason="connection refused")
BROKE = NotSent(reason="no credit left", code=104, stop=True)
DOUBT = Unknown(reason="no answer")
HTML = Unknown(reason="not JSON", stop=True)


class FakeClock:
    """Time passes only when somebody waits."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waited: list[float] = []
        self._guard = threading.Lock()

    def now(self) -> datetime:
        return datetime(2027, 3, 1, 12, 0, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        with self._guard:
            self.seconds += seconds
            self.waited.append(seconds)
        return wake.is_set()


class Script:
    """Answers as told, then with what it took for the rest; remembers every body."""

    def __init__(
        self,
        outcomes: Sequence[Outcome | BaseException],
        then: Outcome = TAKEN,
        on_post: Callable[[int], None] = lambda _count: None,
        hour: Callable[[], datetime | None] = lambda: None,
    ) -> None:
        self.outcomes = list(outcomes)
        self.then = then
        self.on_post = on_post
        self.bodies: list[bytes] = []
        self.hour = hour
        self.opened = self.closed = self.asked = 0
        self._guard = threading.Lock()

    def __call__(self) -> "Script":
        self.opened += 1
        return self

    def post(self, body: bytes) -> Outcome:
        with self._guard:
            self.bodies.append(body)
            outcome = self.outcomes.pop(0) if self.outcomes else self.then
            count = len(self.bodies)
        self.on_post(count)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def server_time(self) -> datetime | None:
        self.asked += 1
        return self.hour()

    def close(self) -> None:
        self.closed += 1


class Ears:
    def __init__(self) -> None:
        self.begun: tuple[int, int] | None = None
        self.settled: list[tuple[int, str]] = []
        self.notes: list[str] = []

    def started(self, frames: int, contacts: int) -> None:
        self.begun = (frames, contacts)

    def frame_settled(self, record: FrameRecord) -> None:
        self.settled.append((record.number, record.state.value))

    def note(self, sentence: str) -> None:
        self.notes.append(sentence)


def frozen(
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


class Desk:
    """A campaign of six frames, and one call that sends it."""

    def __init__(
        self,
        ledger: Ledger,
        frames: Iterable[FrozenFrame] | None = None,
        *,
        proof: ProofRecord | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        self.ledger = ledger
        self.campaign: CampaignRecord = ledger.campaigns.create(
            new_campaign(parameters={"auto_delete_optout_contacts": True}, expires_at=expires_at),
            frames or [frozen(number) for number in range(1, 7)],
        )
        self.proof = proof
        self.clock = FakeClock()
        self.ears = Ears()

    def send(
        self,
        script: Script,
        pacing: Pacing | None = None,
        stop: threading.Event | None = None,
        observer: Observer | None = None,
    ) -> RunOutcome:
        return send_frames(
            self.ledger,
            script,
            self.campaign,
            pacing or Pacing(chance=lambda: 1.0),
            self.clock,
            observer or self.ears,
            stop or threading.Event(),
            proof=self.proof,
        )

    @property
    def states(self) -> list[str]:
        return [one.state.value for one in self.ledger.frames.all(self.campaign.id)]

    @property
    def state(self) -> tuple[str, str | None]:
        told = self.ledger.campaigns.get("spring")
        return told.state, told.reason
