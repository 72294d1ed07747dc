"""Long work before the sending shows a bar on a terminal, after half a second, and erases it."""

import re
import sys
from pathlib import Path

import pytest

from tests.acceptance.driver import Desk, number
from tests.acceptance.terminal import on_terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")

STEPS = """
import time
from bulksms.cli.terminal.step_bars import StepBars
bars = StepBars(silent=False)
with bars.step("quick", 10) as reached:
    reached(10)
with bars.step("slow", 1000) as reached:
    for done in range(0, 1000, 100):
        reached(done)
        time.sleep(0.12)
    with bars.step("inner"):
        time.sleep(0.9)
print("the answer")
"""


def a_slow_list(path: Path) -> Path:
    """Write a list that only the strict reader takes, so that reading takes a second."""
    lines = ["Mobile;Ville", '06 39 98 00 00;"a ""quoted"" town', 'in two lines";x']
    lines += [f"{number(person % 10_000)};V{person}" for person in range(400_000)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_long_check_shows_its_bars_on_a_terminal_and_nowhere_else(tmp_path: Path) -> None:
    file, desk = a_slow_list(tmp_path / "list.csv"), Desk(tmp_path)
    with on_terminal(desk, "check", file, NO_COLOR="1") as terminal:
        terminal.wait()
    drawn = re.findall(r"\rreading list\.csv: +(\d+)%\|", terminal.text)
    assert drawn
    assert [int(percent) for percent in drawn] == sorted(map(int, drawn))
    # Nothing is left of them on the line where the answer begins.
    piped = desk.run("check", file)
    answer = re.split(r"\r +\r", terminal.text)[-1].lstrip("\r")
    assert answer.replace("\r\n", "\n") == piped.out
    assert "\r" not in piped.out + piped.err


def test_a_step_is_shown_after_half_a_second_and_erased(tmp_path: Path) -> None:
    desk = Desk(tmp_path, program=(sys.executable, "-c", STEPS))
    with on_terminal(desk) as terminal:
        assert terminal.wait() == 0
    assert "quick" not in terminal.text
    assert re.search(r"\rslow: +\d+%\|.*\| \d00/1.00k ", terminal.text)
    assert "\rinner [00:00]" in terminal.text
    # The outer bar is gone while the inner one is drawn, and nothing is left before the answer.
    assert re.search(r"\r +\r+inner ", terminal.text)
    assert re.search(r"\r +\r+the answer\r\n$", terminal.text)
    assert Desk(tmp_path, program=desk.program).run().out == "the answer\n"
