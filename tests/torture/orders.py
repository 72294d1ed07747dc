"""The orders of a child: its campaign, its sender, and the point where it dies."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from bulksms.ledger import CampaignRecord, Ledger
from bulksms.octopush import Client, Credentials, Timeouts
from bulksms.sender import ApiConnection
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.send.run_campaign import run_locked

CAMPAIGN = "torture"
LOGIN, KEY = "torture@example.com", "test-torture"
QUICK = Timeouts(connect=4, write=4, read=4, total=8)


def quick_client(url: str, credentials: Credentials) -> ApiConnection:
    """Make the real client, which waits less long than it does in earnest."""
    return Client(url, credentials, QUICK)


Driving = Callable[[Ledger, CampaignRecord, RunOptions, RunContext, Credentials], object]


def _as_it_is(ledger: Ledger) -> Ledger:
    return ledger


@dataclass(frozen=True)
class Sender:
    """A sender under test: the real one, or one that is broken in a known way.

    `locks` says whether it takes the campaign's lock, `trusts` whether it compares the
    ledger with its witnesses.
    """

    name: str = "bulksms"
    ledger: Callable[[Ledger], Ledger] = _as_it_is
    poster: Callable[[str, Credentials], ApiConnection] = quick_client
    driving: Driving = run_locked
    locks: bool = True
    trusts: bool = True

    @property
    def is_real(self) -> bool:
        return self.name == "bulksms"


@dataclass(frozen=True)
class Trip:
    """Where a child dies: at the so-manieth crossing of any of these points.

    Without points, every line of bulksms' sending is one. With a `report` it dies nowhere
    and writes down each crossing instead.
    """

    crossing: int
    points: frozenset[str] = frozenset()
    report: Path | None = None

    @property
    def is_of_lines(self) -> bool:
        return not self.points


@dataclass(frozen=True)
class Order:
    """One run of a sender over a campaign in the ledger of `home`.

    It takes place `hours_later` than now, and `approve_late` is the yes to that.
    """

    home: Path
    url: str
    sender: Sender = field(default_factory=Sender)
    trip: Trip | None = None
    concurrency: int = 1
    file_limit: int | None = None
    deaf_reader: bool = False
    max_cost: Decimal | None = None
    hours_later: float = 0.0
    approve_late: bool = False
    campaign: str = CAMPAIGN
