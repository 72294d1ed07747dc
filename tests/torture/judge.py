"""The judge: who was texted, by the sandbox's own log, against what the ledger says of them.

Reads the two logs, the ledger's file and the results file with nothing of bulksms, so that a
mistake of the program cannot excuse itself. Every bar is a count, and the bar is zero.
"""

import csv
import sqlite3
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tests.torture import people

SENT = frozenset({"accepted", "accepted_short"})
DOUBTFUL = frozenset({"intent", "in_doubt"})
UNTEXTED = frozenset({"planned", "refused", "dropped", "held", "expired"})

# After these the frame is certainly not taken, or surely is: no doubt may come of them.
PLAIN_FAULTS = frozenset(
    {None, "429", "429_retry_after", "redirect_301", "redirect_307", "redirect_308"}
    | {"count_short", "count_half"}
)


@dataclass
class Findings:
    """What the judge found; everything but the last line of fields must be nought."""

    duplicates: int = 0
    false_sent: int = 0
    false_unsent: int = 0
    unaccounted: int = 0
    wrong_words: int = 0
    strangers: int = 0
    texted_after_stop: int = 0
    changed_bytes: int = 0
    unknown_fields: int = 0
    posts_without_claim: int = 0
    needless_doubt: int = 0
    broken_files: int = 0
    unfinished: int = 0
    posts_after_failure: int = 0
    requests_elsewhere: int = 0
    overspent: int = 0
    misbehaved: int = 0
    # What was done, not what went wrong:
    runs: int = 0
    kills: int = 0
    kills_in_flight: int = 0
    aimed_kills: int = 0
    aimed_in_flight: int = 0
    contacts: int = 0
    doubts: int = 0
    doubts_per_kill: int = 0
    stories: list[str] = field(default_factory=list)

    def broken(self) -> dict[str, int]:
        """Name the bars that do not hold."""
        return {bar: count for bar in BARS if (count := getattr(self, bar))}

    def add(self, other: "Findings") -> None:
        """Take in what another run found."""
        for bar in fields(self):
            mine, theirs = getattr(self, bar.name), getattr(other, bar.name)
            worst = max(mine, theirs) if bar.name == "doubts_per_kill" else mine + theirs
            setattr(self, bar.name, worst)


BARS = [bar.name for bar in fields(Findings)][: [f.name for f in fields(Findings)].index("runs")]


@dataclass(frozen=True)
class Kept:
    """One frame as the ledger's file has it; `doubted` when it was ever in doubt."""

    number: int
    state: str
    request_id: str
    digest: str
    ticket: str | None
    attempts: int
    people: tuple[str, ...]
    doubted: bool = False


@dataclass(frozen=True)
class Case:
    """What is put before the judge.

    `excuses` is how many frames may be in doubt: one for each kill, and one for each fault
    after which no one can know. A `rolled_back` ledger is an older copy of itself.
    """

    home: Path
    everybody: Sequence[str]
    accepted: Sequence[dict[str, Any]]
    posts: Sequence[dict[str, Any]]
    kills: int = 0
    excuses: int = 0
    stopped: frozenset[str] = frozenset()
    finished: bool = True
    rolled_back: bool = False


def read_ledger(home: Path, campaign: str | None = None) -> list[Kept]:
    """Read the frames of a campaign, or of all, and who is in them, straight from the file.

    A frame that was cut into parts is "divided": its people are in those.
    """
    query = (
        "SELECT f.number, CASE WHEN f.state = 'dropped' AND EXISTS"
        " (SELECT 1 FROM frame p WHERE p.campaign_id = f.campaign_id AND p.parent = f.number)"
        " THEN 'divided' ELSE f.state END, request_id, f.digest, ticket, attempts, numbers"
        ", EXISTS (SELECT 1 FROM entry e WHERE e.campaign_id = f.campaign_id"
        " AND e.number = f.number AND e.state = 'in_doubt')"
        " FROM frame f"
        " JOIN frame_body b ON b.campaign_id = f.campaign_id AND b.number = f.number"
        " JOIN campaign c ON c.id = f.campaign_id AND c.name = coalesce(?, c.name)"
        " ORDER BY f.number"
    )
    with closing(sqlite3.connect(home / "ledger.sqlite3")) as connection:
        return [
            Kept(
                number=number,
                state=state,
                request_id=request_id,
                digest=digest,
                ticket=ticket,
                attempts=attempts,
                people=_unpack(numbers),
                doubted=bool(doubted),
            )
            for number, state, request_id, digest, ticket, attempts, numbers, doubted in (
                connection.execute(query, (campaign,))
            )
        ]


