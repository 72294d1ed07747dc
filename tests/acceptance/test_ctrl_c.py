"""Ctrl-C at a terminal: the bars stay whole, and messages are on their own lines."""

import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.driver import TEXT, Desk, accepted, await_frames, export, sandbox
from tests.acceptance.terminal import Terminal, on_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")

SENDING = ("--text", TEXT, "--sender", "DESK", "--yes", "--hours", "off", "--frame-size", "200")
STOPPING = "Stopping after the frames in flight. Press again to leave now."


def _await(terminal: Terminal, text: str) -> None:
    deadline = time.monotonic() + 60
    while text not in terminal.text:
        assert time.monotonic() < deadline, terminal.text
        assert terminal.process.poll() is None, terminal.text
        time.sleep(0.02)


def test_one_ctrl_c_ends_gently_with_whole_bars(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 2000)
    with sandbox(tmp_path, "--latency", "1") as (url, log):
        desk = Desk(tmp_path, url)
        with on_terminal(desk, "send", file, *SENDING) as terminal:
            await_frames(log, 1)
            _await(terminal, "1/10 [")
            terminal.press(b"\x03")
            assert terminal.wait() == 130
        assert len(accepted(log)) == 2
    assert "^C" not in terminal.text
    assert f"\x1b[A{STOPPING}\r\n\rframes" in terminal.text
    # The bars end on lines of their own, above the report.
    bars, _, report = terminal.text.rpartition("sms/s]")
    assert bars.count("2/10 [") >= 1
    assert report.startswith("\r\n")
    assert "interrupted" in report


def test_a_second_ctrl_c_leaves_below_the_bars_at_once(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--latency", "60") as (url, log):
        desk = Desk(tmp_path, url)
        with on_terminal(desk, "send", file, *SENDING) as terminal:
            await_frames(log, 1)
            _await(terminal, "0/3 [")
            terminal.press(b"\x03")
            _await(terminal, STOPPING)
            terminal.press(b"\x03")
            assert terminal.wait(10) == 130
    assert "^C" not in terminal.text
    assert terminal.text.endswith("\r\n\r\n")
