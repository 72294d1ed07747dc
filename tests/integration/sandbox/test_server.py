"""Starting, stopping, and what is said when that cannot be."""

import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bulksms.errors import SettingsError, UsageError
from bulksms.sandbox import Sandbox, SandboxOptions, serve
from tests.integration.sandbox.caller import RunningSandbox, StartBox, StoppedClock


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


def test_import_loads_no_web_library() -> None:
    done = python(
        "import sys, bulksms.sandbox; print({'starlette', 'uvicorn', 'h11'} & set(sys.modules))"
    )
    assert done.stdout == "set()\n"


def test_a_missing_library_names_the_command_that_installs_it() -> None:
    done = python(
        "import sys; sys.modules['starlette'] = None\n"
        "from bulksms.sandbox import Sandbox\n"
        "from bulksms.errors import MissingExtra\n"
        "try: Sandbox().start()\n"
        "except MissingExtra as error: print(error)"
    )
    assert "pip install --upgrade bulksms-octopush" in done.stdout


def test_base_url_is_the_loopback_address_and_can_be_used_at_once() -> None:
    with Sandbox() as sandbox:
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        assert sandbox.base_url.endswith("/v1/public")
        assert RunningSandbox(sandbox, StoppedClock()).send().status == 201


def test_stopped_sandbox_listens_no_more_and_keeps_what_it_took() -> None:
    sandbox = Sandbox()
    sandbox.start()
    box = RunningSandbox(sandbox, StoppedClock())
    box.send()
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(ConnectionRefusedError):
        box.send()
    assert len(sandbox.accepted) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.com"])
def test_only_loopback_is_listened_on(host: str) -> None:
    with pytest.raises(UsageError, match="this machine only"):
        SandboxOptions(host=host)


def test_unknown_fault_is_refused() -> None:
    with pytest.raises(UsageError, match="'flood'"):
        SandboxOptions(fault_kinds=("flood",))


def test_share_of_faults_is_at_most_one() -> None:
    with pytest.raises(UsageError, match="from 0 to 1"):
        SandboxOptions(faults=20)


def test_taken_port_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port}"):
            Sandbox(SandboxOptions(port=port)).start()


def test_log_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write its log"):
        Sandbox(SandboxOptions(log=tmp_path)).start()


def test_serve_in_a_thread_announces_itself_and_stops_with_its_event() -> None:
    urls: list[str] = []
    listening, stop = threading.Event(), threading.Event()

    def ready(url: str) -> None:
        urls.append(url)
        listening.set()

    thread = threading.Thread(target=serve, args=(SandboxOptions(), ready, stop))
    thread.start()
    assert listening.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert urls[0].startswith("http://127.0.0.1:")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_cleanly_on_a_polite_signal(number: signal.Signals) -> None:
    code = (
        "from bulksms.sandbox import SandboxOptions, serve\n"
        "serve(SandboxOptions(), lambda url: print(url, flush=True))\n"
        "print('stopped')"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (0, "stopped\n", "")


def test_parallel_requests_are_all_taken(start: StartBox) -> None:
    box = start()
    statuses: list[int] = []

    def post() -> None:
        statuses.extend(box.send().status for _ in range(10))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert statuses == [201] * 80
    assert len({frame.ticket for frame in box.sandbox.accepted}) == 80
