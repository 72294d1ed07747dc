"""`bulksms run` notifies its command, its monitor, its metrics and its log of every end."""

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.machine import PEOPLE, Answer, Machine, export
from tests.unit.octopush.loopback import answer, read_request, serving

CAMPAIGN = """\
files = "dump*.csv"
text = "Bonjour {first_name}, bienvenue. STOP au 30101"
sender = "SHOP"
only_new = true
max_rows = 250
on_end = '''PYTHON -c "import sys; open('answer.json', 'w').write(sys.stdin.read())"'''
ping_url = "URL/uuid"
metrics_file = "bulksms.prom"
log_file = "run.log"
"""


class Night:
    """A campaign file that notifies, and one run of it."""

    def __init__(self, machine: Machine, folder: Path, url: str) -> None:
        self.machine, self.folder, self.file = machine, folder, folder / "welcome.toml"
        settings = CAMPAIGN.replace("PYTHON", sys.executable.replace("\\", "/"))
        self.file.write_text(settings.replace("URL", url), encoding="utf-8")

    def run(self, people: list[str], *args: str) -> Answer:
        export(self.folder / "dump.csv", people)
        return self.machine.run("run", self.file, *args)

    @property
    def answer(self) -> dict[str, Any]:
        given: dict[str, Any] = json.loads((self.folder / "answer.json").read_text("utf-8"))
        return given

    @property
    def metrics(self) -> dict[str, float]:
        text = (self.folder / "bulksms.prom").read_text("utf-8")
        return {
            ":".join([sample.name, *list(sample.labels.values())[1:]]): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    @property
    def log(self) -> list[str]:
        """Return every line without its time and its process."""
        lines = (self.folder / "run.log").read_text("utf-8").splitlines()
        return [" ".join([line.split()[1], *line.split()[3:]]) for line in lines]


class Monitor:
    """The requests that a monitor got."""

    def __init__(self) -> None:
        self.requests = list[bytes]()

    def __call__(self, connection: socket.socket) -> None:
        self.requests.append(read_request(connection))
        connection.sendall(answer("200 OK", b"OK"))

    @property
    def paths(self) -> list[str]:
        return [request.split()[1].decode() for request in self.requests]


@pytest.fixture
def monitor() -> Monitor:
    return Monitor()


@pytest.fixture
def night(machine: Machine, tmp_path: Path, monitor: Monitor) -> Iterator[Night]:
    with serving(monitor) as server:
        yield Night(machine, tmp_path, server.address)


def test_a_good_run_is_notified_everywhere(night: Night, monitor: Monitor) -> None:
    answer = night.run(PEOPLE[:200], "--json")

    assert answer.code == 0, answer.err
    assert night.answer == {
        **answer.json,
        "exit_code": 0,
        "campaign_file": str(night.file),
    }
    assert night.answer["contacts"]["sent"] == 200
    assert monitor.paths == ["/uuid/start", "/uuid/0"]
    assert json.loads(monitor.requests[1].partition(b"\r\n\r\n")[2])["contacts"]["sent"] == 200
    assert night.metrics["bulksms_run_contacts:sent"] == 200
    assert night.metrics["bulksms_run_exit_code"] == 0
    assert night.log[0] == 'run_started campaign="welcome"'
    assert night.log[1] == "sending frames=1 contacts=200"
    assert night.log[-1].startswith('run_ended campaign="welcome" exit_code=0 sent=200 cost="')


def test_a_run_with_nothing_new_is_notified_and_silent(night: Night, monitor: Monitor) -> None:
    night.run(PEOPLE[:200])
    answer = night.run(PEOPLE[:200])

    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert night.answer["nothing_new"] is True
    assert monitor.paths[2:] == ["/uuid/start", "/uuid/0"]
    assert night.metrics["bulksms_run_nothing_new"] == 1


def test_a_rule_that_stops_is_notified_with_what_to_do(night: Night, monitor: Monitor) -> None:
    night.run(PEOPLE[:200])
    answer = night.run(PEOPLE)

    assert answer.code == 3
    assert night.answer["exit_code"] == 3
    sentence = night.answer["error"]["message"]
    assert "more than the 250 of max_rows: check that it is the right list" in sentence
    assert answer.err == f"Error: {sentence}\n"  # one line, fit for the mail of cron
    assert monitor.paths[2:] == ["/uuid/start", "/uuid/3"]
    assert night.metrics["bulksms_run_exit_code"] == 3
    assert night.metrics["bulksms_run_last_success_timestamp_seconds"] > 1e9
    assert night.log[-1] == f'run_ended campaign="welcome" exit_code=3 reason="{sentence}"'


def test_a_plan_notifies_no_one(night: Night, monitor: Monitor) -> None:
    answer = night.run(PEOPLE[:3], "--plan")

    assert answer.code == 0, answer.err
    assert monitor.requests == []
    assert not (night.folder / "answer.json").exists()
    assert not (night.folder / "run.log").exists()


def test_notifications_that_fail_change_nothing(night: Night, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    broken = ("--on-end", "exit 9", "--ping-url", "http://127.0.0.1:9/uuid")
    nowhere = str(tmp_path / "file" / "below")

    answer = night.run(PEOPLE[:3], "--json", "--quiet", *broken, "--metrics-file", nowhere)

    assert answer.code == 0
    assert answer.json["contacts"]["sent"] == 3
    assert len(night.machine.texted) == 3
    assert "The on_end command ended with code 9" in answer.err
    assert answer.err.count("The monitor 127.0.0.1 did not answer") == 2
    assert "cannot be written" in answer.err
    failures = [line for line in night.log if line.startswith("notification_failed")]
    assert len(failures) == 4


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("--ping-url", "http://monitor.example/uuid", "unencrypted"),
        ("--metrics-file", "welcome.toml", "would overwrite a file that is read"),
        ("--log-file", "welcome.toml", "would overwrite a file that is read"),
    ],
)
def test_a_notification_that_is_set_up_wrongly_stops_before_anything_is_sent(
    night: Night, monkeypatch: pytest.MonkeyPatch, option: str, value: str, sentence: str
) -> None:
    monkeypatch.chdir(night.folder)
    before = night.file.read_bytes()

    answer = night.run(PEOPLE[:3], option, value)

    assert answer.code == 2
    assert sentence in answer.err
    assert night.machine.texted == []
    assert night.file.read_bytes() == before


def test_the_log_and_the_monitor_learn_no_name_number_or_key(
    night: Night, monitor: Monitor
) -> None:
    assert night.run([*PEOPLE[:10], "06 39 98"]).code == 0

    seen = b"".join(monitor.requests).decode() + (night.folder / "run.log").read_text("utf-8")
    seen += (night.folder / "bulksms.prom").read_text("utf-8")
    assert "test-desk" not in seen
    assert "3998" not in seen
    assert "P1" not in seen
    assert "bienvenue" not in seen


def test_each_file_of_a_watched_folder_is_notified(night: Night, monitor: Monitor) -> None:
    export(night.folder / "dump.csv", PEOPLE[:3])

    answer = night.machine.run(
        "watch", night.folder, "--campaign-file", night.file, "--once", "--settle", "0m"
    )

    assert answer.code == 0, answer.err
    assert monitor.paths == ["/uuid/start", "/uuid/0"]
    assert night.metrics["bulksms_run_contacts:sent"] == 3
    assert night.answer["exit_code"] == 0
