"""What is written never destroys what is read."""

from pathlib import Path

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run

LIST = "Mobile\n06 39 98 01 02\n"


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path / "home"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.mark.parametrize("option", ["--contacts-out", "--rejects-out", "--save-map"])
def test_a_list_is_never_overwritten(
    source: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    same = source.parent / "." / ".." / source.parent.name / "list.csv"

    assert run(cli, ["check", str(source), option, str(same)]) == 2

    assert source.read_text(encoding="utf-8") == LIST
    assert f"{option} {same} would overwrite" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--results", "--contact-results"])
def test_nor_by_the_results_of_a_sending(source: Path, option: str) -> None:
    asked = ["send", str(source), "--text", "STOP au 30101", "--yes", option, str(source)]

    assert run(cli, asked) == 2
    assert source.read_text(encoding="utf-8") == LIST


def test_nor_is_a_list_of_opt_outs(source: Path) -> None:
    stopped = source.with_name("stopped.csv")
    stopped.write_text(LIST, encoding="utf-8")

    asked = ["check", str(source), "--optouts", str(stopped), "--rejects-out", str(stopped)]

    assert run(cli, asked) == 2
    assert stopped.read_text(encoding="utf-8") == LIST


def test_two_files_written_need_two_names(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out.csv")

    assert run(cli, ["check", str(source), "--rejects-out", out, "--contacts-out", out]) == 2
    assert "--rejects-out and --contacts-out both name" in capsys.readouterr().err
