"""Troubles of the machine and of the people: races, full disks, closed pipes, a late no, money."""

import shutil
import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bulksms.ledger import open_ledger
from tests.torture import people
from tests.torture.bench import FRAME, bench
from tests.torture.judge import Findings, read_ledger
from tests.torture.orders import Sender, Trip

PRICE = Decimal("0.05")
WINDOW = 22  # hours for which a repeated id is trusted to be refused


def race(folder: Path, sender: Sender, mode: str, *, late: bool = False) -> Findings:
    """Start two: one sends, the other is sent away; `late` is while a frame is on its way."""
    with bench(folder, sender, mode, latency=0.3 if late else 0.0) as workbench:
        pids = [workbench.launch()]
        if late:
            workbench.await_posts(1)
        pids.append(workbench.launch())
        codes = [workbench.ended(pid) for pid in pids]
        if not late:  # either may be the one that sends
            codes.sort()
        workbench.extra.misbehaved = codes[0] != 0 or codes[1] not in {0, 3}
        workbench.finish()
        return workbench.judge()


def disk_full(folder: Path, sender: Sender, mode: str, limit: int) -> Findings:
    """Let no file grow past a limit; what is then posted had its claim, and one at most."""
    with bench(folder, sender, mode) as workbench:
        size = (workbench.home / "ledger.sqlite3").stat().st_size
        code = workbench.send(file_limit=limit if limit < size else size + limit)
        _no_post_without_claim(workbench.extra, workbench.home, len(workbench.stand.accepted))
        workbench.excuses = 1 if code else 0
        workbench.finish()
        return workbench.judge()


def _no_post_without_claim(findings: Findings, home: Path, accepted: int) -> None:
    """Whatever was taken while the disk was full is known to the ledger as claimed."""
    claimed = sum(frame.attempts > 0 for frame in read_ledger(home))
    findings.posts_after_failure = max(0, accepted - claimed)


def deaf_reader(folder: Path, sender: Sender, mode: str) -> Findings:
    """Print into a closed pipe: answers are recorded before they are reported."""
    with bench(folder, sender, mode) as workbench:
        workbench.send(deaf_reader=True)
        workbench.finish()
        return workbench.judge()


def tampered(folder: Path, sender: Sender, mode: str) -> Findings:
    """Change a frame in the ledger behind the program's back: no one reads that text."""
    with bench(folder, sender, mode) as workbench:
        with closing(sqlite3.connect(workbench.home / "ledger.sqlite3")) as ledger, ledger:
            (body,) = ledger.execute("SELECT body FROM frame_body WHERE number = 2").fetchone()
            other = zlib.decompress(body).replace(b"Bonjour", b"Bonsoir")
            ledger.execute(
                "UPDATE frame_body SET body = ? WHERE number = 2", (zlib.compress(other),)
            )
        workbench.extra.misbehaved = workbench.send() == 0
        return workbench.judge(finished=False)


def stop_said_late(folder: Path, sender: Sender, mode: str) -> Findings:
    """Let people say STOP after the first frame: they are in no later one."""
    with bench(folder, sender, mode) as workbench:
        workbench.send(trip=Trip(1, frozenset({"reported:after"})))
        late = [people.number(person) for person in range(FRAME + 7, 3 * FRAME, 50)]
        with open_ledger(workbench.home) as ledger:
            ledger.opt_outs.add([int(number[1:]) for number in late], "torture", datetime.now(UTC))
        workbench.stopped = frozenset(late)
        workbench.finish()
        return workbench.judge()


def restored(folder: Path, sender: Sender, mode: str) -> Findings:
    """Put yesterday's folder back after two frames were taken: it is noticed, and repaired."""
    with bench(folder, sender, mode) as workbench:
        backup = folder / "backup"
        shutil.copytree(workbench.home, backup)
        workbench.send(trip=Trip(2, frozenset({"reported:after"})))
        shutil.rmtree(workbench.home)
        shutil.copytree(backup, workbench.home)
        before = len(workbench.stand.posts)
        workbench.send()
        workbench.extra.posts_after_failure = len(workbench.stand.posts) - before
        workbench.rolled_back, workbench.excuses = True, 1
        with open_ledger(workbench.home) as ledger:
            ledger.reconciler.rebuild(datetime.now(UTC))
        workbench.finish()
        return workbench.judge()


def aged(folder: Path, sender: Sender, mode: str, hours: float) -> Findings:
    """Die during a post and continue so many hours later: too late for the campaign, or for the id.

    A campaign expires after 12 hours; an id counts for 22, and then the frame stays in doubt.
    """
    with bench(folder, sender, mode, script={"2": "silence_after_accept"}) as workbench:
        pid = workbench.launch()
        workbench.await_posts(2)
        workbench.kill(pid)
        workbench.excuses = -1
        workbench.stand.advance(hours)
        before = len(workbench.stand.posts)
        workbench.send(hours_later=hours)
        workbench.extra.posts_after_failure = len(workbench.stand.posts) - before
        workbench.finish(hours_later=hours, approve_late=True)
        workbench.extra.misbehaved = workbench.doubts != (mode != "proved" or hours >= WINDOW)
        return workbench.judge()


def dearer(folder: Path, sender: Sender, mode: str) -> Findings:
    """Let the price rise tenfold under a ceiling: at most one frame more is paid for."""
    ceiling = PRICE * FRAME * 3
    options: dict[str, Any] = {"price": PRICE, "price_after": (1, PRICE * 10)}
    with bench(folder, sender, mode, 6, **options) as workbench:
        for _ in range(3):
            workbench.send(max_cost=ceiling)
        spent = sum(Decimal(post["total_cost"]) for post in workbench.stand.accepted)
        workbench.extra.overspent = spent > ceiling + PRICE * 10 * FRAME
        return workbench.judge(finished=False)


def out_of_credit(folder: Path, sender: Sender, mode: str) -> Findings:
    """Let the credit end: at most the frame that was refused is posted after that."""
    with bench(folder, sender, mode, 6, price=PRICE, credit=PRICE * FRAME * 2) as workbench:
        workbench.send()
        workbench.extra.posts_after_failure = max(0, len(workbench.stand.posts) - 3)
        return workbench.judge(finished=False)
