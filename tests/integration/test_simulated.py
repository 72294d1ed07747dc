"""A simulation is never reported as sent, and keeps no one out later."""

import csv
from pathlib import Path

from tests.integration.machine import PEOPLE, TEXT, Machine, export


def test_a_simulation_has_its_own_state_class_and_words(machine: Machine, tmp_path: Path) -> None:
    file, results, people = export(tmp_path / "list.csv", PEOPLE), tmp_path / "r", tmp_path / "p"
    outputs = ("--results", results, "--contact-results", people)

    result = machine.send(file, "--simulate", *outputs)

    assert result.code == 0, result.err
    assert result.json["mode"] == "simulation"
    assert (result.json["contacts"]["simulated"], result.json["contacts"]["sent"]) == (300, 0)
    assert (result.json["frames"]["simulated"], result.json["frames"]["accepted"]) == (1, 0)
    with results.open(encoding="utf-8-sig", newline="") as lines:
        assert {line["state"] for line in csv.DictReader(lines)} == {"simulated"}
    with people.open(encoding="utf-8-sig", newline="") as lines:
        assert {line["bulksms_class"] for line in csv.DictReader(lines)} == {"simulated"}
    status = machine.run("status", result.json["campaign"])
    assert status.out.startswith("SIMULATION: no one was texted.")
    assert " sent" not in status.out
    assert machine.texted == []


def test_a_simulation_keeps_no_one_out_of_another_or_of_the_real_one(
    machine: Machine, tmp_path: Path
) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    first = machine.send(file, "--simulate").json
    again = machine.send(file, "--simulate").json
    assert again["contacts"]["simulated"] == 300
    assert again["campaign"] != first["campaign"]

    checked = machine.run("check", file, "--text", TEXT, "--not-within", "7d", "--json").json
    assert checked["sendable"] == 300
    real = machine.send(file, "--not-within", "7d").json
    assert real["contacts"]["sent"] == 300
    assert len(machine.texted) == 300
