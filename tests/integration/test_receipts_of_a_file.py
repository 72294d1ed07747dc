"""Receipts that were exported elsewhere are joined offline."""

import csv
import json
import os
from pathlib import Path

import pytest

from bulksms.clock import SystemClock
from bulksms.ledger import open_ledger
from bulksms.settings import read_settings
from bulksms.use_cases.reporting.read_deliveries import read_deliveries
from tests.integration.machine import PEOPLE, Machine, export


def _sent(machine: Machine, tmp_path: Path) -> str:
    """Send to 300 people, and return the ticket."""
    answer = machine.send(export(tmp_path / "list.csv", PEOPLE), "--campaign", "spring")
    assert answer.code == 0, answer.err
    frames = tmp_path / "frames.csv"
    machine.run("report", "spring", "--results", frames)
    with frames.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.DictReader(file))["sms_ticket"]


def _callback(ticket: str, person: str, status: str) -> dict[str, str]:
    return {
        "message_id": ticket,
        "number": person.removeprefix("+"),
        "status": status,
        "delivery_date": "2026-11-30 10:00:05",
    }


def _write(path: Path, callbacks: list[dict[str, str]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(callbacks[0]))
            writer.writeheader()
            writer.writerows(callbacks)
    elif path.suffix == ".json":
        path.write_text(json.dumps(callbacks), encoding="utf-8")
    else:
        path.write_text("\n".join(map(json.dumps, callbacks)), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["dump.csv", "dump.json", "dump.jsonl"])
def test_receipts_land_on_their_people(machine: Machine, tmp_path: Path, name: str) -> None:
    ticket = _sent(machine, tmp_path)
    callbacks = [
        *(_callback(ticket, person, "DELIVERED") for person in PEOPLE[:200]),
        *(_callback(ticket, person, "NOT_DELIVERED") for person in PEOPLE[200:250]),
        _callback(ticket, PEOPLE[250], "BAD_DESTINATION"),
        _callback("sms_of_nobody", PEOPLE[299], "BAD_DESTINATION"),
    ]
    dump = _write(tmp_path / name, callbacks)
    people, dead = tmp_path / "people.csv", tmp_path / "dead.csv"

    answer = machine.run(
        *("report", "spring", "--receipts", dump, "--json"),
        *("--contact-results", people, "--dead-numbers", dead, "--html", tmp_path / "page.html"),
    )

    assert answer.json["deliveries"] == {
        "delivered": 200,
        "not_delivered": 51,
        "unknown": 0,
        "waiting": 49,
        "no_receipt": 0,
    }
    assert answer.json["contacts"]["sent"] == 300
    settings = read_settings(os.environ)
    with open_ledger(settings.home, settings.ledger) as ledger:
        so_far = read_deliveries(ledger, "spring", SystemClock().now())
    assert so_far.groups == answer.json["deliveries"]
    assert so_far.received_at is not None
    with people.open(encoding="utf-8-sig", newline="") as file:
        words = [row["bulksms_delivery"] for row in csv.DictReader(file)]
    assert words[0] == "Delivered. Charged. Nothing."
    assert words[249].startswith("It did not reach the phone. Charged.")
    assert words[299] == "No receipt yet."
    with dead.open(encoding="utf-8-sig", newline="") as file:
        assert [row["phone_number"] for row in csv.DictReader(file)] == [PEOPLE[250]]
    again = machine.run("report", "spring", "--receipts", dump, "--json")
    assert again.json["deliveries"] == answer.json["deliveries"]
    assert (
        "receipts: 200 delivered, 51 not delivered, 49 waiting"
        in machine.run("report", "spring").out
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("dump.jsonl", "{not json", "cannot be read"),
        ("dump.csv", "message_id,number\nsms_1,33639980101\n", "is called status"),
    ],
)
def test_a_file_that_holds_no_receipts_is_one_sentence(
    machine: Machine, tmp_path: Path, name: str, content: str, sentence: str
) -> None:
    _sent(machine, tmp_path)
    dump = tmp_path / name
    dump.write_text(content, encoding="utf-8")

    answer = machine.run("report", "spring", "--receipts", dump)

    assert answer.code == 3
    assert sentence in answer.err
    assert answer.err.count("\n") == 1
