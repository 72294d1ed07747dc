"""Seeds get the first and the last frame's text, never twice, outside of all counts (P8)."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.clock import SystemClock
from bulksms.ledger import OrderKind, OrderRecord
from bulksms.octopush.outcomes import NotSent, Outcome
from bulksms.sandbox import AcceptedFrame
from bulksms.sender import ApiConnection, SilentObserver
from bulksms.settings import read_settings
from bulksms.use_cases.context import RunContext, RunOptions, make_client
from bulksms.use_cases.orders.campaign_orders import give_order
from bulksms.use_cases.send.run_campaign import run_campaign
from tests.integration.machine import TEXT, Machine, begin, export

SEEDS = [f"+3363998990{colleague}" for colleague in range(5)]
SEED_OPTIONS = [word for seed in SEEDS for word in ("--seed", seed)]
WITH_SEEDS = RunOptions(hours=None, seeds=tuple(SEEDS))
PEOPLE = [f"+336399{80000 + person}" for person in range(900)]
EACH_ONCE = {(seed, name): 1 for seed in SEEDS for name in ("P0", "P600")}


@pytest.fixture
def three_frames(tmp_path: Path) -> Path:
    return export(tmp_path / "list.csv", PEOPLE)


def send(machine: Machine, file: Path, *args: str) -> dict[str, object]:
    answer = machine.send(file, "--campaign", "spring", *args)
    assert answer.code == 0, answer.err
    return answer.json


def to_seeds(machine: Machine) -> list[AcceptedFrame]:
    return [frame for frame in machine.sandbox.accepted if set(frame.recipients) <= {*SEEDS}]


def texts_to_seeds(machine: Machine) -> Counter[tuple[str, str]]:
    """Count the texts of each seed by the name that is filled in."""
    return Counter(
        (number, fields["first_name"])
        for frame in to_seeds(machine)
        for number, fields in zip(frame.recipients, frame.fields, strict=True)
    )


def test_five_seeds_of_three_frames_get_ten_texts_outside_the_counts(
    machine: Machine, three_frames: Path
) -> None:
    answer = send(machine, three_frames, *SEED_OPTIONS)

    assert texts_to_seeds(machine) == EACH_ONCE
    assert [len(frame.recipients) for frame in machine.sandbox.accepted] == [300, 5, 300, 300, 5]
    assert answer["contacts"] == {
        "sent": 900,
        "failed": 0,
        "in_doubt": 0,
        "rejected": 0,
        "suppressed": 0,
        "not_attempted": 0,
    }
    assert answer["seeds"] == {"sent": 10}
    campaign = [frame for frame in machine.sandbox.accepted if frame not in to_seeds(machine)]
    assert Decimal(str(answer["total_cost"])) == sum(frame.cost for frame in campaign)
    assert machine.run("status", "spring", "--json").json["seeds"] == {"sent": 10}


def test_nothing_that_follows_texts_a_seed_again(machine: Machine, three_frames: Path) -> None:
    send(machine, three_frames, *SEED_OPTIONS)

    assert machine.run("resume", "spring").code == 0
    assert machine.run("resume").code == 0
    assert machine.run("resume", "spring-seeds-first").code == 0
    send(machine, three_frames, *SEED_OPTIONS)

    assert texts_to_seeds(machine) == EACH_ONCE
    assert len(machine.texted) == 910


def test_a_seed_does_not_count_as_texted(machine: Machine, three_frames: Path) -> None:
    send(machine, three_frames, *SEED_OPTIONS)

    colleagues = export(three_frames.with_name("colleagues.csv"), SEEDS)
    answer = machine.send(colleagues, "--not-within", "7d")

    assert answer.json["contacts"]["sent"] == 5


def test_one_frame_is_first_and_last_and_gives_one_text(machine: Machine, tmp_path: Path) -> None:
    send(machine, export(tmp_path / "short.csv", PEOPLE[:7]), *SEED_OPTIONS)

    assert texts_to_seeds(machine) == {(seed, "P0"): 1 for seed in SEEDS}


def test_a_seed_in_the_list_an_opted_out_one_and_one_given_twice_get_no_text_as_seeds(
    machine: Machine, tmp_path: Path
) -> None:
    assert machine.run("optout", "add", SEEDS[0]).code == 0
    file = export(tmp_path / "list.csv", [*PEOPLE[:3], SEEDS[1], SEEDS[2]])
    refusing = tmp_path / "stop.csv"
    refusing.write_text(f"Mobile\n{SEEDS[2]}\n", encoding="utf-8")

    answer = machine.send(
        file, *SEED_OPTIONS, "--seed", SEEDS[4], "--optouts", refusing, "--campaign", "spring"
    )

    assert answer.code == 0, answer.err
    assert "Left out, being in the list, opted out or given twice: 3." in answer.err
    assert Counter(machine.texted) == Counter([*PEOPLE[:3], SEEDS[1], SEEDS[3], SEEDS[4]])
    assert answer.json["seeds"] == {"sent": 2, "suppressed": 1}


def test_a_simulation_texts_no_seed(machine: Machine, three_frames: Path) -> None:
    answer = send(machine, three_frames, *SEED_OPTIONS, "--simulate")

    assert answer["seeds"] == {"simulated": 10}
    assert machine.texted == []


@pytest.mark.parametrize(
    ("seed", "sentence"),
    [("12", "too few digits"), ("+33 1 99 00 12 34", "is a landline")],
)
def test_a_seed_that_cannot_be_texted_stops_the_campaign(
    machine: Machine, three_frames: Path, seed: str, sentence: str
) -> None:
    answer = machine.send(three_frames, "--seed", seed)

    assert answer.code == 3
    assert sentence in answer.out
    assert machine.texted == []


def test_seeds_are_within_the_ceiling_of_the_cost(machine: Machine, three_frames: Path) -> None:
    plan = machine.run("check", three_frames, "--text", TEXT, "--json").json
    ceiling = plan["estimate"]["amount"]

    answer = machine.send(three_frames, *SEED_OPTIONS, "--max-cost", ceiling)

    assert answer.code == 3
    assert "more than the" in answer.out
    assert machine.texted == []


def test_each_run_of_a_campaign_file_texts_its_seeds(machine: Machine, three_frames: Path) -> None:
    campaign = three_frames.with_name("welcome.toml")
    seeds = ", ".join(f'"{seed}"' for seed in SEEDS)
    campaign.write_text(
        f'files = "list.csv"\ntext = "{TEXT}"\nonly_new = true\nseeds = [{seeds}]\n',
        encoding="utf-8",
    )

    first_night = machine.run("run", campaign, "--json")
    quiet_night = machine.run("run", campaign, "--json")
    export(three_frames, [*PEOPLE, "+33639980950"])
    third_night = machine.run("run", campaign, "--json")

    assert first_night.json["seeds"] == {"sent": 10}
    assert quiet_night.json["seeds"] is None
    assert third_night.json["seeds"] == {"sent": 5}
    assert texts_to_seeds(machine) == EACH_ONCE | {(seed, "P900"): 1 for seed in SEEDS}


def test_a_seed_that_was_erased_meanwhile_gets_nothing(
    machine: Machine, three_frames: Path
) -> None:
    name = begin(three_frames, run_options=WITH_SEEDS)
    erased = machine.run("person", "erase", SEEDS[0], "--yes")
    assert erased.code == 0, erased.err

    assert machine.run("resume", name, "--json").json["seeds"] == {"sent": 8}

    assert {number for number, _ in texts_to_seeds(machine)} == {*SEEDS[1:]}


class NotForSeeds:
    """A connection over which nothing can be sent to seeds."""

    def __init__(self, client: ApiConnection) -> None:
        self.client = client

    def post(self, body: bytes) -> Outcome:
        if SEEDS[0].encode() in body:
            return NotSent(reason="connection refused")
        return self.client.post(body)

    def server_time(self) -> datetime | None:
        return self.client.server_time()

    def close(self) -> None:
        self.client.close()


class Notes(SilentObserver):
    """Keeps the sentences for people."""

    def __init__(self) -> None:
        self.sentences = list[str]()

    def note(self, sentence: str) -> None:
        self.sentences.append(sentence)


def test_what_the_seeds_lack_harms_no_one_and_is_sent_by_the_next_run(
    machine: Machine, three_frames: Path
) -> None:
    settings, notes = read_settings(os.environ), Notes()
    context = RunContext(
        settings=settings,
        clock=SystemClock(),
        observer=notes,
        stop=threading.Event(),
        poster=lambda _, credentials: NotForSeeds(make_client(settings, credentials)),
    )
    name = begin(three_frames, run_options=WITH_SEEDS)

    result = run_campaign(name, WITH_SEEDS, context)

    assert result.report.state == "done"
    assert result.report.contacts["sent"] == 900
    assert result.report.seeds == {"not_attempted": 10}
    assert len(notes.sentences) == 3  # the first text is tried at the end once more
    assert all(note.startswith("The seeds may lack a text: ") for note in notes.sentences)
    assert all("The campaign itself is not affected" in note for note in notes.sentences)

    assert machine.run("resume", name, "--json").json["seeds"] == {"sent": 10}
    assert texts_to_seeds(machine) == EACH_ONCE


class Ordering(NotForSeeds):
    """A connection over which an order comes with the answer to one of the posts."""

    def __init__(self, client: ApiConnection, answered: Callable[[], None]) -> None:
        super().__init__(client)
        self.answered = answered

    def post(self, body: bytes) -> Outcome:
        outcome = self.client.post(body)
        self.answered()
        return outcome


@pytest.mark.parametrize("post", [1, 2, 3])
def test_no_text_leaves_for_seeds_once_the_campaign_is_paused(
    machine: Machine, three_frames: Path, post: int
) -> None:
    name = begin(three_frames, run_options=WITH_SEEDS)
    settings, clock = read_settings(os.environ), SystemClock()

    def pause() -> None:
        if len(machine.sandbox.accepted) == post:
            order = OrderRecord(kind=OrderKind.PAUSE, who="alice", at=clock.now())
            give_order(name, order, 0.0, settings, clock)

    context = RunContext(
        settings=settings,
        clock=clock,
        observer=Notes(),
        stop=threading.Event(),
        poster=lambda _, credentials: Ordering(make_client(settings, credentials), pause),
    )

    result = run_campaign(name, WITH_SEEDS, context)

    assert result.report.state == "paused"
    assert len(machine.sandbox.accepted) == post
    assert machine.run("resume", name, "--json").json["seeds"] == {"sent": 10}
    assert sum(texts_to_seeds(machine).values()) == 10
    assert set(texts_to_seeds(machine).values()) == {1}
    assert len(machine.texted) == 910


CHILD = """
import os, signal, sys, threading
from bulksms.clock import SystemClock
from bulksms.sender import SilentObserver
from bulksms.settings import read_settings
from bulksms.use_cases.orders.campaign_orders import give_order
from bulksms.use_cases.context import RunContext, RunOptions, make_client
from bulksms.use_cases.send.run_campaign import run_campaign

