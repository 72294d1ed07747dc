"""R14: numbers that failed in three campaigns are left out of the fourth, with the reason."""

import csv
from pathlib import Path

from tests.integration.machine import PEOPLE, Machine, export

DEAD, OFF = PEOPLE[7], PEOPLE[8]


def _campaign(machine: Machine, list_file: Path, at: int) -> None:
    """Send a campaign in which one number fails for good, and one is switched off."""
    text = f"Offre numéro {at} pour vous. STOP au 30101"
    sent = machine.send(list_file, "--campaign", f"offer-{at}", text=text)
    assert sent.code == 0, sent.err
    frame = machine.sandbox.accepted[-1]
    dump = list_file.with_name(f"dump-{at}.csv")
    with dump.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["message_id", "number", "status"])
        words = {DEAD: "NOT_DELIVERED", OFF: "EXPIRED"}
        writer.writerows(
            [frame.ticket, person, words.get(person, "DELIVERED")] for person in frame.recipients
        )
    machine.run("report", f"offer-{at}", "--receipts", dump)


def test_they_are_left_out_listed_and_can_be_texted_anyway(
    machine: Machine, tmp_path: Path
) -> None:
    list_file = export(tmp_path / "list.csv", PEOPLE)
    for at in range(3):
        _campaign(machine, list_file, at)
    rejects, dead = tmp_path / "rejects.csv", tmp_path / "dead.csv"
    words = ("--text", "La dernière offre. STOP au 30101", "--json")

    checked = machine.run("check", list_file, *words, "--rejects-out", rejects)
    overruled = machine.run("check", list_file, *words, "--include-dead-numbers")
    machine.run("report", "offer-0", "--dead-numbers", dead)

    assert checked.json["reasons"] == {"dead_number": 1}
    assert (checked.json["sendable"], overruled.json["sendable"]) == (299, 300)
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["Mobile"] == DEAD
    assert "last three campaigns all failed" in row["bulksms_reason"]
    with dead.open(encoding="utf-8-sig", newline="") as file:
        assert [row["phone_number"] for row in csv.DictReader(file)] == [DEAD]

    sent = machine.send(list_file, "--campaign", "last", text="La dernière offre. STOP au 30101")
    assert sent.json["contacts"] == {
        **dict.fromkeys(sent.json["contacts"], 0),
        "sent": 299,
        "rejected": 1,
    }
    assert DEAD not in machine.sandbox.accepted[-1].recipients
    assert OFF in machine.sandbox.accepted[-1].recipients
