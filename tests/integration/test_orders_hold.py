"""A pause and a stop hold whatever state their campaign is in, and each case is said plainly."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

from bulksms.ledger import OrderKind, OrderRecord, open_ledger
from bulksms.octopush import Credentials
from tests.builders import new_campaign
from tests.fakes import freeze_frame
from tests.integration.machine import OTHER, PEOPLE, TEXT, Machine, begin, export


def a_crashed_run(name: str) -> None:
    """Leave a campaign as a process does that is killed with its first frame in flight."""
    with open_ledger(Path(os.environ["BULKSMS_HOME"])) as ledger:
        record = ledger.campaigns.get(name)
        ledger.campaigns.set_state(record.id, "sending")
        assert ledger.claims.claim(record.id, 1, datetime.now(UTC), account=record.account)


def test_a_paused_campaign_is_not_sent_until_it_is_resumed(
    machine: Machine, tmp_path: Path
) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    name = begin(file)
    paused = machine.run("pause", name)
    assert paused.code == 0
    assert paused.out.startswith(f"The campaign {name} was not being sent; it is paused. 300 ")
    assert machine.run("status", name, "--json").json["state"] == "paused"
    sent = machine.send(file)
    assert sent.code == 3
    assert f"`bulksms resume {name}` continues it" in sent.json["error"]["message"]
    assert machine.texted == []
    resumed = machine.run("resume", "--json")
    assert (resumed.code, resumed.json["state"]) == (0, "done")
    assert sorted(machine.texted) == PEOPLE


def test_a_stopped_campaign_continues_only_as_a_new_one_for_the_rest(
    machine: Machine, tmp_path: Path
) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    name = begin(file)
    stopped = machine.run("stop", name, "--json")
    assert stopped.code == 0
    assert stopped.json["state"] == "stopped"
    assert stopped.json["contacts"]["not_attempted"] == 300
    assert stopped.json["frames"]["dropped"] == 1
    assert stopped.json["resume_command"] is None
    for refused in (machine.run("resume", name), machine.run("resume"), machine.send(file)):
        assert refused.code == 3
        assert "--after-stop" in refused.out + refused.err
    assert machine.run("status", name, "--json").json["state"] == "stopped"
    assert machine.texted == []
    rest = machine.send(file, "--after-stop")
    assert (rest.code, rest.json["state"]) == (0, "done")
    assert rest.json["campaign"] != name
    assert sorted(machine.texted) == PEOPLE
    assert machine.send(file).json["nothing_new"]


def test_a_stop_sets_people_free_for_another_campaign(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    machine.run("stop", begin(file))
    other = machine.send(file, "--not-within", "7d", text=OTHER)
    assert (other.code, other.json["contacts"]["sent"]) == (0, 300)


def test_a_process_that_died_is_said_to_have_died(machine: Machine, tmp_path: Path) -> None:
    name = begin(
        export(tmp_path / "list.csv", PEOPLE + [f"+3363998{n}" for n in range(1000, 1200)])
    )
    a_crashed_run(name)
    assert machine.run("status", name, "--json").json["state"] == "interrupted"
    paused = machine.run("pause", name)
    assert paused.code == 0
    assert "had ended without finishing" in paused.out
    assert "Frames in doubt: 1" in paused.out
    report = machine.run("status", name, "--json").json
    assert (report["state"], report["frames"]["in_doubt"]) == ("paused", 1)


def test_nothing_is_left_to_pause_in_a_finished_campaign(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    name = machine.send(file).json["campaign"]
    for verb in ("pause", "stop"):
        answer = machine.run(verb, name)
        assert answer.code == 0
        assert answer.out == f"The campaign {name} is done: nothing is left to {verb}.\n"
    assert machine.send(file).json["nothing_new"]


def test_a_pause_without_a_name_needs_a_running_campaign(machine: Machine, tmp_path: Path) -> None:
    begin(export(tmp_path / "list.csv", PEOPLE))
    answer = machine.run("pause")
    assert (answer.code, answer.out) == (2, "")
    assert "No campaign is being sent now" in answer.err
    assert machine.run("pause", "autumn").code == 2


def test_a_stopped_campaign_can_neither_be_paused_nor_have_a_frame_sent_again(
    machine: Machine, tmp_path: Path
) -> None:
    name = begin(export(tmp_path / "list.csv", PEOPLE))
    a_crashed_run(name)
    assert machine.run("stop", name).code == 0
    refused = machine.run("pause", name)
    assert refused.code == 3
    assert "which is final" in refused.err
    assert machine.run("doubt", "drop", name).code == 0
    assert machine.run("status", name, "--json").json["state"] == "stopped"
    assert machine.run("pause", name).out.endswith("is stopped: nothing is left to pause.\n")


def test_an_order_ends_the_wait_for_another_campaign_of_the_account(
    machine: Machine, tmp_path: Path
) -> None:
    name, home = begin(export(tmp_path / "list.csv", PEOPLE)), tmp_path / "home"
    account = Credentials(login="desk@example.com", key="test-desk").account_at(
        machine.sandbox.base_url
    )
    with open_ledger(home) as other, other.locks.account(account, lambda: None, threading.Event()):
        pauser = threading.Timer(0.7, _pause, [home, name])
        pauser.start()
        resumed = machine.run("resume", name, "--json")
        pauser.join()
    assert (resumed.code, resumed.json["state"]) == (130, "paused")
    assert resumed.json["reason"].startswith("Paused by anna")
    assert resumed.json["resume_command"] == f"bulksms resume {name}"
    assert machine.texted == []


def test_a_corrected_text_after_a_stop_leaves_out_those_who_got_the_wrong_one(
    machine: Machine, tmp_path: Path
) -> None:
    people = [f"+336399{81000 + person}" for person in range(600)]
    file = export(tmp_path / "list.csv", people)
    name = begin(file)
    with open_ledger(tmp_path / "home") as ledger:
        record = ledger.campaigns.get(name)
        reached = ledger.frames.phone_numbers(record.id, 1).tolist()
    a_crashed_run(name)
    assert machine.run("stop", name).code == 0
    corrected = machine.send(file, text=TEXT.replace("Bonjour", "Bonsoir"))
    assert corrected.code == 0
    assert sorted(machine.texted) == sorted(set(people) - {f"+{each}" for each in reached})


def _pause(home: Path, name: str) -> None:
    with open_ledger(home) as ledger:
        order = OrderRecord(kind=OrderKind.PAUSE, who="anna", at=datetime.now(UTC))
        ledger.orders.give(ledger.campaigns.get(name).id, order)


def test_an_unattended_run_waits_while_its_last_campaign_is_paused(
    machine: Machine, tmp_path: Path
) -> None:
    export(tmp_path / "dump.csv", PEOPLE)
    saved = tmp_path / "welcome.toml"
    saved.write_text(f'files = "dump.csv"\ntext = "{OTHER}"\nsender = "SHOP"\n', encoding="utf-8")
    with open_ledger(tmp_path / "home") as ledger:
        last_night = new_campaign(
            "welcome-1",
            parameters={"series": "welcome"},
            counts={"rejected": 0, "duplicates": 0, "opted_out": 0},
            rehearsal=True,
        )
        ledger.campaigns.create(last_night, [freeze_frame(1)])
    assert machine.run("pause", "welcome-1").code == 0
    answer = machine.run("run", saved, "--json")
    assert answer.code == 3
    assert "welcome-1 was paused by" in answer.json["error"]["message"]
    assert machine.texted == []
