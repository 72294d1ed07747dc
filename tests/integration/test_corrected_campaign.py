"""A campaign interrupted and sent again with a corrected text: no one gets both."""

import os
import threading
from pathlib import Path

import pytest

from bulksms.clock import SystemClock
from bulksms.errors import RuleError
from bulksms.ledger import open_ledger
from bulksms.settings import read_settings
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from tests.integration.machine import LATER, PEOPLE, Machine, begin, export
from tests.sending import StopAfterOne, rehearsal_plan, run_context, send

CORRECTED = "corrected_text"
LIST = PEOPLE + LATER
TYPO = "Bonjour {first_name}, -20% ce samdi. STOP au 30101"
RIGHT = "Bonjour {first_name}, -20% ce samedi. STOP au 30101"


def interrupt(file: Path, text: str, left: int = 2) -> str:
    """Send the first frame of a campaign, as Ctrl-C leaves it."""
    stop = threading.Event()
    settings = read_settings(os.environ)
    context = run_context(settings, observer=StopAfterOne(stop), stop=stop)
    report = send(
        rehearsal_plan(file, text), SendRequest(run_options=RunOptions(hours=None)), context
    ).report
    assert (report.contacts["sent"], report.frames["planned"]) == (200, left)
    return report.campaign


def test_a_person_who_got_the_earlier_text_is_left_out_and_the_others_get_only_the_new_one(
    machine: Machine, tmp_path: Path
) -> None:
    file = export(tmp_path / "list.csv", LIST)
    name = interrupt(file, TYPO)

    checked = machine.run("check", file, "--text", RIGHT, "--json").json
    assert (checked["sendable"], checked["reasons"]) == (400, {"sent_before": 200})
    finding = next(each for each in checked["findings"] if each["code"] == CORRECTED)
    assert name in finding["message"]
    assert "200 people" in finding["message"]

    sent = machine.send(file, text=RIGHT)
    assert sent.json["contacts"]["sent"] == 400
    resumed = machine.run("resume", name, "--json")
    assert resumed.json["nothing_new"] is True
    assert machine.run("status", name, "--json").json["frames"]["dropped"] == 2
    assert sorted(machine.texted) == sorted(LIST)


def test_a_text_corrected_twice_reaches_no_one_twice(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", LIST)
    interrupt(file, TYPO)
    interrupt(file, RIGHT, left=1)

    assert machine.send(file, text=RIGHT.replace("-20%", "-25%")).json["contacts"]["sent"] == 200
    assert sorted(machine.texted) == sorted(LIST)


def test_a_campaign_that_reached_no_one_yet_is_replaced(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    waiting = begin(file, TYPO)

    checked = machine.run("check", file, "--text", RIGHT, "--json").json
    (message,) = [each["message"] for each in checked["findings"] if each["code"] == CORRECTED]
    assert "has not reached anyone yet" in message
    assert checked["sendable"] == 300

    assert machine.send(file, text=RIGHT).json["contacts"]["sent"] == 300
    assert machine.run("resume", waiting, "--json").json["nothing_new"] is True
    assert sorted(machine.texted) == PEOPLE
    frames = machine.run("status", waiting, "--json").json["frames"]
    assert (frames["planned"], frames["dropped"]) == (0, 1)


def test_a_crash_in_the_last_frame_interrupts_too(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", LIST[:400])
    _leave_in_flight(interrupt(file, TYPO, left=1))

    assert machine.send(file, text=RIGHT).json["nothing_new"] is True
    assert len(machine.texted) == 200


def test_a_campaign_that_continues_while_its_correction_is_approved_is_noticed(
    machine: Machine, tmp_path: Path
) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    waiting = begin(file, TYPO)
    context = run_context(read_settings(os.environ))
    request = SendRequest(run_options=RunOptions(hours=None))
    prepared = prepare_campaign(rehearsal_plan(file, RIGHT), request, context)
    assert machine.run("resume", waiting).code == 0

    with pytest.raises(RuleError, match="has just reached some of these people"):
        begin_campaign(prepared, context)

    assert [each["campaign"] for each in machine.run("status", "--json").json["campaigns"]] == [
        waiting
    ]


def _leave_in_flight(name: str) -> None:
    """Leave the second frame as a kill does while its answer is awaited."""
    settings = read_settings(os.environ)
    with open_ledger(settings.home, settings.ledger) as ledger:
        ledger.claims.claim(ledger.campaigns.get(name).id, 2, SystemClock().now())
