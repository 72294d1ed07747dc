"""Threads that share their writes are killed; their ledger never says anything untrue."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from bulksms.ledger import CampaignRecord, Ledger, open_ledger
from tests.unit.ledger.samples import LATER, make

THREADS = 8
SENDING = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
from bulksms.ledger import FrameState, open_ledger
ledger = open_ledger(Path(sys.argv[1]))
campaign, posts = ledger.campaigns.get("spring").id, open(sys.argv[2], "ab", buffering=0)
waiting = [one.number for one in ledger.frame_queries.each(campaign) if one.state == "planned"]
ledger.reconciler.verify()
print("go", flush=True)
def work():
    while waiting:
        try:
            number = waiting.pop()
        except IndexError:
            return
        if ledger.claims.claim(campaign, number, datetime.now(UTC)):
            posts.write(b"%d\\n" % number)
            ledger.claims.record(campaign, number, FrameState.ACCEPTED, datetime.now(UTC))
threads = [threading.Thread(target=work) for _ in range(8)]
[one.start() for one in threads]
[one.join() for one in threads]
"""


def _judge(ledger: Ledger, made: CampaignRecord, posts: Path) -> None:
    posted = Counter(map(int, posts.read_bytes().split())) if posts.exists() else Counter()
    assert max(posted.values(), default=1) == 1
    assert ledger.reconciler.verify() == ()
    assert ledger.claims.doubt_in_flight(made.id, LATER) <= THREADS
    frames = list(ledger.frame_queries.each(made.id))
    assert {frame.state.value for frame in frames} <= {"planned", "accepted", "in_doubt"}
    left = {frame.number for frame in frames if frame.state == "planned"}
    taken = {frame.number for frame in frames if frame.state == "accepted"}
    assert not left & set(posted)
    assert taken <= set(posted)


def test_threads_killed_at_random_leave_every_frame_in_a_legal_state(tmp_path: Path) -> None:
    """What was posted is in the ledger and with both witnesses; nothing is posted twice."""
    home, posts, dice = tmp_path / "home", tmp_path / "posts", random.Random(5)
    with open_ledger(home) as ledger:
        made = make(ledger, frames=150)
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", SENDING, str(home), str(posts)], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        threading.Event().wait(dice.random() * 0.5)
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        with open_ledger(home) as ledger:
            _judge(ledger, made, posts)
