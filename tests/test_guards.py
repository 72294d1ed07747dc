"""The guards of conftest.py are themselves tried."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

REACH_OUT = "import socket; socket.create_connection(('192.0.2.1', 443), timeout=1)"


def test_no_test_sees_the_settings_of_the_machine() -> None:
    names = {name for name in os.environ if name.startswith(("BULKSMS_", "OCTOPUSH_"))}

    assert names == {"BULKSMS_HOME"}


@pytest.mark.parametrize("test", ["first", "second"])
def test_the_state_folder_of_a_test_is_its_own(tmp_path: Path, test: str) -> None:
    home = Path(os.environ["BULKSMS_HOME"])

    assert home.parent.parent == tmp_path.parent
    assert not home.exists()
    home.mkdir()  # so that no other may have it
    (home / test).touch()


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", "10.0.0.1"])
def test_no_test_reaches_another_machine(host: str) -> None:
    with pytest.raises(BaseException, match="A test tried to reach"):
        socket.create_connection((host, 443), timeout=1)


def test_no_process_of_a_test_reaches_another_machine() -> None:
    run = subprocess.run(
        [sys.executable, "-c", REACH_OUT], check=False, capture_output=True, text=True
    )

    assert run.returncode == 1
    assert "A test tried to reach '192.0.2.1'" in run.stderr


def test_a_test_reaches_its_own_machine() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])) as client,
    ):
        assert client.getpeername()[1] == server.getsockname()[1]
