"""Whatever breaks, no one is texted twice and no one is lost."""

import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.driver import (
    Desk,
    accepted,
    await_frames,
    everybody,
    export,
    numbers,
    sandbox,
)

THREE_FRAMES = ("--frame-size", "200")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def _sum(report: dict[str, Any]) -> int:
    return sum(report["contacts"].values())


@POSIX
def test_a_frame_taken_while_the_sender_was_killed_is_in_doubt_and_not_posted_again(
    tmp_path: Path,
) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--hang-after-accept", "2") as (url, log):
        desk = Desk(tmp_path, url)
        sender = desk.start("send", file, *_message(), *THREE_FRAMES)
        await_frames(log, 2)
        sender.kill()
        sender.communicate()
        resumed = desk.run("resume", "--json")
        assert resumed.code == 5, resumed.err
        assert sorted(numbers(log)) == everybody(600)
        assert resumed.json["contacts"]["sent"] == 400
        assert resumed.json["contacts"]["in_doubt"] == 200
        assert _sum(resumed.json) == 600
        once_more = desk.run("send", file, *_message(), *THREE_FRAMES)
        assert once_more.code == 5, once_more.err
        assert len(accepted(log)) == 3


def test_a_frame_taken_without_an_answer_is_in_doubt_and_resume_leaves_it_alone(
    tmp_path: Path,
) -> None:
    file = export(tmp_path / "export.csv", 600)
    broken = ("--faults", "1", "--fault-kind", "reset_after_accept")
    with sandbox(tmp_path, *broken) as (url, log):
        sent = Desk(tmp_path, url).send(file, *THREE_FRAMES, "--json")
        assert sent.code == 5, sent.err
        doubts = sent.json["frames"]["in_doubt"]
        assert doubts == len(accepted(log)) >= 1
        assert _sum(sent.json) == 600
    with sandbox(tmp_path) as (url, log):
        resumed = Desk(tmp_path, url).run("resume", "--json")
        assert resumed.code == 5, resumed.err
        assert sorted(numbers(log)) == everybody(600)
        assert resumed.json["frames"]["in_doubt"] == doubts
        assert resumed.json["frames"]["planned"] == 0


def test_wrong_credentials_stop_the_run_and_every_frame_stays_planned(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--refuse", "101") as (url, log):
        sent = Desk(tmp_path, url).send(file, *THREE_FRAMES, "--json")
        assert sent.code == 4, sent.err
        report = sent.json
        assert report["state"] == "stopped"
        assert report["frames"]["planned"] == 3
        assert report["contacts"]["not_attempted"] == 600
        assert report["resume_command"] == f"bulksms resume {report['campaign']}"
        assert "Traceback" not in sent.err
        assert accepted(log) == []


def test_a_campaign_out_of_credit_continues_when_there_is_credit(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--refuse", "104", "--refuse-after", "1") as (url, log):
        sent = Desk(tmp_path, url).send(file, *THREE_FRAMES, "--json")
        assert sent.code == 4, sent.err
        assert sent.json["frames"]["accepted"] == 1
        assert sent.json["frames"]["planned"] == 2
    with sandbox(tmp_path) as (url, log):
        resumed = Desk(tmp_path, url).run("resume", sent.json["campaign"], "--json")
        assert resumed.code == 0, resumed.err
        assert resumed.json["state"] == "done"
        assert numbers(log) == everybody(600)


def test_a_campaign_that_asks_for_too_little_credit_gets_the_reason_of_the_api(
    tmp_path: Path,
) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--credit", "10") as (url, log):
        sent = Desk(tmp_path, url).send(file, *THREE_FRAMES, "--json")
        assert sent.code == 4, sent.err
        assert "credit" in sent.json["reason"].lower()
        assert numbers(log) == everybody(200)


def test_a_refused_frame_is_said_to_have_failed(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 20)
    with sandbox(tmp_path, "--refuse", "121") as (url, log):
        sent = Desk(tmp_path, url).send(file, "--json")
        assert sent.code == 1, sent.err
        assert sent.json["frames"]["refused"] == 1
        assert sent.json["contacts"]["failed"] == 20
        assert _sum(sent.json) == 20
        assert accepted(log) == []


def test_a_second_run_of_the_same_campaign_is_sent_away(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 20)
    with sandbox(tmp_path, "--latency", "60") as (url, log):
        desk = Desk(tmp_path, url)
        first = desk.start("send", file, *_message())
        try:
            await_frames(log, 1)
            second = desk.run("send", file, *_message())
            third = desk.run("resume")
        finally:
            first.kill()
            first.communicate()
        assert (second.code, third.code) == (75, 75)
        assert second.out == ""
        assert second.err.startswith("Error: ")
        assert second.err.count("\n") == 1
        assert numbers(log) == everybody(20)


@POSIX
@pytest.mark.parametrize(("order", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_finishes_its_frame_and_is_gone_on_with(
    tmp_path: Path, order: signal.Signals, code: int
) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--latency", "1") as (url, log):
        desk = Desk(tmp_path, url)
        sender = desk.start("send", file, *_message(), *THREE_FRAMES)
        await_frames(log, 1)
        sender.send_signal(order)
        out, err = sender.communicate(timeout=60)
        assert sender.returncode == code, err
        assert "bulksms resume" in out
        assert "Traceback" not in err
        assert numbers(log) == everybody(200)
        standing = desk.run("status", "--json").json["campaigns"][0]
        assert standing["state"] == "interrupted"
        assert (standing["frames"]["accepted"], standing["frames"]["planned"]) == (1, 2)
        assert desk.run("resume").code == 0
        assert numbers(log) == everybody(600)


def test_the_same_send_after_an_opt_out_continues_without_that_person(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--latency", "1") as (url, log):
        desk = Desk(tmp_path, url)
        sender = desk.start("send", file, *_message(), *THREE_FRAMES)
        await_frames(log, 1)
        sender.send_signal(signal.SIGTERM)
        _, err = sender.communicate(timeout=60)
        assert sender.returncode == 143, err
        assert desk.run("optout", "add", "06 39 98 05 99").code == 0
        again = desk.run("send", file, *_message(), *THREE_FRAMES)
        assert again.code == 0, again.err
        assert numbers(log) == everybody(599)
        assert len(desk.run("status", "--json").json["campaigns"]) == 1


@pytest.mark.parametrize("damage", ["garbage", "a folder"])
def test_a_broken_ledger_stops_the_run_before_anything_is_posted(
    tmp_path: Path, damage: str
) -> None:
    file = export(tmp_path / "export.csv", 20)
    with sandbox(tmp_path) as (url, log):
        desk = Desk(tmp_path, url)
        desk.home.mkdir()
        if damage == "garbage":
            (desk.home / "ledger.sqlite3").write_bytes(b"no ledger at all " * 400)
        else:
            (desk.home / "ledger.sqlite3").mkdir()
        sent = desk.send(file)
        assert sent.code == 6, sent
        assert sent.out == ""
        assert sent.err.startswith("Error: ")
        assert "Traceback" not in sent.err
        assert accepted(log) == []


def test_frames_not_taken_are_tried_again_by_themselves(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 600)
    throttled = ("--faults", "0.5", "--seed", "30", "--fault-kind", "429_retry_after")
    with sandbox(tmp_path, *throttled) as (url, log):
        sent = Desk(tmp_path, url).send(file, *THREE_FRAMES, "--json")
        assert sent.code == 0, sent.err
        assert numbers(log) == everybody(600)


def _message() -> tuple[str, ...]:
    return ("--text", "Bonjour. STOP au 30101", "--sender", "DESK", "--yes")
