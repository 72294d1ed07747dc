"""No history of an operator, a machine and a provider texts anyone twice, nor after a no."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import CampaignHistory
from tests.model.themes import THEMES, THOROUGH, play_theme

EXAMPLES = 30
STEPS = 20


def test_no_history_texts_anyone_twice(tmp_path: Path) -> None:
    class History(CampaignHistory):
        def make_root(self) -> Path:
            return Path(tempfile.mkdtemp(dir=tmp_path))

    run_state_machine_as_test(
        History, settings=settings(THOROUGH, max_examples=EXAMPLES, stateful_step_count=STEPS)
    )


@pytest.mark.parametrize("theme", THEMES)
def test_no_episode_of_a_theme_texts_anyone_twice(tmp_path: Path, theme: str) -> None:
    play_theme(theme, tmp_path)
