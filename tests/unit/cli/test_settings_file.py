"""The settings file speaks for every option, under the name the option has on the line."""

import json
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.errors import run


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path))
    lines = "Mobile,Autre\n+33639980101,07700 900123\n0639980102,\n"
    (tmp_path / "list.csv").write_text(lines, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def _check(capsys: pytest.CaptureFixture[str], settings: str, *options: str) -> dict[str, Any]:
    Path("settings.toml").write_text(settings, encoding="utf-8")
    run(cli, ["check", "list.csv", *options])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_options_whose_value_has_another_name_inside_are_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = 'json = true\nmap = ["phone_number=Autre"]\nregion = "GB"\n'
    told = _check(capsys, settings)
    assert (told["mapping"]["phone_number"], told["sendable"]) == (["Autre"], 1)
    assert _check(capsys, settings + 'allow-country = ["FR"]\n')["sendable"] == 0


def test_one_value_needs_no_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    Path("stop.csv").write_text("Mobile\n0639980101\n", encoding="utf-8")
    settings = 'json = true\nallow_country = "FR"\noptouts = "stop.csv"\n'
    told = _check(capsys, settings)
    assert (told["sendable"], told["opted_out"]) == (1, 1)


def test_the_line_beats_the_settings_file(capsys: pytest.CaptureFixture[str]) -> None:
    settings = 'json = true\nallow_country = "GB"\n'
    assert _check(capsys, settings)["sendable"] == 0
    assert _check(capsys, settings, "--allow-country", "FR")["sendable"] == 2


def test_a_value_that_cannot_be_meant_is_wrong_usage() -> None:
    Path("settings.toml").write_text('type = "sms_cheap"\n', encoding="utf-8")
    assert run(cli, ["check", "list.csv"]) == 2


@pytest.mark.parametrize("name", ["optout", "max_cots", "api_key"])
def test_a_setting_that_nothing_reads_is_refused(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("settings.toml").write_text(f'{name} = "5"\n', encoding="utf-8")

    assert run(cli, ["check", "list.csv"]) == 2
    assert f"The settings file has {name!r}, which is no setting" in capsys.readouterr().err


def test_options_of_other_commands_and_settings_without_an_option_are_known() -> None:
    lines = 'base_url = "http://127.0.0.1:9/v1/public"\nmax-cost = "5"\nport = 0\nticket = "x"\n'
    Path("settings.toml").write_text(lines, encoding="utf-8")

    assert run(cli, ["check", "list.csv"]) == 0
