"""Guards for every test: no state folder of the user, no settings of the machine."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no defect: speed is measured by `make bench`, never by a test. On a laptop
# every run tries other examples; CI tries the same, so that it judges the change and not the dice.
settings.register_profile(
    "bulksms",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("bulksms")


@pytest.fixture(autouse=True)
def _nothing_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgets its own state folder must not touch the user's."""
    for name in list(os.environ):
        if name.startswith(("BULKSMS_", "OCTOPUSH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path / "guarded-home"))
