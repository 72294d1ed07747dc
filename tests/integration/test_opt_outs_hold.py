"""Opt-outs of the state folder, from the command to the moment of posting."""

import csv
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bulksms.ledger import open_ledger
from bulksms.plan.make_plan import Plan
from bulksms.results.result_files import ResultFiles
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.settings import Settings
from bulksms.use_cases.context import RunContext, RunOptions, RunResult
from bulksms.use_cases.opt_outs.apply_opt_outs import remove_from_waiting
from bulksms.use_cases.opt_outs.manage_opt_outs import add_numbers, remove_numbers, stored_opt_outs
from bulksms.use_cases.prepare.prepare_campaign import SendRequest
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.sending import (
    StopAfterOne,
    rehearsal_plan,
    run_context,
    send,
    settings_of_test,
    texted_numbers,
)

PEOPLE = 600
NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
TEXT = "Bonjour {first_name}. STOP au 30101"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    lines = [f"P{person},+336399{80000 + person}" for person in range(PEOPLE)]
    path.write_text("\n".join(["Prénom,Mobile", *lines]), encoding="utf-8")
    return path


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxOptions()) as started:
        yield started


def _settings(tmp_path: Path, sandbox: Sandbox) -> Settings:
    return settings_of_test(tmp_path / "home", sandbox.base_url)


def _run_context(settings: Settings, *, stopping: bool) -> RunContext:
    stop = threading.Event()
    ears = StopAfterOne(stop if stopping else threading.Event())
    return run_context(settings, observer=ears, stop=stop)


def _plan(source: Path, settings: Settings, *optouts: Path) -> Plan:
    stored = stored_opt_outs(settings)
    return rehearsal_plan(source, TEXT, optouts=optouts, stored_optouts=stored, sender="DESK")


def test_a_person_who_opts_out_between_an_interruption_and_resume_is_not_posted(
    tmp_path: Path, source: Path, sandbox: Sandbox
) -> None:
    settings = _settings(tmp_path, sandbox)
    request = SendRequest(campaign="spring", run_options=RunOptions())
    begun = send(_plan(source, settings), request, _run_context(settings, stopping=True))
    assert begun.report.frames["planned"] == 2
    # One of the frame that went out already, and one of each that did not.
    add_numbers(["06 39 98 00 01", "06 39 98 02 50", "06 39 98 05 99"], "FR", settings, NOW)

    people = tmp_path / "people.csv"
    run_options = RunOptions(files=ResultFiles(contact_results=people))
    ending = resume_campaign("spring", run_options, _run_context(settings, stopping=False))

    everybody = {f"+336399{80000 + person}" for person in range(PEOPLE)}
    assert sorted(texted_numbers(sandbox)) == sorted(everybody - {"+33639980250", "+33639980599"})
    assert ending.report.state == "done"
    assert ending.report.contacts == {
        "sent": 598,
        "failed": 0,
        "in_doubt": 0,
        "rejected": 0,
        "suppressed": 2,
        "not_attempted": 0,
    }
    with people.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert Counter(line["bulksms_class"] for line in lines) == {"sent": 598, "suppressed": 2}
    left_out = [line["bulksms_number"] for line in lines if line["bulksms_class"] == "suppressed"]
    assert left_out == ["+33639980250", "+33639980599"]


def test_a_no_in_a_later_list_holds_in_a_restored_ledger(
    tmp_path: Path, source: Path, sandbox: Sandbox
) -> None:
    settings = _settings(tmp_path, sandbox)
    request = SendRequest(campaign="spring", run_options=RunOptions())
    send(_plan(source, settings), request, _run_context(settings, stopping=True))
    file = settings.home / "ledger.sqlite3"
    backup = file.read_bytes()
    with open_ledger(settings.home) as ledger:
        remove_from_waiting(ledger, "another", np.array([33639980250]), NOW, print)
    file.write_bytes(backup)
    with open_ledger(settings.home) as ledger:
        assert ledger.reconciler.rebuild(NOW).opt_outs_restored == 1

    resume_campaign("spring", RunOptions(), _run_context(settings, stopping=False))
    assert sorted(texted_numbers(sandbox)) == [
        number for number in _everybody() if number != "+33639980250"
    ]


def test_stored_opt_outs_are_left_out_of_the_plan(
    tmp_path: Path, source: Path, sandbox: Sandbox
) -> None:
    settings = _settings(tmp_path, sandbox)
    assert _plan(source, settings).counts["opted_out"] == 0
    assert not settings.home.exists()
    add_numbers(["06 39 98 00 01"], "FR", settings, NOW)
    counts = _plan(source, settings).counts
    assert (counts["sendable"], counts["opted_out"]) == (599, 1)


def test_the_same_send_after_an_opt_out_continues_with_the_interrupted_campaign(
    tmp_path: Path, source: Path, sandbox: Sandbox
) -> None:
    settings = _settings(tmp_path, sandbox)
    request = SendRequest(campaign=None, run_options=RunOptions())
    begun = _send(source, request, _run_context(settings, stopping=True))
    add_numbers(["06 39 98 00 01", "06 39 98 02 50"], "FR", settings, NOW)
    refusals = tmp_path / "refusals.csv"
    refusals.write_text("Mobile\n06 39 98 05 99\n", encoding="utf-8")

    ending = _send(source, request, _run_context(settings, stopping=False), refusals)

    assert ending.report.campaign == begun.report.campaign
    assert ending.report.state == "done"
    assert set(_everybody()) - set(texted_numbers(sandbox)) == {"+33639980250", "+33639980599"}
    assert ending.report.contacts["suppressed"] == 2


def test_a_person_whose_opt_out_is_taken_back_is_texted_by_the_same_send(
    tmp_path: Path, source: Path, sandbox: Sandbox
) -> None:
    settings = _settings(tmp_path, sandbox)
    request = SendRequest(campaign=None, run_options=RunOptions())
    add_numbers(["06 39 98 02 50"], "FR", settings, NOW)
    _send(source, request, _run_context(settings, stopping=False))
    assert "+33639980250" not in texted_numbers(sandbox)
    remove_numbers(["06 39 98 02 50"], "FR", settings)

    for _ in range(2):
        _send(source, request, _run_context(settings, stopping=False))
        assert sorted(texted_numbers(sandbox)) == _everybody()


def _send(source: Path, request: SendRequest, context: RunContext, *optouts: Path) -> RunResult:
    return send(_plan(source, context.settings, *optouts), request, context)


def _everybody() -> list[str]:
    return [f"+336399{80000 + person}" for person in range(PEOPLE)]
