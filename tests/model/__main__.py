"""`python -m tests.model [WORD ...]`: which theme finds each promise without its safeguard.

Takes out one safeguard after the other and plays the same random episodes as CI. Leaves with 1
when no theme of a promise notices. The words choose among the promises.
"""

# ruff: noqa: T201  the figures are what this is for

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

os.environ["CI"] = "true"  # before the settings of the tests are read: the same episodes each time

from tests import conftest  # noqa: F401 - chooses memory for the ledgers
from tests.model.test_promises import PROMISES
from tests.model.themes import play_theme

THEMES_OF = {
    "1": ("accounts and clocks",),
    "2": ("accounts and clocks",),
    "3": ("accounts and clocks",),
    "4": ("copies and restores",),
    "5": ("copies and restores",),
    "6": ("copies and restores",),
    "7": ("noes in files",),
    "8": ("noes in lists", "words"),
}


def main(wanted: Sequence[str]) -> int:
    missed = 0
    for name in PROMISES:
        if wanted and not any(word in name for word in wanted):
            continue
        began = time.process_time()
        theme = _first_to_notice(name)
        missed += theme is None
        outcome = f"found by {theme!r}" if theme else "NOT FOUND"
        print(f"{name}: {outcome} after {time.process_time() - began:.0f} s", flush=True)
    return 1 if missed else 0


def _first_to_notice(name: str) -> str | None:
    """Name the theme that fails without the safeguard of a promise."""
    for theme in THEMES_OF[name.split(maxsplit=1)[0]]:
        with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
            PROMISES[name].take_out(patch)
            try:
                play_theme(theme, Path(folder))
            except AssertionError:
                return theme
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
