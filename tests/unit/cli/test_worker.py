"""A worker reads the campaign files of its schedules as `bulksms run` does."""

from pathlib import Path

import pytest

from bulksms.cli import cli
from bulksms.cli.worker import read_schedule


def test_opt_outs_of_the_settings_file_and_the_environment_count_in_schedules_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path))
    monkeypatch.setenv("BULKSMS_OPTOUTS", "b.csv")
    (tmp_path / "settings.toml").write_text('optouts = "a.csv"\nmax_cost = 5\n', encoding="utf-8")
    file = tmp_path / "welcome.toml"
    file.write_text('text = "Bonjour"\noptouts = "own.csv"\nmax_cost = 9\n', encoding="utf-8")
    program = cli.make_context("bulksms", ["worker"])
    _, worker, args = cli.resolve_command(program, ["worker"])
    assert worker is not None

    saved = read_schedule(worker.make_context("worker", args, parent=program), file)

    assert set(saved.plan.screening.optouts) == {"a.csv", "b.csv", str(tmp_path / "own.csv")}
    assert saved.posting.max_cost == 9
