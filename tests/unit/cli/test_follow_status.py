"""Following a campaign that another process sends."""

import io
import json
import sys
from pathlib import Path

import pytest

from bulksms.cli.follow_status import follow_and_show
from bulksms.settings import Settings
from tests.builders import ledger_in, new_campaign
from tests.fakes import freeze_frame


class LeftAtOnce(io.StringIO):
    """An output whose reader presses Ctrl-C as soon as the following begins."""

    has_left = False

    def isatty(self) -> bool:
        if not self.has_left:
            self.has_left = True
            raise KeyboardInterrupt
        return False


class LeftAfterALine(io.StringIO):
    """An output whose reader presses Ctrl-C after the first line."""

    def flush(self) -> None:
        if "\n" in self.getvalue():
            raise KeyboardInterrupt


def test_who_follows_reads_why_nothing_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ledger_in(tmp_path) as ledger:
        counts = {"rejected": 0, "duplicates": 0, "opted_out": 0}
        record = ledger.campaigns.create(new_campaign(counts=counts), map(freeze_frame, (1, 2)))
        ledger.shared_runs.open(record.id, {})
    answer = LeftAfterALine()
    monkeypatch.setattr(sys, "stdout", answer)
    given = {"json": False, "no_progress": False, "quiet": False}

    assert follow_and_show("spring", given, Settings(home=tmp_path)) == 130

    assert answer.getvalue() == (
        "spring: 0 of 2 frames, 0 of 200 contacts, 0.00 EUR. It waits for workers, and none is "
        "running: start `bulksms worker`.\n"
    )


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "for people"])
def test_who_stops_following_is_told_so_in_the_form_that_was_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    as_json: bool,
) -> None:
    answer = LeftAtOnce()
    monkeypatch.setattr(sys, "stdout", answer)
    given = {"json": as_json, "no_progress": False, "quiet": False}

    assert follow_and_show("spring", given, Settings(home=tmp_path)) == 130

    sentence = "No longer following. The campaign is still being sent."
    if as_json:
        error = {"code": 130, "name": "Interrupted", "message": sentence}
        assert json.loads(answer.getvalue()) == {"error": error}
    else:
        assert (answer.getvalue(), capsys.readouterr().err) == ("", sentence + "\n")
