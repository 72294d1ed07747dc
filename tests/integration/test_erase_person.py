"""After an erasure no file has the number; the opt-out holds, and no one is texted twice."""

import json
import os
import sqlite3
import stat
import zlib
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bulksms.clock import SystemClock
from bulksms.ledger import open_ledger
from bulksms.octopush.callbacks import Callback, CallbackKind
from bulksms.settings import read_settings
from bulksms.use_cases.context import account_of
from bulksms.use_cases.orders.order_resend import order_resend, prepare_resend
from bulksms.use_cases.orders.settle_doubt import OperatorDecision
from bulksms.use_cases.receipts.callback_intake import take_callbacks
from tests.integration.machine import OTHER, PEOPLE, Answer, Machine, begin

VICTIM = 33639980007
NAME = "Zwytchkin"
SPELLINGS = (
    "33639980007",
    "0033639980007",
    "0639980007",
    "639980007",
    "06 39 98 00 07",
    "06.39.98.00.07",
    "6 39 98 00 07",
    "39 98 00 07",
)
# SQLite writes such a number in six bytes, arrays in eight: both hold these five.
INTEGERS = tuple(VICTIM.to_bytes(5, order) for order in ("little", "big"))


def people(path: Path, spelling: str = "06 39 98 00 07") -> Path:
    """Write a list of 300, of whom the victim is written twice."""
    lines = [f"P{at},{number}" for at, number in enumerate(PEOPLE) if number != f"+{VICTIM}"]
    lines += [f"{NAME},{spelling}", f"{NAME},+{VICTIM}"]
    path.write_text("\n".join(["Prénom,Mobile", *lines]), encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file as it is, and what the ledger keeps compressed."""
    stored = {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    with closing(sqlite3.connect(folder / "home" / "ledger.sqlite3")) as raw:
        for at, row in enumerate(raw.execute("SELECT body, numbers FROM frame_body")):
            stored[f"body {at}"], stored[f"numbers {at}"] = map(zlib.decompress, row)
        for at, (packed,) in enumerate(raw.execute("SELECT content FROM source_row_part")):
            file = folder / f"rows-{at}.parquet"
            file.write_bytes(packed)
            stored[f"rows {at}"] = repr(pq.read_table(file).to_pydict()).encode()
            file.unlink()
    return stored


def places(folder: Path) -> list[str]:
    """Name where the number or the name can be read."""
    wanted = [*(spelling.encode() for spelling in (*SPELLINGS, NAME)), *INTEGERS]
    wanted += [spelling.encode("utf-16-le") for spelling in SPELLINGS]
    return sorted(
        where for where, content in contents(folder).items() if any(w in content for w in wanted)
    )


def erase(machine: Machine) -> Answer:
    answer = machine.run("person", "erase", "06 39 98 00 07", "--yes", "--json")
    assert answer.code == 0, answer.err
    return answer


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder of the user, apart from what the program keeps."""
    folder = tmp_path.with_name(f"{tmp_path.name}-user")
    folder.mkdir()
    return folder


def test_no_file_has_the_number_after_an_erasure(
    machine: Machine, tmp_path: Path, outside: Path
) -> None:
    source = people(outside / "list.csv")
    results = outside / "people.csv"
    inside = tmp_path / "home" / "results" / "people.xlsx"
    begin(people(outside / "waits.csv"), text=OTHER)
    assert machine.send(source, "--contact-results", results, "--campaign", "spring").code == 0
    assert machine.run("report", "spring", "--contact-results", inside).code == 0
    assert machine.run("optout", "add", f"+{VICTIM}").code == 0
    assert f"+{VICTIM}" in machine.texted
    assert "rows 0" in places(tmp_path)
    assert "numbers 0" in places(tmp_path)

    answer = erase(machine).json

    assert places(tmp_path) == []
    assert len(answer["campaigns"]) == 2
    assert answer["deleted"] == [str(inside)]
    assert answer["elsewhere"] == sorted(map(str, (source, outside / "waits.csv", results)))
    assert answer["remaining"] == []
    assert answer["number"] == "FR …07"


def _report(ticket: str, kind: CallbackKind = CallbackKind.DELIVERY) -> Callback:
    return Callback(kind=kind, phone_number=VICTIM, ticket=ticket, status="DELIVERED", text="stop")


def test_receipts_and_a_held_stop_are_shown_and_then_erased(
    machine: Machine, tmp_path: Path, outside: Path
) -> None:
    assert machine.send(people(outside / "list.csv"), "--campaign", "spring").code == 0
    ticket, now = machine.sandbox.accepted[0].ticket, SystemClock().now()
    elsewhere = _report("sms_of_another_program", CallbackKind.STOP)
    with open_ledger(tmp_path / "home") as ledger:
        take_callbacks(ledger, [_report(ticket), _report("sms_other"), elsewhere], now)
    file = outside / "person.json"

    assert machine.run("person", "show", f"+{VICTIM}", "--out", file).code == 0

    shown = json.loads(file.read_text(encoding="utf-8"))
    assert shown["campaigns"][0]["messages"][0]["receipts"] == [{"status": "DELIVERED", "date": ""}]
    assert [each["ticket"] for each in shown["other_receipts"]] == ["sms_other"]
    assert (shown["opt_out"]["opted_out"], shown["opt_out"]["held"]) == (True, True)
    assert "ledger.sqlite3" in " ".join(places(tmp_path))

    erase(machine)
    with open_ledger(tmp_path / "home") as ledger:
        take_callbacks(ledger, [_report(ticket), _report("sms_other")], now)  # late ones

    assert places(tmp_path) == []
    assert machine.run("optout", "held", "--json").json["count"] == 0


def test_a_number_in_freed_pages_and_in_the_journal_is_overwritten(
    machine: Machine, tmp_path: Path, outside: Path
) -> None:
    assert machine.send(people(outside / "list.csv")).code == 0
    assert machine.run("optout", "add", f"+{VICTIM}").code == 0
    ledger = tmp_path / "home" / "ledger.sqlite3"
    with closing(sqlite3.connect(ledger)) as raw, raw:
        raw.execute("PRAGMA secure_delete = OFF")
        raw.execute("CREATE TABLE left_behind (text TEXT)")
        raw.executemany("INSERT INTO left_behind VALUES (?)", [(f"+{VICTIM}",)] * 5000)
        raw.commit()
        raw.execute("DROP TABLE left_behind")
    assert b"33639980007" in ledger.read_bytes()

    erase(machine)

    assert places(tmp_path) == []
    assert erase(machine).json["campaigns"] == []


def test_the_opt_out_holds_and_a_list_that_has_the_person_does_not_bring_them_back(
    machine: Machine, tmp_path: Path, outside: Path
) -> None:
    source = people(outside / "list.csv")
    erase(machine)

    sent = machine.send(source).json

    assert places(tmp_path) == []

    assert f"+{VICTIM}" not in machine.texted
    assert sent["contacts"]["suppressed"] == 2
    assert machine.run("optout", "check", f"+{VICTIM}", "--json").json["opted_out"] == {
        f"+{VICTIM}": True
    }
    assert machine.run("optout", "add", f"+{VICTIM}", "--json").json["new"] == 0
    listed = machine.run("optout", "list", "--json").json
    assert (listed["numbers"], listed["by_hash"]) == ([], 1)


def test_an_erased_person_who_comes_back_does_not_get_the_same_text_again(
    machine: Machine, outside: Path
) -> None:
    source = people(outside / "list.csv")
    assert machine.send(source).code == 0
    erase(machine)
    assert machine.run("optout", "remove", f"+{VICTIM}").code == 0
    before = machine.texted

    again = machine.send(people(outside / "renamed.csv"))
    spelled = machine.send(source, text="Bonjour {Prénom}. STOP au 30101")
    other = machine.send(source, "--again", text=OTHER)

    assert (again.code, spelled.code, other.code) == (0, 0, 0)
    assert machine.texted.count(f"+{VICTIM}") == 2
    assert len(machine.texted) == len(before) + 300


def test_the_safety_logs_and_the_sums_stay_as_they_were(
    machine: Machine, tmp_path: Path, outside: Path
) -> None:
    people_file = tmp_path / "people.csv"
    assert machine.send(people(outside / "list.csv"), "--campaign", "spring").code == 0
    before = machine.run("report", "spring", "--json").json

    erase(machine)

    after = machine.run("report", "spring", "--json", "--contact-results", people_file).json
    assert after["contacts"] == before["contacts"]
    assert after["total_cost"] == before["total_cost"]
    written = people_file.read_text(encoding="utf-8-sig")
    assert written.count(",sent,") == 300
    assert "+-" not in written
    with open_ledger(tmp_path / "home") as ledger:
        assert ledger.reconciler.verify() == ()


def test_a_person_in_doubt_is_not_sent_again(machine: Machine, outside: Path) -> None:
    name = begin(people(outside / "list.csv"))
    settings = read_settings(os.environ)
    with open_ledger(settings.home) as ledger:
        record = ledger.campaigns.get(name)
        account = account_of(settings)
        assert ledger.claims.claim(record.id, 1, record.created_at, account=account)
    erase(machine)

    shown = machine.run("doubt", "show", name, "--json").json
    now = SystemClock().now()
    order = prepare_resend(name, 1, settings, now)
    order_resend(order, OperatorDecision(who="alice", at=now), settings, SystemClock())
    resumed = machine.run("resume", name, "--json").json

    assert (shown["contacts"], shown["numbers"].count("erased")) == (300, 1)
    assert sorted(machine.texted) == sorted({*PEOPLE} - {f"+{VICTIM}"})
    assert resumed["contacts"]["sent"] == 299
    assert resumed["contacts"]["in_doubt"] == 1


def test_an_erasure_waits_for_no_answer_without_a_terminal(machine: Machine) -> None:
    answer = machine.run("person", "erase", f"+{VICTIM}")

    assert answer.code == 2
    assert "--yes" in answer.err


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions elsewhere")
def test_every_file_stays_private(machine: Machine, tmp_path: Path, outside: Path) -> None:
    results = tmp_path / "home" / "results" / "people.csv"
    assert machine.send(people(outside / "list.csv"), "--contact-results", results).code == 0
    assert machine.run("person", "show", f"+{VICTIM}", "--out", outside / "answer.txt").code == 0
    assert machine.run("doctor", "--bundle", outside / "facts.zip").code == 0
    erase(machine)
    assert machine.run("optout", "add", "+33639980008").code == 0

    kept = [*(tmp_path / "home").rglob("*"), *(tmp_path / "home-witness").rglob("*")]
    written = [outside / "answer.txt", outside / "facts.zip", *kept]
    assert len(kept) > 5
    assert {
        (path.name, oct(stat.S_IMODE(path.stat().st_mode)))
        for path in written
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    } == set()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions elsewhere")
def test_the_answer_to_a_request_is_private(machine: Machine, outside: Path) -> None:
    assert machine.send(people(outside / "list.csv")).code == 0
    for name in ("answer.txt", "answer.json"):
        shown = machine.run("person", "show", f"+{VICTIM}", "--out", outside / name)
        assert shown.code == 0, shown.err
        assert stat.S_IMODE((outside / name).stat().st_mode) == 0o600
        assert NAME in (outside / name).read_text(encoding="utf-8-sig")
