"""A campaign whose process was killed, and one that Octopush refused, continue from the page."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from bulksms.sandbox import SandboxOptions
from bulksms.sandbox.script import ScriptedReply
from tests.integration.web.page_window import list_of, window_of_account
from tests.sending import texted_numbers

PEOPLE = 900
ROWS = list_of(PEOPLE)


def kill_the_poster(campaign: str) -> None:
    """Kill the process that posts a campaign, as a power cut does."""
    name = campaign.rpartition("/")[2].encode()
    commands = {
        path: path.read_bytes().split(b"\0") for path in Path("/proc").glob("[0-9]*/cmdline")
    }
    posters = [path for path, words in commands.items() if b"resume" in words and name in words]
    os.kill(int(posters[0].parent.name), signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_a_campaign_whose_process_was_killed_continues_with_one_click(tmp_path: Path) -> None:
    with window_of_account(tmp_path / "home", SandboxOptions(latency=2)) as (window, account):
        campaign = window.send(window.draft_at_the_check("-20%", rows=ROWS), PEOPLE).split("?")[0]
        deadline = time.monotonic() + 60
        while len(account.accepted) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        kill_the_poster(campaign)

        shown = window.get(campaign).text
        assert "Not finished: 300 of 900 texts sent" in shown
        assert "Continue the sending" in shown
        assert "Nothing is lost" in shown
        assert window.get("/").text.count("Interrupted") == 1
        assert window.post(f"{campaign}/continue", {}).status == 303
        shown = window.end_of(campaign)

        assert "600 texts sent, 300 in doubt" in shown
        texted = texted_numbers(account)
        assert len(texted) == len(set(texted)) == PEOPLE


def test_a_pause_and_a_stop_are_said_until_they_take_effect(tmp_path: Path) -> None:
    with window_of_account(tmp_path / "home", SandboxOptions(latency=3)) as (window, account):
        campaign = window.send(window.draft_at_the_check("-20%", rows=ROWS), PEOPLE).split("?")[0]
        deadline = time.monotonic() + 60
        while not account.accepted and time.monotonic() < deadline:
            time.sleep(0.1)
        assert window.post(f"{campaign}/orders", {"order": "pause"}).status == 303
        shown = window.get(campaign).text
        assert "The sending will pause." in shown
        assert 'value="pause"' not in shown
        shown = window.look_until(campaign).text
        assert "people wait" in shown

        assert window.post(f"{campaign}/orders", {"order": "stop"}).status == 303
        shown = window.end_of(campaign)
        assert re.search(r"<h1[^>]*>Stopped: \d+ of 900 texts sent", shown)
        assert "</span>Not sent</th>" in shown


def test_refused_requests_are_tried_again_on_the_page(tmp_path: Path) -> None:
    refusal = ScriptedReply(first=2, last=2, code=181)
    with window_of_account(tmp_path / "home", SandboxOptions(script=(refusal,))) as (
        window,
        account,
    ):
        campaign = window.send(window.draft_at_the_check("-20%", rows=ROWS), PEOPLE).split("?")[0]
        shown = window.end_of(campaign)
        assert "Try 1 request again" in shown

        started = window.post(f"{campaign}/continue", {"how": "refused"}).location
        assert "900 texts sent" in window.end_of(started)
        texted = texted_numbers(account)
        assert len(texted) == len(set(texted)) == PEOPLE
