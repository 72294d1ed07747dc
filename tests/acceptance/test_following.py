"""`status --follow` draws what another process sends, and ends when that does."""

import re
import sys
from pathlib import Path

import pytest

from tests.acceptance.driver import TEXT, Desk, await_frames, export, sandbox
from tests.acceptance.terminal import on_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
SENDING = ("--text", TEXT, "--sender", "DESK", "--yes", "--hours", "off", "--campaign", "spring")


def test_a_campaign_is_followed_to_its_end_on_a_terminal_piped_and_as_json(
    tmp_path: Path,
) -> None:
    file = export(tmp_path / "export.csv", 4000)
    with sandbox(tmp_path, "--latency", "0.4", "--credit", "10000") as (url, log):
        desk = Desk(tmp_path, url)
        sender = desk.start("send", file, *SENDING, "--frame-size", "200", "--json")
        await_frames(log, 1)
        piped = desk.start("status", "spring", "--follow")
        as_json = desk.start("status", "--follow", "--json")
        with on_terminal(desk, "status", "--follow") as terminal:
            assert terminal.wait() == 0
        lines, json_text = piped.communicate(timeout=60)[0], as_json.communicate(timeout=60)[0]
        sender.communicate(timeout=60)
    assert "/20 [" in terminal.text
    assert "\rcontacts: 100%" in terminal.text
    assert COLOURS.sub("", terminal.text).rstrip().endswith("EUR left")
    changes = [line for line in lines.splitlines() if line.startswith("spring: ")]
    assert changes[-1] == "spring: done"
    assert len(changes) > 2
    assert " of 20 frames, " in changes[0]
    assert " of 4,000 contacts, " in changes[0]
    assert lines.replace("\n", "").isprintable()
    assert json_text.startswith('{\n  "campaign": "spring",\n  "state": "done"')


def test_a_sender_that_is_killed_ends_the_following_as_interrupted(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 600)
    with sandbox(tmp_path, "--latency", "60") as (url, log):
        desk = Desk(tmp_path, url)
        sender = desk.start("send", file, *SENDING, "--frame-size", "200")
        await_frames(log, 1)
        follower = desk.start("status", "--follow", "--json")
        with on_terminal(desk, "status", "--follow") as left:
            while "0/3 [" not in left.text:
                assert left.process.poll() is None
            left.press(b"\x03")
            assert left.wait() == 130
        assert "The campaign is still being sent." in left.text
        assert sender.poll() is None
        sender.kill()
        sender.communicate()
        out, err = follower.communicate(timeout=60)
        assert '"state": "interrupted"' in out, err
