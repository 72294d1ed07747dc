"""The terminal goes away while frames go out: nothing of that may touch what is sent."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.driver import (
    PROGRAM,
    TEXT,
    Desk,
    await_frames,
    everybody,
    export,
    numbers,
    sandbox,
)

ROWS = 1200


def _start(desk: Desk, file: Path) -> "subprocess.Popen[str]":
    """Send, and let no one listen once a first word was said."""
    process = subprocess.Popen(
        [*PROGRAM, "send", str(file), "--text", TEXT, "--sender", "DESK", "--yes"],
        cwd=desk.folder,
        env=desk.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    process.stderr.readline()
    return process


def test_a_note_without_a_reader_stops_nothing(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text('2 = "429"\n', encoding="utf-8")
    with sandbox(tmp_path, "--script", str(script), "--latency", "0.5") as (url, log):
        desk = Desk(tmp_path, url=url)
        process = _start(desk, export(tmp_path / "export.csv", ROWS))
        await_frames(log, 1)
        assert process.stderr is not None
        process.stderr.close()
        assert process.wait(60) == 0
        assert numbers(log) == everybody(ROWS)


@pytest.mark.skipif(os.name != "posix", reason="there is no hang-up on Windows")
def test_a_closed_terminal_puts_no_frame_in_doubt(tmp_path: Path) -> None:
    with sandbox(tmp_path, "--latency", "1") as (url, log):
        desk = Desk(tmp_path, url=url)
        process = _start(desk, export(tmp_path / "export.csv", ROWS))
        await_frames(log, 2)
        assert process.stderr is not None
        process.stderr.close()
        process.send_signal(signal.SIGHUP)
        assert process.wait(60) == 143
        report = desk.run("status", "--json").json
        assert len(numbers(log)) == 800
    frames = report["campaigns"][0]["frames"]
    assert (frames["accepted"], frames["planned"], frames["in_doubt"]) == (2, 1, 0)
