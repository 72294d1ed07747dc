"""With --json an error is one JSON object on stdout, whatever the command."""

import json
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run


def _error(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    code = run(cli, list(args))
    shown = capsys.readouterr()
    assert shown.err == ""
    error: dict[str, Any] = json.loads(shown.out)["error"]
    assert error["code"] == code
    return error


@pytest.mark.parametrize(
    ("args", "code", "name"),
    [
        (["check", "absent.csv", "--json"], 3, "LoadError"),
        (["check", "--json"], 2, "UsageError"),
        (["check", "a.csv", "--nonsense", "--json"], 2, "UsageError"),
        (["send", "a.csv", "--json"], 2, "UsageError"),
        (["send", "a.csv", "--text", "x", "--yes", "--region", "XX", "--json"], 2, "UsageError"),
        (["resume", "--json"], 4, "SettingsError"),
        (["status", "absent", "--json"], 2, "CampaignNotFound"),
        (["report", "absent", "--json"], 2, "CampaignNotFound"),
        (["doubt", "show", "absent", "--json"], 2, "CampaignNotFound"),
        (["doubt", "resend", "absent", "1", "--json"], 2, "UsageError"),
        (["optout", "add", "abc", "--json"], 3, "InputError"),
        (["credit", "--json"], 4, "SettingsError"),
        (["doctor", "--prove-request-id", "--json"], 2, "UsageError"),
        (["nonsense", "--json"], 2, "UsageError"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_an_error_is_an_object_with_code_name_and_message(
    args: list[str], code: int, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    error = _error(capsys, *args)

    assert (error["code"], error["name"]) == (code, name)
    assert error["message"]


def test_the_environment_may_ask_for_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BULKSMS_JSON", "yes")

    assert _error(capsys, "status", "absent")["code"] == 2


def test_the_settings_file_may_ask_for_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text("json = true\n", encoding="utf-8")

    assert _error(capsys, "status", "absent")["code"] == 2


def test_a_file_called_json_is_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["check", "--", "--json"]) == 3
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Error: ")


def test_without_json_an_error_is_a_sentence_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["status", "absent"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Error: ")
