from pathlib import Path

import click
import pytest

from bulksms import errors
from bulksms.cli.exit_codes import ExitCode, run


def _raising(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.UsageError("x"), 2),
        (errors.CampaignNotFound("x"), 2),
        (errors.FrameNotFound("x"), 2),
        (errors.MissingExtra("x"), 2),
        (errors.LoadError("x"), 3),
        (errors.MappingError("x"), 3),
        (errors.TemplateError("x"), 3),
        (errors.RuleError("x"), 3),
        (errors.SourceChanged("x"), 3),
        (errors.SettingsError("x"), 4),
        (errors.ApiError("x"), 4),
        (errors.LedgerError("x"), 6),
        (errors.LedgerBusy("x"), 75),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_error_of_the_program_has_its_exit_code(error: Exception, expected: int) -> None:
    assert run(_raising(error), []) == expected


def test_an_error_is_one_sentence_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    run(_raising(errors.LoadError("The file is locked: close it.")), [])

    output = capsys.readouterr()
    assert (output.out, output.err) == ("", "Error: The file is locked: close it.\n")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()], ids=["Ctrl-C", "no"])
def test_an_interruption_exits_130_and_names_resume(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_raising(error), []) == 130
    assert "bulksms resume" in capsys.readouterr().err


def test_an_unknown_option_is_wrong_usage() -> None:
    assert run(_raising(ValueError()), ["--nonsense"]) == 2


def test_a_bug_writes_a_log_without_the_words_of_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path))

    code = run(_raising(ValueError("+33639980101")), [])

    (log,) = (tmp_path / "logs").iterdir()
    assert code == 70
    assert str(log) in capsys.readouterr().err
    assert log.read_text(encoding="utf-8").endswith("ValueError\n")
    assert "+33639980101" not in log.read_text(encoding="utf-8")


def test_a_bug_without_a_place_for_its_log_is_reported_on_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path / "file"))

    assert run(_raising(ValueError()), []) == 70
    assert "ValueError" in capsys.readouterr().err


def test_a_command_that_says_nothing_went_well() -> None:
    assert run(click.Command("quiet", callback=lambda: None), []) == ExitCode.OK


def test_a_command_may_choose_its_exit_code() -> None:
    assert run(click.Command("doubt", callback=lambda: ExitCode.IN_DOUBT), []) == 5
