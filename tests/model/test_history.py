"""No history of an operator, a machine and a provider texts anyone twice, nor after a no."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import CampaignHistory

EXAMPLES = 100
STEPS = 20


def test_no_history_texts_anyone_twice(tmp_path: Path) -> None:
    class History(CampaignHistory):
        def make_root(self) -> Path:
            return Path(tempfile.mkdtemp(dir=tmp_path))

    run_state_machine_as_test(
        History,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            # A history takes seconds, so it is not shortened; the failing one is printed whole.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
