"""Opt-outs that a restored folder got back only as hashes are counted in the plan."""

import shutil
from pathlib import Path

from tests.integration.machine import PEOPLE, TEXT, Machine, export


def test_the_plan_counts_who_is_known_by_a_hash_alone(machine: Machine, tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    machine.run("optout", "add", PEOPLE[0])
    shutil.copytree(home, backup)
    machine.run("optout", "add", PEOPLE[1], PEOPLE[2])
    shutil.rmtree(home)
    shutil.copytree(backup, home)
    file = export(tmp_path / "list.csv", PEOPLE)
    assert machine.send(file).code == 6
    assert machine.run("doctor", "--mend-ledger", "--yes").code == 0
    assert machine.run("optout", "list").out.split() == [PEOPLE[0]]

    checked = machine.run("check", file, "--text", TEXT, "--json").json
    without_text = machine.run("check", file, "--json").json
    sent = machine.send(file).json

    assert (checked["sendable"], checked["opted_out"]) == (297, 3)
    assert (without_text["sendable"], without_text["opted_out"]) == (297, 3)
    assert sum(checked["frames"]) == 297
    assert sent["contacts"]["sent"] == 297
    assert sorted(machine.texted) == PEOPLE[3:]
