"""Killed before any change on the disk, a file is in exactly one folder and is taken up again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = Path(__file__).with_name("kills.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks a process for each kill")
def test_a_kill_at_any_instant_loses_and_doubles_nothing(tmp_path: Path) -> None:
    driven = subprocess.run(
        [sys.executable, str(KILLS), str(tmp_path)], check=False, capture_output=True, text=True
    )

    assert driven.returncode == 0, driven.stderr
    kills = dict(line.removesuffix(" kills").split(": ") for line in driven.stdout.splitlines())
    assert kills.keys() >= {"done", "failed", "marked", "name taken", "repeated", "tried again"}
    assert min(map(int, kills.values())) > 20
