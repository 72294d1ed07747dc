"""One campaign on the bench: written down by the program itself, a sandbox, and the judge."""

# ruff: noqa: ANN401  an option is whatever the order or the sandbox has

import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bulksms.campaign import Parameters, Purpose
from bulksms.clock import SystemClock
from bulksms.contacts import ScreeningRules
from bulksms.ledger import ProofRecord, open_ledger
from bulksms.octopush import Credentials
from bulksms.plan.make_plan import PlanRequest, make_plan
from bulksms.sandbox import parse_script
from bulksms.sender import SilentObserver
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunOptions
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from tests.torture import child, people
from tests.torture.judge import Case, Findings, judge, read_ledger
from tests.torture.orders import CAMPAIGN, KEY, LOGIN, Order, Sender
from tests.torture.stand import Stand, gateway_stand, stand

# What becomes of request ids; where it is proved that they are honoured, doubt is repeated.
MODES: dict[str, dict[str, Any]] = {
    "honoured": {},
    "ignored": {"honour_request_id": False},
    "proved": {},
}
FRAME = 200  # contacts; the smallest that the program makes of many
LINGER = 20.0  # seconds until a sandbox must have seen a post
PATIENCE = 80  # runs until a campaign must be at its end


@cache
def _written(shelf: Path, count: int) -> Path:
    """Let the program plan a campaign and write it down, and stop it before the first post.

    Done once for each size; every run gets a copy of the folder.
    """
    home = shelf / f"home-{count}-{os.getpid()}"
    draft = home.with_name(f"{home.name}-draft")
    file = people.write_file(shelf / f"people-{count}-{os.getpid()}.csv", people.everybody(count))
    plan = make_plan(
        PlanRequest(
            files=(str(file),),
            rules=ScreeningRules(rehearsal=True, allow_landlines=True),
            parameters=Parameters(text=people.TEXT, sender="TORTURE", purpose=Purpose.ALERT),
            frame_size=FRAME,
        )
    )
    settings = Settings(
        home=draft, base_url="http://127.0.0.1:9/v1/public", api_login=LOGIN, api_key=KEY
    )
    context = RunContext(
        settings=settings, clock=SystemClock(), observer=SilentObserver(), stop=threading.Event()
    )
    request = SendRequest(campaign=CAMPAIGN, run_options=RunOptions())
    begin_campaign(prepare_campaign(plan, request, context), context)
    # Moved away from where it was made, or every copy would be refused as a copy of it.
    shutil.rmtree(draft.with_name(f"{draft.name}-witness"))
    return draft.rename(home)


@dataclass
class Bench:
    """A campaign ready to be sent, its sandbox, and how often its sender was killed."""

    home: Path
    stand: Stand
    sender: Sender
    count: int
    kills: int = 0
    excuses: int = 0
    stopped: frozenset[str] = frozenset()
    rolled_back: bool = False
    extra: Findings = field(default_factory=Findings)
    alive: set[int] = field(default_factory=set)

    def order(self, **changes: Any) -> Order:
        return replace(Order(home=self.home, url=self.stand.url, sender=self.sender), **changes)

    def launch(self, **changes: Any) -> int:
        pid = child.launch(self.order(**changes))
        self.alive.add(pid)
        return pid

    def send(self, **changes: Any) -> int:
        """Send once; a death by a signal counts as a kill."""
        return self.ended(self.launch(**changes))

    def ended(self, pid: int) -> int:
        code = child.await_end(pid)
        self.alive.discard(pid)
        if code < 0:
            self.kills += 1
            self.extra.kills_in_flight += has_frame_in_flight(self.home)
        return code

    def kill(self, pid: int) -> None:
        """Kill a sender and its group while a frame should be in flight, and count if one was."""
        before = self.extra.kills_in_flight
        kill_group(pid)
        self.ended(pid)
        self.extra.aimed_kills += 1
        self.extra.aimed_in_flight += self.extra.kills_in_flight - before

    def finish(self, **changes: Any) -> None:
        """Send again and again, as a patient operator would, until nothing is left."""
        for _ in range(PATIENCE):
            before = len(self.stand.posts)
            self.send(**changes)
            if not any(frame.state in {"planned", "intent"} for frame in read_ledger(self.home)):
                return
            if len(self.stand.posts) == before and before > PATIENCE:
                return

    @property
    def doubts(self) -> int:
        return sum(frame.state == "in_doubt" for frame in read_ledger(self.home))

    def await_posts(self, count: int, pid: int | None = None) -> None:
        """Wait until the provider has seen so many posts, or the sender has ended."""
        deadline = time.monotonic() + LINGER
        while len(self.stand.posts) < count and time.monotonic() < deadline:
            if pid is not None and child.has_ended(pid):
                return
            time.sleep(0.002)

    def judge(self, *, finished: bool = True) -> Findings:
        """Put the case before the judge, with what was seen besides."""
        findings = judge(
            Case(
                home=self.home,
                everybody=people.everybody(self.count),
                accepted=self.stand.accepted,
                posts=self.stand.posts,
                kills=self.kills,
                excuses=self.excuses,
                stopped=self.stopped,
                finished=finished,
                rolled_back=self.rolled_back,
            )
        )
        findings.add(self.extra)
        if findings.broken():
            states = {frame.number: frame.state for frame in read_ledger(self.home)}
            said = child.log_of(self.home)[-600:]
            findings.stories.append(f"{self.home}: {findings.broken()} {states} {said}")
        return findings


def kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has not become a group of its own yet
        os.kill(pid, signal.SIGKILL)


def has_frame_in_flight(home: Path) -> bool:
    """Return whether a sender that died had claimed a frame, and had not recorded its answer.

    Looks at a copy: to open the ledger would repair it before the program does.
    """
    with tempfile.TemporaryDirectory(dir=home.parent) as copy:
        for file in home.glob("ledger.sqlite3*"):
            shutil.copy2(file, copy)
        return any(frame.state == "intent" for frame in read_ledger(Path(copy)))


def _move_to_account(home: Path, url: str) -> None:
    """Set the account of the campaign, which was written down before its sandbox was started."""
    account = Credentials(login=LOGIN, key=KEY).account_at(url)
    with open_ledger(home) as ledger:
        ledger.campaigns.set_account(ledger.campaigns.get(CAMPAIGN).id, account)
        ledger.reconciler.verify()  # it was begun at another path, and knows this one now


def _prove(home: Path, url: str) -> None:
    """Let the ledger know that this account refuses a repeated id, as `bulksms doctor` would."""
    account = Credentials(login=LOGIN, key=KEY).account_at(url)
    learnt = ProofRecord(
        account=account,
        base_url=url,
        proved_at=SystemClock().now(),
        protects=True,
        window=timedelta(hours=24),
    )
    with open_ledger(home) as ledger:
        ledger.proofs.save(learnt)


@contextmanager
def bench(
    folder: Path,
    sender: Sender,
    mode: str = "ignored",
    frames: int = 3,
    *,
    apart: bool = False,
    **options: Any,
) -> Iterator[Bench]:
    """Set up a campaign of so many frames; `mode` says what becomes of request ids.

    Its provider is the sandbox, or the one that was written `apart` from it.
    """
    home = folder / "home"
    if "script" in options and not apart:
        options["script"] = parse_script(options["script"])
    shutil.copytree(_written(_shelf(folder), frames * FRAME), home)
    provider = gateway_stand if apart else stand
    with provider(folder / "sandbox", **MODES[mode], **options) as provided:
        _move_to_account(home, provided.url)
        if mode == "proved":
            _prove(home, provided.url)
        workbench = Bench(home=home, stand=provided, sender=sender, count=frames * FRAME)
        try:
            yield workbench
        finally:
            for pid in workbench.alive:  # a trial that gave up leaves no one behind
                kill_group(pid)
                child.await_end(pid)
    shutil.rmtree(folder, ignore_errors=True)


def _shelf(folder: Path) -> Path:
    """Find the shelf of written campaigns above a folder, or begin one beside it."""
    shelves = [above / "shelf" for above in folder.parents if (above / "shelf").is_dir()]
    shelf = shelves[0] if shelves else folder.parent / "shelf"
    shelf.mkdir(parents=True, exist_ok=True)
    return shelf
