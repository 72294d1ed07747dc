"""The guards of conftest.py are themselves tried."""

import os
from pathlib import Path


def test_no_test_sees_the_settings_of_the_machine() -> None:
    told = {name for name in os.environ if name.startswith(("BULKSMS_", "OCTOPUSH_"))}

    assert told == {"BULKSMS_HOME"}


def test_the_state_folder_of_a_test_is_its_own(tmp_path: Path) -> None:
    assert Path(os.environ["BULKSMS_HOME"]).parent == tmp_path
