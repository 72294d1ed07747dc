"""A trial reaches guests only, and replies become opt-outs, through the command line."""

import json
from pathlib import Path

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-desk")
    path = tmp_path / "people.csv"
    path.write_text("Mobile\n0639980101\n0639980102\n", encoding="utf-8")
    return path


def guests(folder: Path, *numbers: str) -> str:
    path = folder / "guests.csv"
    path.write_text("\n".join(["Mobile", *numbers]) + "\n", encoding="utf-8")
    return str(path)


def test_one_stranger_stops_a_trial(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["check", str(people), "--guest-list", guests(tmp_path, "+33639980101"), "--json"]

    assert run(cli, line) == 3
    report = json.loads(capsys.readouterr().out)
    assert (report["sendable"], report["reasons"]) == (1, {"not_on_guest_list": 1})
    assert [finding["code"] for finding in report["findings"] if finding["level"] == "error"] == [
        "strangers"
    ]


def test_a_trial_with_guests_only_continues(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = guests(tmp_path, "+33 6 39 98 01 01", "06.39.98.01.02")

    assert run(cli, ["check", str(people), "--guest-list", listed, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sendable"] == 2


def test_a_person_who_replies_stop_is_left_out_of_the_next_check(
    people: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replies = tmp_path / "replies.csv"
    lines = ["number,text", "33639980101,Stop!", "33639980102,stop ou encore ?"]
    replies.write_text("\n".join(lines) + "\n", encoding="utf-8")

    assert run(cli, ["optout", "replies", str(replies)]) == 0
    assert capsys.readouterr().out == (
        f"{replies}: 2 messages, 1 number said stop, 1 new; "
        "these rows mention stop, read them yourself: 3\n"
    )
    assert run(cli, ["check", str(people), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["sendable"], report["opted_out"]) == (1, 1)
