"""A run that is ended or killed in the middle: what its monitor, its log and its metrics say."""

import json
import os
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.driver import Desk, await_frames, export, numbers, sandbox
from tests.unit.octopush.loopback import answer, read_request, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")

CAMPAIGN = """\
files = "list.csv"
text = "Bonjour {first_name}. STOP au 30101"
only_new = true
hours = "off"
frame_size = 200
on_end = "cat > answer.json"
ping_url = "URL/uuid"
metrics_file = "bulksms.prom"
log_file = "run.log"
"""


class Monitor:
    """The steps that a monitor was called with."""

    def __init__(self) -> None:
        self.steps, self.delay = list[str](), 0.0

    def __call__(self, connection: socket.socket) -> None:
        path = read_request(connection).split()[1].decode()
        self.steps.append(path.removeprefix("/uuid/"))
        time.sleep(self.delay)
        connection.sendall(answer("200 OK", b"OK"))


@pytest.fixture
def monitor() -> Monitor:
    return Monitor()


@pytest.fixture
def campaign(tmp_path: Path, monitor: Monitor) -> Iterator[Path]:
    path = tmp_path / "welcome.toml"
    export(tmp_path / "list.csv", 900)
    with serving(monitor) as server:
        path.write_text(CAMPAIGN.replace("URL", server.address), encoding="utf-8")
        yield path


def log(folder: Path) -> list[str]:
    lines = (folder / "run.log").read_text(encoding="utf-8").splitlines()
    return [line.split()[1] for line in lines]


def test_a_run_that_the_system_ends_is_notified_with_its_code(
    tmp_path: Path, campaign: Path, monitor: Monitor
) -> None:
    with sandbox(tmp_path, "--latency", "0.5") as (url, accepted):
        process = Desk(tmp_path, url).start("run", campaign)
        await_frames(accepted, 1)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert process.returncode == 143
    assert monitor.steps == ["start", "143"]
    ended = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert (ended["exit_code"], ended["state"]) == (143, "interrupted")
    assert log(tmp_path)[-1] == "run_ended"
    assert 'bulksms_run_exit_code{campaign="welcome"} 143.0' in metrics(tmp_path)


def test_a_run_that_is_killed_is_missed_by_the_monitor_and_finished_by_the_next(
    tmp_path: Path, campaign: Path, monitor: Monitor
) -> None:
    with sandbox(tmp_path, "--latency", "0.5") as (url, accepted):
        desk = Desk(tmp_path, url)
        process = desk.start("run", campaign)
        await_frames(accepted, 1)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        assert monitor.steps == ["start"]
        assert log(tmp_path)[-1] == "sending"
        assert not (tmp_path / "bulksms.prom").exists()

        desk.run("run", campaign)

        people = Counter(numbers(accepted))
    assert monitor.steps[:2] == ["start", "start"]
    assert len(monitor.steps) == 3
    assert f'exit_code{{campaign="welcome"}} {monitor.steps[2]}.0' in metrics(tmp_path)
    assert log(tmp_path)[-1] == "run_ended"
    assert set(people.values()) == {1}


def test_a_run_that_is_ended_before_anything_was_sent_is_notified_too(
    tmp_path: Path, campaign: Path, monitor: Monitor
) -> None:
    monitor.delay = 2.0
    with sandbox(tmp_path) as (url, accepted):
        process = Desk(tmp_path, url).start("run", campaign)
        await_steps(monitor, 1)
        monitor.delay = 0.0
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        assert numbers(accepted) == []

    assert process.returncode == 143
    assert monitor.steps == ["start", "143"]
    ended = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert ended["error"]["message"] == "The run was ended before anything was sent."
    assert log(tmp_path) == ["run_started", "run_ended"]


def await_steps(monitor: Monitor, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(monitor.steps) < count:
        assert time.monotonic() < deadline, "the monitor was not called"
        time.sleep(0.02)


def metrics(folder: Path) -> str:
    return (folder / "bulksms.prom").read_text(encoding="utf-8")
