"""A simulated world for the model test: true time, this machine's clock, gateways that lie.

The gateway shares no code with the sandbox: it is what the API documents, and worse.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import orjson

from bulksms.octopush import Accepted, Credentials, NotSent, Outcome, RefusalScope, Refused, Unknown

__all__ = ["Connection", "Delivery", "Fault", "Gateway", "GatewayKind", "KilledError", "World"]

ID_MEMORY = timedelta(hours=24)
SHORT_ID_MEMORY = timedelta(hours=1)
CONTENT_MEMORY = timedelta(minutes=5)
DUPLICATE_ID = 182
BAD_NUMBER = 150
BAD_SENDER = 106
SENDER_LENGTH = 3  # letters, at least


class KilledError(BaseException):
    """The process dies here; nothing of the program may catch it."""


class Fault(StrEnum):
    """What happens to one post, in the order of its life."""

    NONE = "none"
    KILLED_BEFORE = "killed before"
    BUSY = "busy"
    LOST_BEFORE = "lost before"
    REFUSED = "refused"
    KILLED_AFTER = "killed after"
    LOST_AFTER = "lost after"


class GatewayKind(StrEnum):
    """How a gateway treats a request that it has seen before."""

    HONEST = "refuses a request id for 24 hours"
    FORGETFUL = "ignores request ids"
    SAME_WORDS = "ignores request ids, refuses the same words to the same people for 5 minutes"
    SAME_PERSON = "ignores request ids, refuses the same words to one person alone for 5 minutes"
    HOURLY = "refuses a request id for one hour"

    @property
    def id_memory(self) -> timedelta:
        """How long a request id is refused."""
        memories = {GatewayKind.HONEST: ID_MEMORY, GatewayKind.HOURLY: SHORT_ID_MEMORY}
        return memories.get(self, timedelta())

    def filters(self, people: int) -> bool:
        """Whether the same words to so many people are refused for a while."""
        return self is GatewayKind.SAME_WORDS or (self is GatewayKind.SAME_PERSON and people == 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One text that reached one person."""

    at: datetime
    account: str
    request_id: str
    ticket: str
    phone_number: str
    text: str


@dataclass
class World:
    """True time, and the clock of this machine, which may be wrong."""

    true_time: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)
    clock_error: timedelta = timedelta()
    seconds_up: float = 1000.0
    kill_in: int | None = None

    def pass_time(self, seconds: float) -> None:
        self.true_time += timedelta(seconds=seconds)
        self.seconds_up += seconds

    def now(self) -> datetime:
        self._maybe_die()
        self.pass_time(0.001)
        return self.true_time + self.clock_error

    def monotonic(self) -> float:
        self._maybe_die()
        self.seconds_up += 0.0005
        return self.seconds_up

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        self.pass_time(max(seconds, 0.0))
        return wake.is_set()

    def _maybe_die(self) -> None:
        """Die at the chosen look at the clock: the program looks at it between all its steps."""
        if self.kill_in is None:
            return
        self.kill_in -= 1
        if self.kill_in < 0:
            self.kill_in = None
            raise KilledError


@dataclass
class Gateway:
    """The provider: it takes posts of every account and keeps the log that the model judges by."""

    world: World
    kind: GatewayKind = GatewayKind.HONEST
    deliveries: list[Delivery] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    posts: int = 0
    _request_ids: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _contents: dict[tuple[str, bytes], datetime] = field(default_factory=dict)

    def take(self, account: str, body: bytes) -> str | None:
        """Deliver a request and return its ticket, or None for one that was seen before."""
        request = orjson.loads(body)
        request_id = request.pop("request_id", "")
        now = self.world.true_time
        if self.kind.id_memory:
            seen = self._request_ids.setdefault((account, request_id), now)
            if seen != now and now - seen < self.kind.id_memory:
                return None
            self._request_ids[account, request_id] = now
        if self.kind.filters(len(request["recipients"])):
            content = (account, orjson.dumps(request, option=orjson.OPT_SORT_KEYS))
            last = self._contents.get(content)
            if last is not None and now - last < CONTENT_MEMORY:
                return None
            self._contents[content] = now
        ticket = f"T{len(self.deliveries)}"
        self.deliveries += [
            Delivery(
                at=now,
                account=account,
                request_id=request_id,
                ticket=ticket,
                phone_number=recipient["phone_number"],
                text=_finished(request["text"], recipient),
            )
            for recipient in request["recipients"]
        ]
        return ticket


def _finished(text: str, recipient: dict[str, str]) -> str:
    """Fill in the text as the provider does, and drop what no reader can see."""
    for name, value in recipient.items():
        text = text.replace(f"{{{name}}}", value)
    return " ".join(text.split())


@dataclass
class Connection:
    """One connection to the gateway, with the faults that its posts meet."""

    gateway: Gateway
    account: str

    def post(self, body: bytes) -> Outcome:
        world = self.gateway.world
        self.gateway.posts += 1
        fault = self.gateway.faults.pop(0) if self.gateway.faults else Fault.NONE
        world.pass_time(0.2)
        server_time = world.true_time
        match fault:
            case Fault.KILLED_BEFORE:
                raise KilledError
            case Fault.BUSY:
                return NotSent(reason="The API is busy.", retry_after=1.0, date=server_time)
            case Fault.LOST_BEFORE:
                return Unknown(reason="The connection was lost.")
            case Fault.REFUSED:
                return Refused(
                    code=BAD_NUMBER,
                    message="",
                    scope=RefusalScope.FRAME,
                    reason="A number has an unknown prefix.",
                    date=server_time,
                )
            case _:
                return self._deliver(body, fault, server_time)

    def _deliver(self, body: bytes, fault: Fault, server_time: datetime) -> Outcome:
        if len(orjson.loads(body).get("sender", "")) < SENDER_LENGTH:
            return Refused(
                code=BAD_SENDER,
                message="",
                scope=RefusalScope.CAMPAIGN,
                reason="The sender is too short.",
                date=server_time,
            )
        ticket = self.gateway.take(self.account, body)
        if fault is Fault.KILLED_AFTER:
            raise KilledError
        if fault is Fault.LOST_AFTER:
            return Unknown(reason="The connection was lost.")
        if ticket is None:
            return Unknown(
                reason="The request was seen before.",
                code=DUPLICATE_ID,
                stop=True,
                duplicate=True,
                date=server_time,
            )
        people = body.count(b'"phone_number":')
        return Accepted(
            ticket=ticket, number_of_contacts=people, number_of_sms_needed=people, date=server_time
        )

    def server_time(self) -> datetime | None:
        return self.gateway.world.true_time

    def close(self) -> None:
        """Close nothing: there is no socket."""


def connector(gateway: Gateway) -> Callable[[str, Credentials], Connection]:
    """Make connections of whichever account the program logs in with."""
    return lambda _, credentials: Connection(gateway, credentials.login)
