"""A campaign on a shared ledger is handed to workers, and watched and ordered from anywhere."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bulksms.clock import SystemClock
from bulksms.errors import RuleError
from bulksms.ledger import open_ledger
from bulksms.results.result_files import ReportOptions, ResultFiles
from bulksms.settings import read_settings
from bulksms.tasks import serve
from bulksms.use_cases.context import RunOptions, require_credentials
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.upkeep.open_ledger import ledger_to_send_from
from tests.integration.machine import PEOPLE, TEXT, Machine, begin, export
from tests.postgres import PostgresServer
from tests.sending import run_context

pytestmark = pytest.mark.postgres


def _read_none(path: Path) -> SavedCampaign:
    raise AssertionError(path)


@pytest.fixture
def shared(
    machine: Machine, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Machine:
    monkeypatch.setenv("BULKSMS_LEDGER", postgres_server.url())
    return machine


@contextmanager
def a_worker(folder: Path) -> Iterator[threading.Event]:
    """Run a worker in this process, as on another machine."""
    settings = replace(read_settings(os.environ), home=folder)
    stop = threading.Event()
    context = run_context(settings, stop=stop)

    def work() -> None:
        with ledger_to_send_from(settings, context.observer) as ledger:
            serve(ledger, context, require_credentials(settings), 2, [], _read_none)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


class Slow(SystemClock):
    """A clock that is a minute and a half slow."""

    def now(self) -> datetime:
        return super().now() - timedelta(seconds=90)


def enqueue(machine: Machine, file: Path) -> str:
    sent = machine.send(file, "--enqueue")
    assert sent.code == 0, sent
    return str(sent.json["campaign"])


def test_a_campaign_waits_for_workers_and_is_followed_to_its_end(
    shared: Machine, tmp_path: Path
) -> None:
    name = enqueue(shared, export(tmp_path / "list.csv", PEOPLE))
    waiting = shared.run("status", name, "--json").json
    assert waiting["state"] == "running"
    assert waiting["reason"] == (
        "It waits for workers, and none is running: start `bulksms worker`."
    )
    assert shared.texted == []
    with a_worker(tmp_path / "elsewhere"):
        followed = shared.run("status", "--follow", "--json")
    assert (followed.code, followed.json["state"], followed.json["reason"]) == (0, "done", None)
    assert sorted(shared.texted) == PEOPLE
    with open_ledger(tmp_path / "home", os.environ["BULKSMS_LEDGER"]) as ledger:
        assert ledger.holders.live() == []


def test_a_campaign_that_waits_for_workers_can_be_paused_and_handed_to_them_again(
    shared: Machine, tmp_path: Path
) -> None:
    name = enqueue(shared, export(tmp_path / "list.csv", PEOPLE))
    paused = shared.run("pause")
    assert paused.out.startswith(f"The campaign {name} was not being sent; it is paused.")
    assert shared.run("status", name, "--json").json["state"] == "paused"
    with a_worker(tmp_path / "elsewhere"):
        resumed = shared.run("resume", name, "--enqueue", "--json")
        assert (resumed.code, resumed.json["state"]) == (0, "running")
        followed = shared.run("status", name, "--follow", "--json")
    assert followed.json["state"] == "done"
    assert sorted(shared.texted) == PEOPLE


def test_files_that_a_campaign_was_begun_with_are_named_when_workers_take_it_over(
    shared: Machine, tmp_path: Path
) -> None:
    asked = RunOptions(
        hours=None,
        files=ResultFiles(
            results=tmp_path / "r.csv",
            report=tmp_path / "my report.html",
            report_options=ReportOptions(language="fr", with_people=True),
        ),
    )
    name = begin(export(tmp_path / "list.csv", PEOPLE), run_options=asked)
    resumed = shared.run("resume", name, "--enqueue")
    assert (
        "Workers do not write the files that this campaign was begun with: write them at the end "
        f"with `bulksms report {name} --results {tmp_path}/r.csv "
        f"--report '{tmp_path}/my report.html' --report-language fr --report-people`."
    ) in resumed.err


def test_a_saved_campaign_asks_workers_for_no_files(shared: Machine, tmp_path: Path) -> None:
    export(tmp_path / "list.csv", PEOPLE)
    campaign = tmp_path / "welcome.toml"
    campaign.write_text(
        f'files = "list.csv"\ntext = "{TEXT}"\nreport = "r.html"\nenqueue = true\n', "utf-8"
    )
    ran = shared.run("run", campaign)
    assert ran.code == 2
    assert ran.err == (
        f"Error: {campaign}, line 3: Workers write no files: leave report out, and write it at "
        f"the end with `bulksms report CAMPAIGN --report {tmp_path}/r.html`.\n"
    )
    assert shared.texted == []


def test_without_workers_a_campaign_is_posted_from_here_after_all(
    shared: Machine, tmp_path: Path
) -> None:
    name = enqueue(shared, export(tmp_path / "list.csv", PEOPLE))
    resumed = shared.run("resume", name, "--json")
    assert (resumed.code, resumed.json["state"]) == (0, "done")
    assert sorted(shared.texted) == PEOPLE
    with open_ledger(tmp_path / "home", os.environ["BULKSMS_LEDGER"]) as ledger:
        assert ledger.shared_runs.all_open() == []


def test_a_worker_refuses_a_ledger_whose_clock_differs_by_a_minute(
    shared: Machine, tmp_path: Path
) -> None:
    settings = read_settings(os.environ)
    context = run_context(settings, clock=Slow())
    with (
        open_ledger(tmp_path / "home", settings.ledger) as ledger,
        pytest.raises(RuleError, match="is 90 seconds slow compared with the database"),
    ):
        serve(ledger, context, require_credentials(settings), 1, [], _read_none)
    assert shared.texted == []


def test_a_saved_campaign_is_handed_to_workers(shared: Machine, tmp_path: Path) -> None:
    export(tmp_path / "list.csv", PEOPLE)
    campaign = tmp_path / "welcome.toml"
    campaign.write_text(f'files = "list.csv"\ntext = "{TEXT}"\nenqueue = true\n', "utf-8")
    ran = shared.run("run", campaign, "--json")
    assert (ran.code, ran.json["state"]) == (0, "running")
    assert shared.texted == []
    with a_worker(tmp_path / "elsewhere"):
        followed = shared.run("status", "--follow", "--json")
    assert followed.json["state"] == "done"
    assert sorted(shared.texted) == PEOPLE
