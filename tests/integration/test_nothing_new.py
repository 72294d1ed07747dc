"""Whom earlier campaigns keep out; `check` and `send` agree on it."""

import csv
import os
from pathlib import Path

from bulksms.ledger import open_ledger
from bulksms.settings import read_settings
from tests.integration.machine import LATER, OTHER, PEOPLE, TEXT, Machine, begin, export


def test_the_same_dump_under_another_date_is_nothing_new(machine: Machine, tmp_path: Path) -> None:
    machine.send(export(tmp_path / "dump-2026-11-28.csv", PEOPLE))
    again = machine.send(export(tmp_path / "dump-2026-11-29.csv", PEOPLE))

    assert again.code == 0, again.err
    assert again.json["nothing_new"] is True
    assert sorted(machine.texted) == PEOPLE


def test_a_dump_of_some_who_had_the_text_is_nothing_new_and_accounts_for_everyone(
    machine: Machine, tmp_path: Path
) -> None:
    results = tmp_path / "people.csv"
    machine.send(export(tmp_path / "monday.csv", PEOPLE))
    some = machine.send(
        export(tmp_path / "tuesday.csv", PEOPLE[5:15]), "--contact-results", results
    )

    assert some.code == 0, some.err
    assert some.json["nothing_new"] is True
    assert sum(some.json["contacts"].values()) == 10
    with results.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == 10
    assert sorted(machine.texted) == PEOPLE


def test_a_finished_send_given_again_says_that_nothing_was_sent(
    machine: Machine, tmp_path: Path
) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    machine.send(file)
    again = machine.run("send", file, "--text", TEXT, "--yes")

    assert again.code == 0
    assert "Nothing new" in again.out
    assert "nothing was sent" in again.out
    assert machine.run("resume", "--json").json["nothing_new"] is True


def test_resume_without_a_name_takes_the_campaign_with_something_left(
    machine: Machine, tmp_path: Path
) -> None:
    begun = begin(export(tmp_path / "first.csv", PEOPLE))
    later = machine.send(export(tmp_path / "later.csv", LATER), text=OTHER)
    assert later.json["state"] == "done"

    resumed = machine.run("resume", "--json")

    assert resumed.json["campaign"] == begun
    assert resumed.json["nothing_new"] is False
    assert resumed.json["contacts"]["sent"] == 300


def test_the_status_of_a_campaign_that_is_being_sent_is_running(
    machine: Machine, tmp_path: Path
) -> None:
    name = begin(export(tmp_path / "list.csv", PEOPLE))
    with open_ledger(read_settings(os.environ).home) as ledger:
        record = ledger.campaigns.get(name)
        ledger.campaigns.set_state(record.id, "sending")
        with ledger.locks.campaign(name):
            assert machine.run("status", name, "--json").json["state"] == "running"
    assert machine.run("status", name, "--json").json["state"] == "interrupted"


def test_check_says_what_send_does(machine: Machine, tmp_path: Path) -> None:
    machine.send(export(tmp_path / "first.csv", PEOPLE[:200]))
    file = export(tmp_path / "second.csv", PEOPLE)
    out, rejects = tmp_path / "contacts.csv", tmp_path / "rejects.csv"
    outputs = ("--contacts-out", out, "--rejects-out", rejects)

    checked = machine.run("check", file, "--text", TEXT, "--json", *outputs)
    assert checked.code == 0, checked.err
    assert checked.json["sendable"] == 100
    assert checked.json["reasons"] == {"sent_before": 200}
    listed = (out.read_text("utf-8-sig"), rejects.read_text("utf-8-sig"))
    assert len(listed[0].splitlines()) == 101

    sent = machine.send(file, *outputs)
    assert sent.json["contacts"]["sent"] == 100
    assert (out.read_text("utf-8-sig"), rejects.read_text("utf-8-sig")) == listed

    assert machine.run("check", file, "--text", TEXT, "--json").json["sendable"] == 0
    assert machine.run("check", file, "--text", TEXT).code == 0


def test_marketing_of_another_campaign_keeps_out_for_a_while(
    machine: Machine, tmp_path: Path
) -> None:
    machine.send(export(tmp_path / "first.csv", PEOPLE[:200]))
    file = export(tmp_path / "second.csv", PEOPLE)

    checked = machine.run("check", file, "--text", OTHER, "--not-within", "7d", "--json")
    assert checked.json["reasons"] == {"texted_lately": 200}
    sent = machine.send(file, "--not-within", "7d", text=OTHER)
    assert sent.json["contacts"]["sent"] == 100

    alert = machine.send(file, "--not-within", "7d", "--purpose", "alert", text="Fermé demain.")
    assert alert.json["contacts"]["sent"] == 300


def test_after_an_alert_marketing_is_not_kept_back(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    machine.send(file, "--purpose", "alert", text="Fermé demain.")

    assert machine.send(file, "--not-within", "7d").json["contacts"]["sent"] == 300


def test_a_person_who_waits_for_the_text_elsewhere_is_sent_to_the_campaign_that_has_it(
    machine: Machine, tmp_path: Path
) -> None:
    name = begin(export(tmp_path / "first.csv", PEOPLE))
    some = export(tmp_path / "some.csv", PEOPLE[:10])

    refused = machine.send(some)
    assert refused.code == 3
    assert f"10 people wait for this text in the campaign {name}" in refused.out
    assert machine.run("check", some, "--text", TEXT).code == 3
    assert machine.texted == []


def test_who_waits_elsewhere_for_another_text_is_no_reason_to_stop(
    machine: Machine, tmp_path: Path
) -> None:
    begin(export(tmp_path / "first.csv", PEOPLE))
    some = export(tmp_path / "some.csv", PEOPLE[:10])
    assert machine.send(some, text=OTHER).json["contacts"]["sent"] == 10

    again = machine.send(export(tmp_path / "fewer.csv", PEOPLE[:9]), text=OTHER)
    assert (again.code, again.json["nothing_new"]) == (0, True)
