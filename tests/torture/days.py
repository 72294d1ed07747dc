"""An operator's day: the program itself on a real disk, with several campaigns in one ledger.

`send`, `resume`, `--again`, `doubt`, opt-out files and four frames at a time, killed now and then.
"""

import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from tests.torture import child, people
from tests.torture.bench import MODES, has_frame_in_flight, kill_group
from tests.torture.judge import DOUBTFUL, SENT, UNTEXTED, Findings, Kept, read_ledger
from tests.torture.kills import LATENCY
from tests.torture.orders import KEY, LOGIN, Sender
from tests.torture.stand import Stand, fork, stand

OTHER_TEXT = "Ce soir a {Ville}, {first_name}: portes ouvertes pour le lot {Lot}, sans {last_name}."
CAMPAIGNS = {"first": people.TEXT, "second": OTHER_TEXT, "again": people.TEXT}
COUNT = 800  # people of a list; two lists share half of theirs
WORKERS = 4
PATIENCE = 12  # runs until a campaign must be at its end
# What an operator may see on such a day; anything else is a bug.
ORDINARY = {0, 4, 5}


@dataclass
class Day:
    """What happened until now, and what the operator ordered."""

    folder: Path
    stand: Stand
    dice: random.Random
    kills: int = 0
    ordered: Counter[tuple[str, str]] = field(default_factory=Counter)
    stopped: list[tuple[int, set[str]]] = field(default_factory=list)
    findings: Findings = field(default_factory=lambda: Findings(runs=1))

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def noes(self) -> set[str]:
        """Everyone who said no until now."""
        return {number for _, numbers in self.stopped for number in numbers}

    def do(self, *arguments: str, typed: str | None = None) -> int:
        """Run the program to its end."""
        code = child.await_end(self._start(arguments, typed))
        self._judge_code(code, arguments)
        return code

    def do_killed(self, *arguments: str) -> None:
        """Run the program and kill it while frames are in flight, if it lasts that long."""
        before = len(self.stand.posts)
        pid = self._start(arguments, None)
        target = before + self.dice.randint(1, 3)
        deadline = time.monotonic() + 20
        while len(self.stand.posts) < target and not child.has_ended(pid):
            assert time.monotonic() < deadline, f"{arguments} did nothing"
            time.sleep(0.002)
        time.sleep(self.dice.random() * LATENCY)
        kill_group(pid)
        code = child.await_end(pid)
        in_flight = code < 0 and has_frame_in_flight(self.home)
        self.kills += code < 0
        self.findings.kills += code < 0
        self.findings.kills_in_flight += in_flight
        self.findings.aimed_kills += 1
        self.findings.aimed_in_flight += in_flight
        if code >= 0:
            self._judge_code(code, arguments)

    def finish(self, campaign: str) -> None:
        for _ in range(PATIENCE):
            self.do("resume", campaign, "--concurrency", str(WORKERS))
            if not any(frame.state in {"planned", "intent"} for frame in self.frames(campaign)):
                return

    def frames(self, campaign: str) -> list[Kept]:
        return read_ledger(self.home, campaign)

    def order(self, campaign: str, numbers: Iterable[str]) -> None:
        """Allow the text of a campaign once more for these."""
        text = CAMPAIGNS[campaign]
        self.ordered.update((people.message(number, text), number) for number in numbers)

    def stop(self, *numbers: str) -> None:
        """From here on no one may text these."""
        self.stopped.append((len(self.stand.accepted), set(numbers)))

    def _start(self, arguments: tuple[str, ...], typed: str | None) -> int:
        return fork(lambda: self._program(arguments, typed), log=self.folder / "program.log")

    def _program(self, arguments: tuple[str, ...], typed: str | None) -> None:
        for name in [name for name in os.environ if name.startswith("BULKSMS")]:
            del os.environ[name]
        os.environ |= {
            "BULKSMS_HOME": str(self.home),
            "BULKSMS_BASE_URL": self.stand.url,
            "BULKSMS_API_LOGIN": LOGIN,
            "BULKSMS_API_KEY": KEY,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        os.dup2(_terminal(typed) if typed else os.open(os.devnull, os.O_RDONLY), 0)
        sys.stdin = os.fdopen(0)  # a worker of a pool has another one
        raise SystemExit(run(cli, list(arguments)))

    def _judge_code(self, code: int, arguments: tuple[str, ...]) -> None:
        if code not in ORDINARY:
            self.findings.misbehaved += 1
            said = (self.folder / "program.log").read_text(errors="replace")[-400:]
            self.findings.stories.append(f"{arguments} ended with {code}: {said}")


def _terminal(typed: str) -> int:
    """Open a terminal at which someone has typed a line; give its file."""
    operator, terminal = os.openpty()
    os.write(operator, f"{typed}\n".encode())
    return terminal


def operator_day(folder: Path, sender: Sender, mode: str, seed: int) -> Findings:
    """Send two campaigns and one of them again, with kills, opt-outs and doubts between."""
    del sender
    with _day(folder, mode, seed) as day:
        first = people.write_file(day.folder / "first.csv", _list("first"))
        second = people.write_file(day.folder / "second.csv", _list("second"))
        noes = _opt_outs(day, people.number(10), people.number(11))
        send_first = _send(first, people.TEXT, "--optouts", str(noes))
        day.stop(people.number(10), people.number(11))
        day.do_killed(*send_first, "--campaign", "first")
        late = people.number(COUNT - 1)
        _opt_outs(day, people.number(10), people.number(11), late)
        day.do_killed(*_send(second, OTHER_TEXT), "--campaign", "second")
        day.stop(late)  # `resume` reads the file again
        day.do_killed("resume", "first")
        typed = people.number(COUNT)
        day.do("optout", "add", typed)
        day.stop(typed)
        for campaign in ("first", "second"):
            day.finish(campaign)
            _settle_doubts(day, campaign)
            day.finish(campaign)
        _repeat_a_finished_send(day, send_first)
        _send_again(day, send_first)
        return _judge(day)


@contextmanager
def _day(folder: Path, mode: str, seed: int) -> Iterator[Day]:
    folder.mkdir(parents=True)
    try:
        with stand(folder / "sandbox", latency=LATENCY, **MODES[mode]) as provider:
            yield Day(folder=folder, stand=provider, dice=random.Random(seed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _list(campaign: str) -> list[str]:
    start = COUNT // 2 if campaign == "second" else 0
    return [people.number(person) for person in range(start, start + COUNT)]


def _send(file: Path, text: str, *more: str) -> tuple[str, ...]:
    return (
        *("send", str(file), "--text", text, "--sender", "TORTURE", "--purpose", "alert"),
        *("--frame-size", "200", "--concurrency", str(WORKERS), "--yes", *more),
    )


def _opt_outs(day: Day, *numbers: str) -> Path:
    path = day.folder / "noes.csv"
    path.write_text("\n".join(["Mobile", *numbers, ""]), encoding="utf-8")
    return path


def _settle_doubts(day: Day, campaign: str) -> None:
    """Settle every doubt, each in one of the three ways."""
    for frame in day.frames(campaign):
        if frame.state != "in_doubt":
            continue
        match day.dice.choice(("mark-sent", "drop", "resend")):
            case "resend":
                people_left = len(set(frame.people) - day.noes)
                resend = ("doubt", "resend", campaign, str(frame.number))
                code = day.do(*resend, typed=str(people_left))
                if code == 0:
                    day.order(campaign, frame.people)
            case word:
                day.do("doubt", word, campaign, str(frame.number))


def _repeat_a_finished_send(day: Day, send: tuple[str, ...]) -> None:
    """No one is texted by a repeat."""
    before = len(day.stand.posts)
    day.do(*send)
    day.findings.posts_after_failure += len(day.stand.posts) - before


def _send_again(day: Day, send: tuple[str, ...]) -> None:
    """Order one more text for everyone, be killed, and continue by repeating the first command."""
    day.order("again", _list("again"))
    day.do_killed(*send, "--again", "--campaign", "again")
    day.do_killed(*send)
    day.finish("again")


def _judge(day: Day) -> Findings:
    """Compare what the provider took with what the ledger says of each campaign."""
    findings, accepted = day.findings, day.stand.accepted
    texted = Counter(
        (people.rendered(post["text"], fields), person)
        for post in accepted
        for person, fields in zip(post["recipients"], post["fields"], strict=True)
    )
    findings.contacts = len({person for _, person in texted})
    findings.wrong_words = sum(
        words not in {people.message(person, text) for text in set(CAMPAIGNS.values())}
        for words, person in texted
    )
    findings.duplicates = sum(max(0, times - 1 - day.ordered[key]) for key, times in texted.items())
    findings.texted_after_stop = sum(
        person in numbers
        for since, numbers in day.stopped
        for post in accepted[since:]
        for person in post["recipients"]
    )
    for campaign in CAMPAIGNS:
        _judge_campaign(day, campaign)
    findings.needless_doubt = max(0, findings.doubts - day.kills * WORKERS)
    return findings


def _judge_campaign(day: Day, campaign: str) -> None:
    findings = day.findings
    kept = [frame for frame in day.frames(campaign) if frame.state != "divided"]
    tickets = {post["ticket"]: set(post["recipients"]) for post in day.stand.accepted}
    taken = {post["request_id"] for post in day.stand.accepted}
    members = Counter(person for frame in kept for person in frame.people)
    findings.unaccounted += sum(members[person] != 1 for person in set(_list(campaign)) - day.noes)
    findings.unaccounted += sum(frame.state not in SENT | DOUBTFUL | UNTEXTED for frame in kept)
    for frame in kept:
        if frame.state == "accepted" and frame.ticket:
            findings.false_sent += len(set(frame.people) - tickets.get(frame.ticket, set()))
        if frame.state in UNTEXTED and not frame.doubted:
            findings.false_unsent += len(frame.people) * (frame.request_id in taken)
    findings.unfinished += sum(frame.state in {"planned", "intent"} for frame in kept)
    findings.doubts += sum(frame.doubted for frame in kept)
