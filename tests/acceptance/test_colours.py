"""Colour on a terminal, and none where NO_COLOR, TERM or a pipe forbids it."""

import sys
from pathlib import Path

import pytest

from tests.acceptance.driver import Desk, export
from tests.acceptance.terminal import on_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")


def drawn(desk: Desk, *args: str | Path, **environment: str) -> str:
    with on_terminal(desk, *args, **environment) as terminal:
        terminal.wait()
    return terminal.text


def test_warnings_and_errors_have_their_colours_on_a_terminal(tmp_path: Path) -> None:
    desk, file = Desk(tmp_path), export(tmp_path / "list.csv", 30)
    text = ("--text", "Bonjour. STOP au 30101")
    screen = drawn(desk, "check", file, *text)
    assert "\x1b[33mwarning: " in screen
    assert "\x1b[36mREHEARSAL, no real phone is texted" in screen
    assert "\x1b[31mError: " in drawn(desk, "check", "nothing.csv")
    plain = desk.run("check", file, *text)
    assert "\x1b" not in plain.out + plain.err


@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"]
)
def test_no_colour_is_honoured_by_answers_and_by_errors(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    desk, file = Desk(tmp_path), export(tmp_path / "list.csv", 30)
    assert "\x1b" not in drawn(desk, "check", file, **environment)
    assert "\x1b" not in drawn(desk, "check", "nothing.csv", **environment)
