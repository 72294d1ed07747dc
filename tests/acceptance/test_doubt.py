"""Frames in doubt are listed, shown and settled as a user would, against the real sandbox."""

import os
import re
import sys
from collections import Counter
from pathlib import Path
from shutil import copytree
from subprocess import PIPE, Popen

import pytest

from tests.acceptance.driver import (
    PROGRAM,
    Desk,
    Outcome,
    await_frames,
    everybody,
    export,
    numbers,
    sandbox,
    table,
)

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo terminals")
TEXT = ("--text", "Bonjour. STOP au 30101", "--sender", "DESK", "--yes", "--campaign", "spring")


@pytest.fixture(scope="module")
def in_doubt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder where frame 1 of 20 people is in doubt; the sandbox took it."""
    folder = tmp_path_factory.mktemp("doubt")
    file = export(folder / "export.csv", 20)
    with sandbox(folder, "--faults", "1", "--fault-kind", "reset_after_accept") as (url, log):
        sent = Desk(folder, url).run("send", file, *TEXT)
        assert sent.code == 5, sent.err
        assert numbers(log) == everybody(20)
    # Away from where it was made, or every copy would be noticed as a second ledger.
    return folder.rename(folder.with_name("template"))


@pytest.fixture
def desk(tmp_path: Path, in_doubt: Path) -> Desk:
    """Return a desk of its own to every test."""
    copytree(in_doubt, tmp_path, dirs_exist_ok=True)
    return Desk(tmp_path)


def on_terminal(desk: Desk, typed: str, *args: str) -> Outcome:
    """Run the program with a terminal as its input, on which something is typed."""
    ours, theirs = os.openpty()
    process = Popen(
        [*PROGRAM, *args],
        cwd=desk.folder,
        env=desk.environment(),
        stdin=theirs,
        stdout=PIPE,
        stderr=PIPE,
        encoding="utf-8",
    )
    os.write(ours, typed.encode())
    out, err = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    return Outcome(process.returncode, out, err)


def classes(desk: Desk) -> dict[str, int]:
    counts = desk.run("status", "spring", "--json").json["contacts"]
    assert sum(counts.values()) == 20
    return {name: count for name, count in counts.items() if count}


def test_a_frame_in_doubt_is_listed_and_shown_without_a_number_that_could_be_read(
    desk: Desk,
) -> None:
    listed = desk.run("doubt", "list", "--json")
    assert listed.code == 0, listed.err
    (doubt,) = listed.json["doubts"]
    assert (doubt["campaign"], doubt["frame"], doubt["contacts"]) == ("spring", 1, 20)
    assert (doubt["first_row"], doubt["last_row"], doubt["lean"]) == (2, 21, "open")
    people = desk.run("doubt", "list", "spring")
    assert people.out.splitlines()[1].split()[:4] == ["spring", "1", "2-21", "20"]
    shown = desk.run("doubt", "show", "spring", "1", "--json").json
    assert shown["numbers"] == [f"FR …{person:02}" for person in range(20)]
    assert [entry["state"] for entry in shown["entries"]] == ["intent", "in_doubt"]
    assert shown["request_id"].startswith("bs1-")
    output = desk.run("doubt", "show", "spring").out
    assert "bulksms doubt mark-sent spring 1 --ticket TICKET" in output
    assert not re.search(r"\d{8}", re.sub(r"digest: +\w+", "", output))


def test_half_a_cent_is_rounded_as_in_the_plan(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 5)
    with sandbox(tmp_path, "--faults", "1", "--fault-kind", "reset_after_accept") as (url, _):
        desk = Desk(tmp_path, url)
        planned = desk.run("check", file, *TEXT[:-2], "--json")
        assert desk.run("send", file, *TEXT).code == 5

    (doubt,) = desk.run("doubt", "list", "--json").json["doubts"]
    # 5 times 0.045 is 0.225.
    assert (planned.json["estimate"]["amount"], doubt["cost"]) == ("0.23", "0.23")


def test_a_frame_marked_as_sent_is_sent_and_keeps_who_said_so(desk: Desk) -> None:
    done = desk.run("doubt", "mark-sent", "spring", "--ticket", "sms_7", "--json")
    assert done.code == 0, done.err
    (frame,) = done.json["settled"]
    assert (frame["state"], frame["sms_ticket"]) == ("accepted", "sms_7")
    assert re.fullmatch(r"marked as sent by .+ on \d{4}-\d\d-\d\d at \d\d:\d\d UTC", frame["why"])
    assert classes(desk) == {"sent": 20}
    assert desk.run("status", "spring", "--json").json["state"] == "done"
    assert desk.run("doubt", "list").out == "No frame is in doubt.\n"
    again = desk.run("doubt", "mark-sent", "spring", "1")
    assert again.code == 2
    assert again.err.count("\n") == 1


def test_a_frame_given_up_is_closed_but_its_people_are_not_texted_again(
    desk: Desk, tmp_path: Path
) -> None:
    assert desk.run("doubt", "drop", "spring", "all").code == 0
    report = desk.run("status", "spring", "--json").json
    assert (report["state"], report["frames"]["dropped"], report["frames"]["in_doubt"]) == (
        "done",
        1,
        0,
    )
    assert classes(desk) == {"in_doubt": 20}
    desk.run("report", "spring", "--contact-results", "people.csv")
    people = table(tmp_path / "people.csv")
    assert Counter(person["bulksms_class"] for person in people) == {"in_doubt": 20}
    assert "dropped by " in people[0]["bulksms_reason"]
    more = export(tmp_path / "more.csv", 22)
    with sandbox(tmp_path) as (url, log):
        before = len(numbers(log))
        sent = Desk(tmp_path, url).run("send", more, *TEXT[:-1], "summer")
        assert sent.code == 0, sent.err
        assert numbers(log)[before:] == everybody(22)[20:]


def test_no_one_but_a_person_at_a_terminal_can_send_again(desk: Desk) -> None:
    refused = desk.run("doubt", "resend", "spring", "1")
    assert refused.code == 2
    assert "terminal" in refused.err
    assert refused.err.count("\n") == 1
    assert desk.run("doubt", "resend", "spring", "1", "--yes").code == 2
    assert desk.run("status", "spring", "--json").json["frames"]["in_doubt"] == 1


@POSIX
@pytest.mark.parametrize("typed", ["y\n", "19\n", "\n"])
def test_another_word_than_the_number_changes_nothing(desk: Desk, typed: str) -> None:
    result = on_terminal(desk, typed, "doubt", "resend", "spring", "1")
    assert result.code == 3, result.err
    assert "Up to 20 people may get this text twice" in result.err
    assert desk.run("status", "spring", "--json").json["frames"]["in_doubt"] == 1


@POSIX
def test_all_is_never_sent_again(desk: Desk) -> None:
    assert on_terminal(desk, "20\n", "doubt", "resend", "spring", "all").code == 2


@POSIX
def test_a_frame_is_sent_again_under_a_new_id_without_those_who_opted_out(
    desk: Desk, tmp_path: Path
) -> None:
    first = desk.run("doubt", "show", "spring", "--json").json
    desk.run("optout", "add", "06 39 98 00 03")
    ordered = on_terminal(desk, "19\n", "doubt", "resend", "spring", "--json")
    assert ordered.code == 0, ordered.err
    assert (ordered.json["wave"], ordered.json["left_out"]) == (2, 1)
    assert ordered.json["resume_command"] == "bulksms resume spring"
    waiting = desk.run("status", "spring", "--json").json
    assert (waiting["state"], waiting["frames"]["planned"]) == ("paused", 1)
    assert classes(desk) == {"in_doubt": 20}
    with sandbox(tmp_path) as (url, log):
        posted = len(numbers(log))
        resumed = Desk(tmp_path, url).run("resume", "spring", "--json")
        assert resumed.code == 0, resumed.err
        assert numbers(log)[posted:] == [
            number for number in everybody(20) if not number.endswith("03")
        ]
    assert classes(desk) == {"sent": 19, "in_doubt": 1}
    second = desk.run("doubt", "show", "spring", "1", "--json").json
    assert second["request_id"] != first["request_id"]
    states = [entry["state"] for entry in second["entries"]]
    assert states == ["intent", "in_doubt", "planned", "intent", "accepted"]
    desk.run("report", "spring", "--contact-results", "people.csv")
    class_of_number = {
        person["bulksms_number"]: person["bulksms_class"]
        for person in table(tmp_path / "people.csv")
    }
    assert Counter(class_of_number.values()) == {"sent": 19, "in_doubt": 1}
    assert class_of_number["+33639980003"] == "in_doubt"


def test_a_campaign_that_is_being_sent_is_not_settled(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 20)
    with sandbox(tmp_path, "--latency", "60") as (url, log):
        desk = Desk(tmp_path, url)
        sender = desk.start("send", file, *TEXT)
        try:
            await_frames(log, 1)
            assert desk.run("doubt", "list", "--json").json["doubts"] == []
            assert desk.run("doubt", "drop", "spring", "1").code == 75
        finally:
            sender.kill()
            sender.communicate()
        # The sender is gone, so that what it had on its way is in doubt.
        assert desk.run("doubt", "list", "--json").json["doubts"][0]["frame"] == 1


def test_a_frame_that_is_not_meant_is_reported(desk: Desk) -> None:
    for args, words in [
        (("drop", "spring", "2"), "Frame 2 of spring is not in doubt; in doubt: 1."),
        (("drop", "summer"), "no campaign named 'summer'"),
        (("drop", "spring", "one"), "not the number of a frame: give a number, or all"),
    ]:
        result = desk.run("doubt", *args)
        assert result.code == 2, result
        assert words in result.err
