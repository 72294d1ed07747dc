"""Notifications over real sockets and processes: what fails there changes nothing here."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bulksms.notifications import Notifications, RunCounts, RunEnd, RunNotifier
from bulksms.octopush import Timeouts
from tests.unit.octopush.loopback import answer, answering, read_request, serving

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
KEY = "test-canary-4f9b1e7c"
END = RunEnd(
    exit_code=1,
    started_at=NOON,
    finished_at=NOON,
    reason="Row 12, +33639980101, was refused.",
    counts=RunCounts(
        contacts={"sent": 929, "failed": 1},
        frames={"accepted": 2, "refused": 1},
        sms_needed=1858,
        nothing_new=False,
        cost=Decimal("83.61"),
        credit=None,
    ),
    answer={"campaign": "spring", "files": ["Zwytchkin.csv"], "contacts": {"sent": 929}},
)
SHORT = Timeouts(connect=0.3, write=0.3, read=0.3, total=0.6)


class Bench:
    """Notifies of one run and keeps the sentences for people."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sentences = folder, list[str]()

    def run(self, **to: Any) -> list[str]:  # noqa: ANN401 - any of the fields
        self.sentences.clear()
        options: dict[str, Any] = {"ping_timeouts": SHORT, "secrets": (KEY,)} | to
        notifications = Notifications(
            campaign="welcome", campaign_file=self.folder / "welcome.toml", **options
        )
        notifier = RunNotifier(notifications, self.sentences.append)
        notifier.started(NOON)
        notifier.ended(END)
        return self.sentences


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def python(code: str) -> str:
    """Return a command line that runs code, for the shell of any system."""
    return f'{sys.executable} -c "{code}"'


def test_a_monitor_gets_start_and_exit_code_with_counts_alone(bench: Bench) -> None:
    requests = list[bytes]()

    def behave(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.sendall(answer("200 OK", b"OK"))

    with serving(behave) as server:
        assert bench.run(ping_url=f"{server.address}/ping/uuid?create=1") == []

    start, end = (request.partition(b"\r\n\r\n") for request in requests)
    assert start[0].startswith(b"POST /ping/uuid/start?create=1 HTTP/1.1")
    assert start[2] == b""
    assert end[0].startswith(b"POST /ping/uuid/1?create=1 HTTP/1.1")
    assert json.loads(end[2]) == {
        "exit_code": 1,
        "contacts": {"sent": 929, "failed": 1},
        "frames": {"accepted": 2, "refused": 1},
        "sms_needed": 1858,
        "nothing_new": False,
    }


def slow(connection: socket.socket) -> None:
    read_request(connection)
    time.sleep(1)


def dripping(connection: socket.socket) -> None:
    read_request(connection)
    for byte in answer("200 OK", b"OK" * 200):
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("behave", "sentence"),
    [
        (slow, "did not answer"),
        (dripping, "did not answer"),
        (answering(answer("500 Internal Server Error")), "answered 500"),
        (answering(answer("404 Not Found")), "answered 404"),
        (answering(b"SSH-2.0-OpenSSH_9.2\r\n"), "did not answer"),
        (lambda connection: connection.close(), "did not answer"),
    ],
    ids=["slow", "dripping", "500", "404", "not HTTP", "closed"],
)
def test_trouble_of_the_monitor_is_a_sentence_and_costs_little_time(
    bench: Bench, behave: Callable[[socket.socket], None], sentence: str
) -> None:
    with serving(behave) as server:
        began = time.monotonic()
        sentences = bench.run(ping_url=f"{server.address}/secret-uuid")

    assert time.monotonic() - began < 4
    assert len(sentences) == 2
    assert all(f"127.0.0.1 {sentence}" in each for each in sentences)
    assert not any("secret-uuid" in each for each in sentences)


