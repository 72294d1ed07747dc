"""Orders from another terminal, with real processes: nothing is posted after those in flight."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.driver import (
    TEXT,
    Desk,
    accepted,
    await_frames,
    everybody,
    export,
    numbers,
    sandbox,
)

if TYPE_CHECKING:
    import subprocess

FRAMES_OF_200 = ("--frame-size", "200")


def start_sending(desk: Desk, file: Path, *args: str) -> "subprocess.Popen[str]":
    message = ("--text", TEXT, "--sender", "DESK", "--yes", "--hours", "off", "--json")
    return desk.start("send", file, *message, *FRAMES_OF_200, *args)


@pytest.mark.parametrize(
    ("verb", "state"), [("pause", "paused"), ("stop", "stopped")], ids=["pause", "stop"]
)
def test_nothing_is_accepted_after_an_order_returned(tmp_path: Path, verb: str, state: str) -> None:
    file = export(tmp_path / "export.csv", 5000)
    with sandbox(tmp_path, "--latency", "1", "--credit", "10000") as (url, log):
        desk = Desk(tmp_path, url)
        sender = start_sending(desk, file, "--concurrency", "4", "--campaign", "spring")
        await_frames(log, 6)
        ordered = desk.run(verb, *(("spring",) if verb == "stop" else ()))
        taken = len(accepted(log))
        out, err = sender.communicate(timeout=60)
        assert ordered.code == 0, ordered.err
        assert ordered.out.startswith(f"The campaign spring is {state}: nothing is in flight")
        report = json.loads(out)
        assert sender.returncode == 130, err
        assert report["state"] == state
        assert report["reason"].startswith(f"{state.capitalize()} by ")
        assert report["frames"]["accepted"] == taken < 25
        assert report["contacts"]["sent"] + report["contacts"]["not_attempted"] == 5000
        time.sleep(1)
        assert len(accepted(log)) == taken
        if verb == "pause":
            again = desk.run("resume", "--concurrency", "8", "--json")
        else:
            again = desk.send(
                file, "--after-stop", "--concurrency", "8", "--hours", "off", "--json"
            )
        assert again.code == 0, again.err
        assert sorted(numbers(log)) == everybody(5000)


def test_an_order_that_runs_out_of_time_names_what_is_in_flight(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--latency", "60") as (url, log):
        desk = Desk(tmp_path, url)
        sender = start_sending(desk, file, "--campaign", "spring")
        try:
            await_frames(log, 1)
            running = desk.run("status", "spring", "--json")
            ordered = desk.run("pause", "--timeout", "1", "--json")
        finally:
            sender.kill()
            sender.communicate()
        killed = desk.run("status", "spring", "--json")
        assert running.json["state"] == "running"
        assert ordered.code == 75
        assert (ordered.json["in_flight"], ordered.json["was_running"]) == ([1], True)
        assert killed.json["state"] == "interrupted"
        assert len(accepted(log)) == 1


def test_two_campaigns_are_sent_and_the_one_that_is_named_pauses(tmp_path: Path) -> None:
    """Two accounts send from one ledger; the order is for one of them."""
    spring = export(tmp_path / "spring.csv", 3000)
    with sandbox(tmp_path, "--latency", "0.8", "--credit", "10000") as (url, log):
        desk = Desk(tmp_path, url)
        other = Desk(tmp_path, url, key="test-other")
        first = start_sending(desk, spring, "--campaign", "spring")
        await_frames(log, 1)
        second = start_sending(other, spring, "--again", "--campaign", "autumn")
        await_frames(log, 4)
        while desk.run("status", "autumn", "--json").code:
            assert second.poll() is None
        unclear = desk.run("pause")
        ordered = desk.run("pause", "autumn")
        autumn, spring_out = second.communicate(timeout=60)[0], first.communicate(timeout=60)[0]
        assert unclear.code == 2
        assert "autumn" in unclear.err
        assert ordered.code == 0, ordered.err
        assert json.loads(autumn)["state"] == "paused"
        assert json.loads(spring_out)["state"] == "done"