def _unpack(numbers: bytes) -> tuple[str, ...]:
    packed = struct.iter_unpack("<q", zlib.decompress(numbers))
    return tuple(f"+{digits}" for (digits,) in packed)


def judge(case: Case) -> Findings:
    """Compare what the sandbox took with what the ledger says."""
    everything = read_ledger(case.home)
    kept = [frame for frame in everything if frame.state != "divided"]
    texted = Counter(person for post in case.accepted for person in post["recipients"])
    findings = Findings(runs=1, kills=case.kills, contacts=len(case.everybody))
    _judge_people(findings, case, kept, texted)
    _judge_words(findings, case)
    _judge_posts(findings, case, everything)
    _judge_doubt(findings, case, kept)
    findings.broken_files = 0 if results_are_whole(case.home, len(everything)) else 1
    if case.finished:
        findings.unfinished = sum(frame.state in {"planned", "intent"} for frame in kept)
    return findings


def _judge_people(
    findings: Findings, case: Case, kept: Sequence[Kept], texted: Counter[str]
) -> None:
    classes = Counter(person for frame in kept for person in frame.people)
    expected = set(case.everybody) - case.stopped
    findings.unaccounted = sum(classes[person] != 1 for person in expected) + len(
        {
            person
            for frame in kept
            if frame.state not in SENT | DOUBTFUL | UNTEXTED
            for person in frame.people
        }
    )
    findings.duplicates = sum(times - 1 for times in texted.values())
    findings.strangers = len(texted.keys() - set(case.everybody))
    findings.texted_after_stop = len(texted.keys() & case.stopped)
    findings.false_sent = sum(
        person not in texted
        for frame in kept
        if frame.state == "accepted" and frame.ticket
        for person in frame.people
    )
    findings.false_unsent = sum(
        person in texted for frame in kept if frame.state in UNTEXTED for person in frame.people
    )


def _judge_words(findings: Findings, case: Case) -> None:
    findings.wrong_words = sum(
        people.rendered(post["text"], values) != people.message(person)
        for post in case.accepted
        for person, values in zip(post["recipients"], post["fields"], strict=True)
    )


def _judge_posts(findings: Findings, case: Case, kept: Sequence[Kept]) -> None:
    digests = {frame.request_id: frame.digest for frame in kept}
    read = [post for post in case.posts if post["digest"] is not None]
    findings.changed_bytes = sum(digests.get(post["request_id"]) != post["digest"] for post in read)
    findings.unknown_fields = sum(len(post["unknown_fields"]) for post in read)
    posted = Counter(post["request_id"] for post in read)
    if case.rolled_back:
        return  # the ledger forgot what it claimed; that is the trial
    findings.posts_without_claim = sum(
        max(0, posted[frame.request_id] - frame.attempts) for frame in kept
    )


def _judge_doubt(findings: Findings, case: Case, kept: Sequence[Kept]) -> None:
    ambiguous = sum(post["fault"] not in PLAIN_FAULTS for post in case.posts)
    findings.doubts = sum(frame.state in DOUBTFUL for frame in kept)
    findings.needless_doubt = max(0, findings.doubts - case.kills - case.excuses - ambiguous)
    if case.kills and not ambiguous and not case.excuses:
        findings.doubts_per_kill = -(-findings.doubts // case.kills)


def results_are_whole(home: Path, frames: int) -> bool:
    """Return whether the results file is absent or a whole one: never half."""
    path = home / "results" / "torture.csv"
    if not path.exists():
        return True
    with path.open(encoding="utf-8-sig", newline="") as file:
        # The separator is that of the source; no cell of these results holds one.
        separator = ";" if ";" in file.readline() else ","
        file.seek(0)
        table = list(csv.reader(file, delimiter=separator))
    return len(table) == frames + 1 and {len(row) for row in table} == {len(table[0])}