def test_a_monitor_that_is_down_is_a_sentence(bench: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    assert all("did not answer" in each for each in bench.run(ping_url=f"http://127.0.0.1:{port}/"))


def test_a_redirect_is_not_followed(bench: Bench) -> None:
    with serving(answering(answer("200 OK"))) as elsewhere:
        location = f"Location: {elsewhere.address}/"
        with serving(answering(answer("301 Moved", b"", location))) as server:
            sentences = bench.run(ping_url=f"{server.address}/uuid")
        assert elsewhere.connections == 0

    assert all("answered 301, a redirect, which is not followed" in each for each in sentences)


def test_a_command_gets_the_json_and_no_key(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", KEY)
    monkeypatch.setenv("OTHER", f"Bearer {KEY}")
    code = (
        "import json, os, sys; print(sys.stdin.read()); "
        "json.dump(dict(os.environ), open('environment.json', 'w'))"
    )

    assert bench.run(on_end=python(code)) == []

    out, err = capfd.readouterr()
    assert out == ""
    assert json.loads(err) == {
        **END.answer,
        "exit_code": 1,
        "campaign_file": str(tmp_path / "welcome.toml"),
    }
    environment = (tmp_path / "environment.json").read_text(encoding="utf-8")
    assert "PATH" in environment
    assert KEY not in environment


def test_a_command_may_be_a_pipe_and_need_not_read(bench: Bench, tmp_path: Path) -> None:
    echo = python("print('done')")
    copy = python("import sys; open('copy', 'w').write(sys.stdin.read().strip())")

    assert bench.run(on_end=f"{echo} | {copy}") == []

    assert (tmp_path / "copy").read_text(encoding="utf-8") == "done"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (python("raise SystemExit(7)"), "ended with code 7"),
        ("no-such-program-at-all", "ended with"),
    ],
)
def test_a_command_that_fails_is_a_sentence(bench: Bench, command: str, sentence: str) -> None:
    (problem,) = bench.run(on_end=command)

    assert f"The on_end command {sentence}" in problem
    assert "The run is not affected" in problem


def test_a_command_that_hangs_is_ended_with_what_it_started(bench: Bench, tmp_path: Path) -> None:
    child = "import time, os; open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    (tmp_path / "parent.py").write_text(parent, encoding="utf-8")
    command = f"{subprocess.list2cmdline([sys.executable, 'parent.py'])} && echo done"

    began = time.monotonic()
    (problem,) = bench.run(on_end=command, command_limit=3.0)

    assert time.monotonic() - began < 10
    assert "was ended after 3 s" in problem
    pid = int((tmp_path / "pid").read_text(encoding="utf-8"))
    assert_ends(pid)


def assert_ends(pid: int) -> None:
    deadline = time.monotonic() + 5
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the process was not ended"
        time.sleep(0.02)


def test_the_log_names_no_one_and_no_key(bench: Bench, tmp_path: Path) -> None:
    bench.run(log_file=tmp_path / "run.log", on_end=python("raise SystemExit(1)"))

    log = (tmp_path / "run.log").read_text(encoding="utf-8")
    assert [line.split()[1] for line in log.splitlines()] == [
        "run_started",
        "run_ended",
        "notification_failed",
    ]
    assert 'reason="Row 12, FR …01, was refused."' in log
    assert "exit_code=1 sent=929 failed=1" in log
    assert "39980101" not in log


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bulksms.notifications.event_log import EventLog
log = EventLog(Path(sys.argv[1]), file_limit=1200, old_files=60)
for number in range(120):
    problem = log.write("frame_settled", datetime.now(UTC), writer=sys.argv[2], number=number)
    if problem:
        raise SystemExit(problem)
"""


def test_several_processes_share_a_log_and_lose_no_line(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name]) for name in "abc"]

    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]

    files = [file for file in tmp_path.iterdir() if file.suffix != ".lock"]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    facts = sorted(" ".join(line.split()[3:]) for line in lines)
    assert len(files) > 5
    assert facts == sorted(f'writer="{name}" number={n}' for name in "abc" for n in range(120))


METRICS = """
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.integration.test_notifications import END
from bulksms.notifications.metrics_file import write_metrics
for number in count():
    write_metrics(Path(sys.argv[1]), "welcome", replace(END, exit_code=number))
    print(number, flush=True)
"""


@pytest.fixture
def metrics_writer(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", METRICS, str(tmp_path / "bulksms.prom"), str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        yield process
        process.kill()


def test_metrics_are_whole_at_every_moment_and_after_a_kill(
    metrics_writer: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    path = tmp_path / "bulksms.prom"
    assert metrics_writer.stdout is not None
    for _ in range(20):
        metrics_writer.stdout.readline()
        assert_whole(path)
    metrics_writer.kill()
    metrics_writer.wait()

    assert_whole(path)


def assert_whole(path: Path) -> None:
    families = list(text_string_to_metric_families(path.read_text(encoding="utf-8")))
    assert families[-1].name == "bulksms_info"
    assert {family.name for family in families} >= {"bulksms_run_exit_code", "bulksms_run_sms"}


def test_a_full_disk_leaves_the_old_metrics(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "bulksms.prom"
    bench.run(metrics_file=path)
    before = path.read_bytes()
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)); "
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r}); "
        "from pathlib import Path; "
        "from tests.integration.test_notifications import Bench; "
        f"print(Bench(Path('.')).run(metrics_file=Path({str(path)!r})))"
    )
    if sys.platform == "win32":
        pytest.skip("limits of a process")

    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "cannot be written (File too large)" in process.stdout
    assert path.read_bytes() == before
