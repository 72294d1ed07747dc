"""Promise P11: no marketing is posted outside the hours of anyone in its frame, ever.

Whole campaigns are driven over a real ledger while a clock of the test's own passes; the judge
knows people's clocks and holidays from a table written by hand, and not from the program.
"""

import random
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import orjson
import pytest

from bulksms.campaign import Parameters
from bulksms.errors import RuleError
from bulksms.ledger import FrozenFrame, open_ledger
from bulksms.message import SendingHours
from bulksms.octopush import add_request_id, build_body
from bulksms.octopush.outcomes import Accepted, NotSent, Outcome
from bulksms.sender import Pacing, SilentObserver, StopCause
from bulksms.settings import PRODUCTION_URL, Settings
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.builders import a_contact, new_campaign
from tests.integration.clocks import BY_DIGITS, PEOPLE, Person

PARIS = ZoneInfo("Europe/Paris")
COUNTS = {"rows": 40, "sendable": 40, "rejected": 0, "duplicates": 0, "opted_out": 0}


class Time:
    """A clock that is moved by posts, waits and a resume in the morning."""

    def __init__(self, start: datetime) -> None:
        self.at, self.passed = start.astimezone(UTC), 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.passed

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.passed += seconds

    def wait(self, seconds: float, wake: threading.Event) -> bool:
        self.move(seconds)
        return wake.is_set()


@dataclass
class Counter:
    """Takes or refuses every post, slowly, and notes when it came and to whom."""

    time: Time
    dice: random.Random
    slow: float
    trouble: float
    posts: list[tuple[datetime, list[int]]] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)

    def post(self, body: bytes) -> Outcome:
        to = [int(person["phone_number"][1:]) for person in orjson.loads(body)["recipients"]]
        self.posts.append((self.time.now(), to))
        self.time.move(self.dice.uniform(0.2, 2) * self.slow)
        if self.dice.random() < self.trouble:
            return NotSent(reason="throttled", retry_after=self.dice.choice([None, 600.0]))
        self.taken += to
        cost = Decimal(len(to))
        return Accepted(ticket="t", number_of_contacts=len(to), total_cost=cost)

    def server_time(self) -> datetime | None:
        return None

    def close(self) -> None:
        pass

    def complaints(self) -> list[str]:
        judgements = (BY_DIGITS[digits].complaint(at) for at, to in self.posts for digits in to)
        return [complaint for complaint in judgements if complaint]


def frames_of(groups: Iterable[Sequence[Person]], parameters: Parameters) -> list[FrozenFrame]:
    made = []
    for number, group in enumerate(groups, start=1):
        people = [a_contact(row=number, phone_number=f"+{person.digits}") for person in group]
        request_id, body = add_request_id(build_body(parameters, people), key=str(number))
        digits = np.array([person.digits for person in group], dtype="<i8")
        made.append(
            FrozenFrame(
                number=number,
                first_row=number,
                last_row=number,
                body=body,
                request_id=request_id,
                numbers=digits.tobytes(),
            )
        )
    return made


@dataclass
class Campaign:
    """A campaign in a ledger of its own, gone on with until it is done."""

    home: Path
    time: Time
    counter: Counter
    hours: SendingHours | None = field(default_factory=SendingHours)
    pauses: int = 0

    def begin(
        self, groups: Iterable[Sequence[Person]], send_at: datetime | None = None
    ) -> "Campaign":
        parameters = Parameters(text="Salut STOP au 30101", send_at=send_at)
        stored = {
            "purpose": "wholesale",
            "simulation_mode": False,
            "send_at": send_at and send_at.isoformat(),
        }
        expires = (send_at or self.time.now()) + timedelta(hours=12)
        with open_ledger(self.home) as ledger:
            frames = frames_of(groups, parameters)
            ledger.campaigns.create(
                new_campaign(parameters=stored, counts=COUNTS, expires_at=expires), frames
            )
        return self

    def go_on(self, *, wait: bool) -> StopCause:
        settings = Settings(home=self.home, api_login="a@example.com", api_key="real")
        assert settings.base_url == PRODUCTION_URL  # no one is asked there: the poster is ours
        context = RunContext(
            settings=settings,
            clock=self.time,
            observer=SilentObserver(),
            stop=threading.Event(),
            poster=lambda _url, _credentials: self.counter,
        )
        pacing = Pacing(wait_for_hours=wait, chance=self.counter.dice.random)
        run_options = RunOptions(pacing=pacing, hours=self.hours, approve_late=True)
        return resume_campaign(None, run_options, context).cause

    def finish(self, people: int, *, wait: bool) -> "Campaign":
        while len(self.counter.taken) < people:
            assert self.pauses < 400, f"{len(self.counter.taken)} of {people}"
            self.go_on(wait=wait)
            self.pauses += 1
            # Someone tries again: minutes later, in the evening, or in the morning.
            self.time.move(self.counter.dice.choice([1800, 6 * 3600, 11 * 3600]))
        return self


