"""A watched folder as a user has it: other processes, real signals, real files."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from tests.acceptance.driver import Desk, await_frames, everybody, export, numbers, sandbox

CAMPAIGN = """\
text = "Bonjour {first_name}, bienvenue. STOP au 30101"
sender = "DESK"
only_new = true
hours = "off"
frame_size = 200
settle = "1s"
"""


def watched(folder: Path) -> Path:
    inbox = folder / "in"
    inbox.mkdir()
    (inbox / "campaign.toml").write_text(CAMPAIGN + 'files = "*.csv"\n', encoding="utf-8")
    return inbox


@contextmanager
def started(desk: Desk, inbox: Path) -> Iterator[Popen[str]]:
    """Start a watcher, and kill it in the end if it is still there."""
    process = desk.start("watch", inbox)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def places(inbox: Path) -> list[str]:
    """Name the folder of every copy of the dump, by its first part."""
    copies = [path for path in inbox.rglob("dump*.csv") if ".rejects" not in path.suffixes]
    return sorted(path.relative_to(inbox).parts[0] for path in copies)


def test_a_watcher_takes_what_is_dropped_until_it_is_stopped(tmp_path: Path) -> None:
    inbox = watched(tmp_path)
    with sandbox(tmp_path) as (url, log), started(Desk(tmp_path, url), inbox) as watcher:
        until((inbox / "working" / ".lock").exists)
        for night in range(2):
            export(inbox / f"dump{night}.csv.part", 20 + night).rename(inbox / f"dump{night}.csv")
            until((inbox / "done" / f"dump{night}.csv").exists)
        second = Desk(tmp_path, url).run("watch", inbox, "--once")
        watcher.send_signal(signal.SIGTERM)
        out, err = watcher.communicate(timeout=60)

    assert watcher.returncode == 0
    assert err == "Stopping after the frames in flight. Press again to leave now.\n"
    assert "dump0.csv: 20 people texted; moved to" in out
    assert "dump1.csv: 1 person texted; moved to" in out
    assert (second.code, "Another process is watching" in second.err) == (75, True)
    assert sorted(numbers(log)) == everybody(21)


@pytest.mark.skipif(os.name == "nt", reason="kills with a signal")
def test_a_watcher_killed_while_it_sends_texts_no_one_twice(tmp_path: Path) -> None:
    inbox = watched(tmp_path)
    with sandbox(tmp_path, "--latency", "0.3") as (url, log):
        export(inbox / "dump.csv", 1500)
        with started(Desk(tmp_path, url), inbox):
            await_frames(log, 2)
        killed_in = places(inbox)
        again = Desk(tmp_path, url).run("watch", inbox, "--once", "--json")

    assert killed_in == ["working"]
    # The frame in flight when it was killed is in doubt, unless its answer had come.
    assert again.code in (0, 5)
    assert places(inbox) == ["failed" if again.code else "done"]
    assert max(Counter(numbers(log)).values()) == 1
    assert again.code == 5 or sorted(numbers(log)) == everybody(1500)


def test_two_runs_and_a_watcher_at_once_text_no_one_twice(tmp_path: Path) -> None:
    inbox = watched(tmp_path)
    with sandbox(tmp_path, "--latency", "0.1") as (url, log):
        desk = Desk(tmp_path, url)
        export(inbox / "dump.csv", 1500)
        with started(desk, inbox) as watcher:
            runs = [desk.start("run", inbox / "campaign.toml") for _ in range(2)]
            said = [(run.communicate(timeout=120)[1], run.returncode) for run in runs]
            until(lambda: places(inbox) in (["done"], ["failed"]))
            watcher.send_signal(signal.SIGTERM)
            out, err = watcher.communicate(timeout=60)

    # 3: the watcher had taken the file when it was to be read.
    assert {code for _, code in said} <= {0, 3, 75}, said
    assert (watcher.returncode, places(inbox)) == (0, ["done"]), out + err
    assert sorted(numbers(log)) == everybody(1500)
