"""A service manager is notified by datagrams, and no one where there is none."""

import socket
import sys
from pathlib import Path

import pytest

from bulksms.tasks.service_notify import ServiceNotifier

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such sockets")


def test_a_service_manager_is_notified(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        notifier = ServiceNotifier({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        notifier.ready()
        notifier.alive()
        notifier.stopping()
        messages = [manager.recv(100) for _ in range(3)]
    assert messages == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_one_nothing_happens(environment: dict[str, str]) -> None:
    ServiceNotifier(environment).ready()
