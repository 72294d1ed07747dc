"""Nights of a saved campaign, with a clock and an API of the test's own."""

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import orjson

from bulksms.campaign_file import read_campaign_file
from bulksms.octopush.outcomes import Accepted, Outcome
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.unattended.run_unattended import run_unattended
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended.unattended_run import UnattendedRun
from tests.fakes import RecordingObserver, set_sandbox_clock
from tests.sending import run_context, settings_of_test

__all__ = ["NOON", "NO_SERVER", "FakeApi", "Night", "NightClock", "context_at", "write_dump"]

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
NO_SERVER = "http://127.0.0.1:9"  # no one answers there, so the balance is unknown


class NightClock:
    """A clock that stays where it was set, and leaps over every wait."""

    def __init__(self, start: datetime) -> None:
        self.at = start.astimezone(UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        self.at += timedelta(seconds=seconds)
        return wake.is_set()


@dataclass
class FakeApi:
    """Takes every frame and notes who was texted when, unless `answer` says otherwise."""

    clock: NightClock
    answer: Callable[[int], Outcome | BaseException | None] = lambda _count: None
    taken: list[tuple[int, datetime]] = field(default_factory=list)
    posts: int = 0
    behind: timedelta = timedelta()  # its clock, compared with that of the machine

    def post(self, body: bytes) -> Outcome:
        self.posts += 1
        other = self.answer(self.posts)
        if isinstance(other, BaseException):
            raise other
        if other is not None:
            return other
        to = [int(person["phone_number"][1:]) for person in orjson.loads(body)["recipients"]]
        self.taken += [(number, self.clock.now()) for number in to]
        count = len(to)
        return Accepted(
            ticket=f"sms_{self.posts}",
            number_of_contacts=count,
            number_of_sms_needed=count,
            total_cost=Decimal("0.045") * count,
        )

    def server_time(self) -> datetime | None:
        return self.clock.now() - self.behind

    def close(self) -> None:
        """Do nothing."""

    @property
    def texted(self) -> list[int]:
        """Everyone who was texted, in order, as often as they were."""
        return sorted(number for number, _ in self.taken)


def context_at(home: Path, url: str, now: datetime) -> RunContext:
    """Return a run at a time, which the sandbox at the address has too."""
    set_sandbox_clock(url, now)
    return run_context(settings_of_test(home, url), clock=NightClock(now))


def write_dump(path: Path, people: Sequence[int], written: datetime) -> Path:
    """Write a list as an export would, at a time."""
    rows = [f"P{number % 10_000};+{number}" for number in people]
    path.write_text("\n".join(["Prénom;Mobile", *rows, ""]), encoding="utf-8")
    os.utime(path, (written.timestamp(), written.timestamp()))
    return path


class Night:
    """A campaign file, its dump and the machine it runs on, night after night."""

    def __init__(
        self, folder: Path, settings_of_campaign: str, start: datetime, key: str = "test-a"
    ) -> None:
        self.file, self.dump = folder / "welcome.toml", folder / "dump.csv"
        self.file.write_text(settings_of_campaign, encoding="utf-8")
        self.clock = NightClock(start)
        self.api = FakeApi(self.clock)
        self.observer = RecordingObserver()
        base_url = NO_SERVER if key.startswith("test-") else "https://127.0.0.1:9"
        self.settings = Settings(
            home=folder / "home", base_url=base_url, api_login="a@example.com", api_key=key
        )

    @property
    def context(self) -> RunContext:
        return RunContext(
            settings=self.settings,
            clock=self.clock,
            observer=self.observer,
            stop=threading.Event(),
            poster=lambda _url, _credentials: self.api,
        )

    def run(self, people: Sequence[int] | None = None, **options: object) -> UnattendedRun:
        """Write tonight's dump, if there is one, and run the campaign."""
        if people is not None:
            write_dump(self.dump, people, self.clock.now())
        return run_unattended(self.campaign(**options), self.context)

    def campaign(self, **options: object) -> SavedCampaign:
        """Read the campaign file; options win over it."""
        return read_campaign_file(self.file, over=options)

    def next(self, **later: float) -> None:
        """Let time pass: a day, or as long as is said."""
        self.clock.at += timedelta(**(later or {"days": 1}))

    def add(self, *lines: str) -> None:
        """Add lines to the campaign file."""
        with self.file.open("a", encoding="utf-8") as file:
            file.write("\n".join(["", *lines, ""]))