settings, posts = read_settings(os.environ), 0

class Killing:
    def __init__(self, url, credentials):
        self.client = make_client(settings, credentials)
    def post(self, body):
        global posts
        posts += 1
        if (posts, "before") == (int(sys.argv[2]), sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
        outcome = self.client.post(body)
        if (posts, "after") == (int(sys.argv[2]), sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
        return outcome
    def server_time(self):
        return self.client.server_time()
    def close(self):
        self.client.close()

context = RunContext(
    settings=settings, clock=SystemClock(), observer=SilentObserver(),
    stop=threading.Event(), poster=Killing,
)
run_campaign(sys.argv[1], RunOptions(hours=None), context)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("post", [1, 2, 3, 5])
def test_a_kill_around_any_post_never_texts_a_seed_twice(
    machine: Machine, three_frames: Path, post: int, moment: str
) -> None:
    name = begin(three_frames, run_options=WITH_SEEDS)
    command = [sys.executable, "-c", CHILD, name, str(post), moment]
    assert subprocess.run(command, env=os.environ, check=False).returncode == -signal.SIGKILL

    for _ in range(3):
        machine.run("resume", name, "--json")

    report, texts = machine.run("status", name, "--json").json, texts_to_seeds(machine)
    assert set(texts.values()) <= {1}
    people = Counter(number for number in machine.texted if number not in SEEDS)
    assert set(people.values()) <= {1}
    # The frame of the kill is in doubt, whether it arrived or not; everything else is sent.
    hit_seeds = post in {2, 5}
    assert report["seeds"] == ({"sent": 5, "in_doubt": 5} if hit_seeds else {"sent": 10})
    assert report["frames"]["in_doubt"] == (0 if hit_seeds else 1)
    assert len(texts) == (5 if hit_seeds and moment == "before" else 10)
