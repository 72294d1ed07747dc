"""The manual page is the program's, and `man` can read it."""

import shutil
import subprocess

import pytest

from bulksms.cli import COMMANDS
from tools.man_page import MAN_PAGE, man_page


def test_the_manual_page_is_made_from_the_program() -> None:
    assert MAN_PAGE.read_text(encoding="utf-8") == man_page(), "run `make docs`"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_read_without_a_warning() -> None:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", MAN_PAGE], capture_output=True, text=True, check=True
    )

    assert done.stderr == ""
    plain = subprocess.run(
        ["col", "-b"], input=done.stdout, capture_output=True, text=True, check=True
    )
    for name in COMMANDS:
        assert f"bulksms {name}" in plain.stdout
    assert "--after-stop" in plain.stdout
