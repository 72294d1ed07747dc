"""Who did what and when is recorded without people's data, and a deleted entry is noticed."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bulksms.clock import SystemClock
from bulksms.ledger import AuditAction, open_ledger
from bulksms.os_user import acting_user
from tests.integration.machine import OTHER, PEOPLE, Machine, begin, export

ME = acting_user(os.environ)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def actions(machine: Machine, *campaign: str) -> list[str]:
    entries = machine.run("audit", *campaign, "--json").json["entries"]
    return [entry["action"] for entry in entries]


def edit(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "ledger.sqlite3")) as raw, raw:
        for statement in statements:
            raw.execute(statement)


def ledger_check(machine: Machine) -> tuple[int, str]:
    answer = machine.run("doctor", "--offline", "--json")
    check = next(each for each in answer.json["checks"] if each["name"] == "ledger")
    return answer.code, f"{check['level']}: {check['message']}"


def test_every_act_is_recorded_with_who_when_and_figures(
    machine: Machine, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "a shell can say any name")
    assert machine.run("audit").out == "Nothing has been done yet.\n"
    sent = machine.send(export(tmp_path / "list.csv", PEOPLE), "--campaign", "spring").json
    assert machine.run("optout", "add", PEOPLE[0], PEOPLE[1]).code == 0
    assert machine.run("optout", "add", PEOPLE[0]).code == 0
    assert machine.run("optout", "remove", PEOPLE[1]).code == 0
    assert machine.run("person", "erase", PEOPLE[2], "--yes").code == 0
    waiting = begin(export(tmp_path / "later.csv", PEOPLE[:200]), text=OTHER)
    assert machine.run("stop", waiting).code == 0

    entries = machine.run("audit", "--json").json["entries"]

    assert [entry["action"] for entry in entries] == [
        "begin", "run", "end", "opt_out", "opt_out_withdrawn", "opt_out", "erase", "begin", "stop",
    ]  # fmt: skip
    assert {entry["person"] for entry in entries} == {ME}
    first, run, end = entries[:3]
    assert first["counts"]["sendable"] == 300
    assert end["counts"] == sent["contacts"]
    assert end["cost"] == sent["total_cost"]
    assert first["digest"] == run["digest"] == end["digest"]
    assert len(first["digest"]) == 64
    assert entries[3]["counts"] == {"numbers": 2}
    assert actions(machine, "spring") == ["begin", "run", "end"]
    assert machine.run("audit", "nothing").code == 2
    shown = machine.run("audit", "spring").out.splitlines()
    assert re.fullmatch(
        rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ  {re.escape(ME)}  end  spring  \(300 sent, .*\)  "
        r"[\d.]+ EUR  \[[0-9a-f]{12}\]",
        shown[-1],
    )
    with closing(sqlite3.connect(home / "ledger.sqlite3")) as raw:
        rows = repr(raw.execute("SELECT * FROM audit_entry").fetchall())
    assert [number for number in PEOPLE if number[3:] in rows] == []


def test_a_purge_and_a_decision_on_doubt_are_recorded(machine: Machine, tmp_path: Path) -> None:
    name = begin(export(tmp_path / "list.csv", PEOPLE))
    with open_ledger(Path(os.environ["BULKSMS_HOME"])) as ledger:
        record = ledger.campaigns.get(name)
        assert ledger.claims.claim(record.id, 1, SystemClock().now(), account=record.account)
    assert machine.run("doubt", "mark-sent", name, "1").code == 0
    edit(tmp_path / "home", "UPDATE campaign SET created_at = '2020-01-01T00:00:00+00:00'",
         "UPDATE frame SET started_at = NULL, finished_at = NULL")  # fmt: skip
    assert machine.run("purge", "--older-than", "1d", "--yes").code == 0

    assert actions(machine, name) == ["begin", "mark_sent", "purge"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entry WHERE action = 'end'",
        "UPDATE audit_entry SET person = 'someone' WHERE action = 'end'",
        "UPDATE audit_entry SET cost = '0' WHERE action = 'end'",
        "UPDATE audit_entry SET at = '2020-01-01T00:00:00.000000+00:00' WHERE action = 'end'",
    ],
)
def test_an_entry_deleted_or_changed_by_hand_is_found_by_doctor(
    machine: Machine, tmp_path: Path, home: Path, statement: str
) -> None:
    source = export(tmp_path / "list.csv", PEOPLE)
    assert machine.send(source, "--campaign", "spring").code == 0
    assert ledger_check(machine) == (0, "fine: intact, with 1 campaign.")

    edit(home, statement)

    # Sending continues and hides nothing: the safety logs keep their lines.
    assert machine.send(source, text=OTHER).code == 0
    next((home.parent / "home-witness").glob("*.intents")).unlink()
    code, message = ledger_check(machine)
    assert code == 6
    assert "wrong: the safety logs list 1 entry of the audit trail (2" in message
    assert machine.run("doctor", "--mend-ledger", "--yes").code == 0
    assert ledger_check(machine)[0] == 0
    assert "lost" in actions(machine)
    assert actions(machine)[-1] == "mend"


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM entry WHERE state = 'intent'", "list 1 post missing from the ledger"),
        ("DELETE FROM campaign", "rows of the table campaign were deleted by hand"),
        ("DELETE FROM frame", "rows of the table frame were deleted by hand"),
        ("DELETE FROM opt_out_event", "list 1 opt-out change missing from the ledger"),
    ],
)
def test_a_deleted_post_or_opt_out_is_found_too(
    machine: Machine, tmp_path: Path, home: Path, statement: str, sentence: str
) -> None:
    assert machine.send(export(tmp_path / "list.csv", PEOPLE)).code == 0
    assert machine.run("optout", "add", PEOPLE[0]).code == 0

    edit(home, statement)

    code, message = ledger_check(machine)
    assert code == 6
    assert sentence in message


def test_an_opt_out_deleted_by_hand_is_found_and_put_back(
    machine: Machine, tmp_path: Path, home: Path
) -> None:
    assert machine.run("optout", "add", PEOPLE[0], PEOPLE[1], PEOPLE[2]).code == 0
    assert machine.run("optout", "remove", PEOPLE[2]).code == 0
    assert machine.run("person", "erase", PEOPLE[1], "--yes").code == 0
    assert ledger_check(machine)[0] == 0

    edit(home, "DELETE FROM opt_out")

    code, message = ledger_check(machine)
    assert code == 6
    assert "opt-outs were deleted by hand (1)" in message
    assert machine.run("doctor", "--mend-ledger", "--yes").code == 0
    assert ledger_check(machine)[0] == 0
    checked = machine.run("optout", "check", *PEOPLE[:3], "--json").json["opted_out"]
    assert checked == {PEOPLE[0]: True, PEOPLE[1]: True, PEOPLE[2]: False}
    assert machine.send(export(tmp_path / "list.csv", PEOPLE)).code == 0
    assert PEOPLE[0] not in machine.texted


def test_thousands_of_opt_outs_deleted_by_hand_are_counted_as_people_write_them(
    machine: Machine, tmp_path: Path, home: Path
) -> None:
    people = [f"+336399{80000 + person}" for person in range(1_234)]
    assert machine.run("optout", "import", export(tmp_path / "stops.csv", people)).code == 0
    edit(home, "DELETE FROM opt_out")

    _, message = ledger_check(machine)
    answer = machine.run("doctor", "--mend-ledger", "--yes").out

    assert "opt-outs were deleted by hand (1,234)" in message
    assert "Opt-outs restored: 1,234." in answer


def test_an_entry_of_a_crash_before_the_safety_logs_is_added_to_them(home: Path) -> None:
    with open_ledger(home) as ledger:
        ledger.reconciler.verify()
        ledger.audit.record(AuditAction.ERASE, person="alice")
        beside = home / "ledger.sqlite3.intents"
        lines = beside.read_bytes().splitlines(keepends=True)
        beside.write_bytes(b"".join(line for line in lines if b"\taudit\t" not in line))
    with open_ledger(home) as ledger:
        assert ledger.reconciler.verify() == ()
        assert ledger.reconciler.find_lost_audit() == []
    assert beside.read_bytes().count(b"\taudit\t") == 1
