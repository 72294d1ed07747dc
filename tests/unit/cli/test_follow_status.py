"""Following a campaign that another process sends."""

import io
import json
import sys
from pathlib import Path

import pytest

from bulksms.cli.follow_status import follow_and_show
from bulksms.settings import Settings


class LeftAtOnce(io.StringIO):
    """An output whose reader presses Ctrl-C as soon as the following begins."""

    has_left = False

    def isatty(self) -> bool:
        if not self.has_left:
            self.has_left = True
            raise KeyboardInterrupt
        return False


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