STARTS = [
    "2026-03-28T19:40+01:00",  # the night in which Europe loses an hour, before a Sunday
    "2026-10-24T19:40+02:00",  # the night in which it wins one
    "2026-03-07T19:40-05:00",  # the same in North America
    "2026-10-31T19:40-04:00",
    "2026-02-14T19:40+01:00",  # Morocco goes back for Ramadan
    "2026-04-30T19:40+02:00",  # the eve of 1 May
    "2026-12-24T19:40+01:00",
    "2027-12-18T19:40+04:00",  # before a Sunday and the holiday of Réunion
    "2026-06-23T19:40-04:00",  # the eve of the holiday of Québec
    "2026-05-21T19:40-04:00",  # the eve of that of Martinique
    "2026-07-06T07:00+02:00",  # before eight in Paris, seven in Algiers and on the Canaries
]
DICE = [random.Random(seed) for seed in range(3)]
RANDOM_STARTS = [
    (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(700 * 1440))).isoformat()
    for dice in DICE
]
# Resuming opens the ledger again each time, which is slow: so not from every start.
LIVES = [(start, True) for start in [*STARTS, *RANDOM_STARTS]]
LIVES += [(start, False) for start in STARTS[:2]]


# In every life; of the others some, so that each life is short and all together meet everyone.
ALWAYS = {"Europe/Paris", "Indian/Reunion", "Africa/Algiers", "America/Martinique"}


def grouped(dice: random.Random) -> list[list[Person]]:
    """Put people who may share an hour into frames of three, and all others into their own."""
    always = [
        person for person in PEOPLE if person.zones[0] in ALWAYS or person.digits == 14185550101
    ]
    people = always + dice.sample([person for person in PEOPLE if person not in always], 6)
    near = [
        person for person in people if person.zones[0].startswith(("Europe", "Africa", "Indian"))
    ]
    dice.shuffle(near)
    groups = [near[at : at + 3] for at in range(0, len(near), 3)]
    groups += [[person] for person in people if person not in near]
    dice.shuffle(groups)
    return groups


@pytest.mark.parametrize(("start", "wait"), LIVES)
def test_no_one_in_36_places_is_texted_outside_the_hours(
    tmp_path: Path,
    start: str,
    wait: bool,
) -> None:
    dice = random.Random(start)
    time = Time(datetime.fromisoformat(start))
    counter = Counter(time, dice, slow=900, trouble=0.2)

    groups = grouped(dice)
    everybody = sorted(person.digits for group in groups for person in group)

    done = Campaign(tmp_path, time, counter).begin(groups).finish(len(everybody), wait=wait)

    assert counter.complaints() == []
    assert sorted(counter.taken) == everybody
    assert wait or done.pauses > 1


def test_the_judge_bites_when_the_hours_are_switched_off(tmp_path: Path) -> None:
    time = Time(datetime(2026, 3, 29, 6, tzinfo=UTC))
    counter = Counter(time, random.Random(1), slow=900, trouble=0.2)

    campaign = Campaign(tmp_path, time, counter, hours=None)
    campaign.begin([[person] for person in PEOPLE[:8]]).finish(8, wait=False)

    assert len(counter.complaints()) > 4


@pytest.mark.parametrize("wait", [False, True])
def test_a_slow_campaign_with_a_chosen_time_does_not_run_into_the_evening(
    tmp_path: Path,
    wait: bool,
) -> None:
    # What is posted after the chosen time is sent at once, so nothing is.
    leaves = datetime(2026, 11, 23, 19, 30, tzinfo=PARIS)
    time = Time(leaves - timedelta(hours=1))
    counter = Counter(time, random.Random(1), slow=1200, trouble=0)
    campaign = Campaign(tmp_path, time, counter)
    campaign.begin([[BY_DIGITS[33639980101]]] * 9, send_at=leaves)

    campaign.go_on(wait=wait)

    assert counter.complaints() == []
    assert 0 < len(counter.posts) < 9
    assert [at for at, _ in counter.posts if at > leaves] == []
    with pytest.raises(RuleError, match="has passed"):
        campaign.go_on(wait=wait)
    assert len(counter.posts) < 9


@pytest.mark.parametrize(("day", "opens"), [("2026-07-06", "07:00"), ("2026-12-07", "08:00")])
def test_the_canaries_and_algiers_are_asleep_when_their_neighbours_are_up(
    tmp_path: Path, day: str, opens: str
) -> None:
    """In summer Algiers is an hour behind Paris; the Canaries always are behind Madrid."""
    spain = next(person for person in PEOPLE if "Atlantic/Canary" in person.zones)
    algiers = next(person for person in PEOPLE if person.zones == ("Africa/Algiers",))
    for at, (who, first) in enumerate([(spain, f"{day}T{opens}Z"), (algiers, f"{day}T07:00Z")]):
        time = Time(datetime.fromisoformat(f"{day}T04:00Z"))
        counter = Counter(time, random.Random(1), slow=1, trouble=0)
        Campaign(tmp_path / str(at), time, counter).begin([[who]]).go_on(wait=True)

        assert [when for when, _ in counter.posts] == [datetime.fromisoformat(first)]
