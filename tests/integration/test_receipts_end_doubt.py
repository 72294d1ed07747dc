"""Receipts of a file end the doubt of a frame, or show why they cannot, and pause a campaign."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sandbox.script import ScriptedReply
from tests.integration.machine import PEOPLE, Machine, export

BROKEN = ScriptedReply(first=1, last=1, fault="502_after_accept")
LOCKED = ScriptedReply(first=2, last=2, code=114)  # account under investigation


@pytest.fixture
def answers(request: pytest.FixtureRequest) -> tuple[ScriptedReply, ...]:
    return (request.param,)


@pytest.fixture
def scripted(
    answers: tuple[ScriptedReply, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    machine: Machine,
) -> Iterator[Machine]:
    """The same machine with a sandbox that answers one frame otherwise."""
    del machine
    with Sandbox(SandboxOptions(script=answers)) as sandbox:
        monkeypatch.setenv("BULKSMS_BASE_URL", sandbox.base_url)
        yield Machine(sandbox, capsys)


def _dump(path: Path, ticket: str, people: list[str], status: str = "DELIVERED") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["message_id", "number", "status"])
        writer.writerows([ticket, person, status] for person in people)
    return path


@pytest.mark.parametrize("answers", [BROKEN], indirect=True)
def test_receipts_for_everyone_end_the_doubt(scripted: Machine, tmp_path: Path) -> None:
    sent = scripted.send(export(tmp_path / "list.csv", PEOPLE), "--campaign", "spring")
    assert (sent.code, sent.json["contacts"]["in_doubt"]) == (5, 300)
    ticket = scripted.sandbox.accepted[0].ticket

    answer = scripted.run(
        "report", "spring", "--receipts", _dump(tmp_path / "dump.csv", ticket, PEOPLE), "--json"
    )

    assert "Frame 1 of spring was sent: receipts came for all 300" in answer.err
    assert (answer.json["contacts"]["sent"], answer.json["contacts"]["in_doubt"]) == (300, 0)
    assert answer.json["deliveries"]["delivered"] == 300
    assert scripted.run("resume", "spring").code == 0
    assert len(scripted.texted) == 300


@pytest.mark.parametrize("answers", [BROKEN], indirect=True)
def test_receipts_for_some_are_shown_with_the_command_that_decides(
    scripted: Machine, tmp_path: Path
) -> None:
    scripted.send(export(tmp_path / "list.csv", PEOPLE), "--campaign", "spring")
    ticket = scripted.sandbox.accepted[0].ticket
    scripted.run(
        "report", "spring", "--receipts", _dump(tmp_path / "dump.csv", ticket, PEOPLE[:298])
    )

    shown = scripted.run("doubt", "show", "spring")

    assert f"ticket {ticket} came for 298 of its 300 people, and for no one else" in shown.out
    assert f"bulksms doubt mark-sent spring 1 --ticket {ticket}" in shown.out
    figures = scripted.run("doubt", "show", "spring", "--json").json
    assert figures["receipts"] == [
        {"sms_ticket": ticket, "people": 298, "others": 0, "proof": False}
    ]
    assert figures["state"] == "in_doubt"


@pytest.mark.parametrize("answers", [LOCKED], indirect=True)
def test_failing_receipts_pause_a_campaign_that_has_people_left(
    scripted: Machine, tmp_path: Path
) -> None:
    people = [f"+336399{80000 + person}" for person in range(600)]
    list_file = export(tmp_path / "list.csv", people)
    scripted.send(list_file, "--campaign", "spring", "--max-undelivered", "20")
    (frame,) = scripted.sandbox.accepted
    dump = _dump(tmp_path / "dump.csv", frame.ticket, list(frame.recipients)[:75], "NOT_DELIVERED")
    _dump(more := tmp_path / "more.csv", frame.ticket, list(frame.recipients)[75:])

    answer = scripted.run("report", "spring", "--receipts", dump, "--receipts", more, "--json")

    assert answer.json["state"] == "paused"
    assert "75 of 300 texts with a final receipt were not delivered (25%" in answer.json["reason"]
    repeated = scripted.send(list_file, "--campaign", "spring")
    assert repeated.code == 3
    assert len(scripted.sandbox.accepted) == 1
    assert scripted.run("resume", "spring", "--json").json["state"] == "done"
