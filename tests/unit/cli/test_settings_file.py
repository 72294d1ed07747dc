"""The settings file speaks for every option, under the name the option has on the line."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run


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
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_options_whose_value_has_another_name_inside_are_taken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = 'json = true\nmap = ["phone_number=Autre"]\nregion = "GB"\n'
    report = _check(capsys, settings)
    assert (report["mapping"]["phone_number"], report["sendable"]) == (["Autre"], 1)
    assert _check(capsys, settings + 'allow-country = ["FR"]\n')["sendable"] == 0


def test_one_value_needs_no_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    Path("stop.csv").write_text("Mobile\n0639980101\n", encoding="utf-8")
    settings = 'json = true\nallow_country = "FR"\noptouts = "stop.csv"\n'
    report = _check(capsys, settings)
    assert (report["sendable"], report["opted_out"]) == (1, 1)


@pytest.mark.parametrize("command", [["optout", "list"], ["doubt", "list"]])
def test_commands_below_another_one_take_their_options_from_it_too(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    Path("settings.toml").write_text("json = true\n", encoding="utf-8")
    assert run(cli, command) == 0
    assert isinstance(json.loads(capsys.readouterr().out), dict)


def test_the_line_beats_the_settings_file(capsys: pytest.CaptureFixture[str]) -> None:
    settings = 'json = true\nallow_country = "GB"\n'
    assert _check(capsys, settings)["sendable"] == 0
    assert _check(capsys, settings, "--allow-country", "FR")["sendable"] == 2


def test_a_value_that_cannot_be_meant_is_wrong_usage() -> None:
    Path("settings.toml").write_text('type = "sms_cheap"\n', encoding="utf-8")
    assert run(cli, ["check", "list.csv"]) == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain = 5", "Invalid value for '--plain': '5' is not a valid boolean"),
        ("sender = true", "gives 'sender' true or false: write a text, in quotes, or a number."),
        ('sender = ["BULKSMS"]', "gives 'sender' a list: write a text"),
        ("sender = { a = 1 }", "gives 'sender' a table: write a text"),
        ("[sender]", "gives 'sender' a table: write a text"),
        ("yes = []", "gives 'yes' a list: write true or false."),
        ('map = [["phone_number=Autre"]]', "gives 'map' a list: write a text"),
        ("frame_size = 250.5", "Invalid value for '--frame-size'"),
        ("rejects_out = false", "gives 'rejects_out' true or false: write a text"),
        ("region = 2026-01-01", "'2026-01-01' is not a country"),
    ],
)
def test_a_value_of_another_kind_is_wrong_usage(
    line: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("settings.toml").write_text(f"{line}\n", encoding="utf-8")

    assert run(cli, ["check", "list.csv"]) == 2
    assert expected in capsys.readouterr().err


def test_numbers_need_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    settings = "json = 1\npreview = [33639980101]\n"
    report = _check(capsys, settings, "--text", "Hi. STOP au 30101")

    assert "33639980101" in report["preview"][0]["asked"]


def test_a_moment_needs_no_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    Path("settings.toml").write_text("send_at = 2020-03-01T09:00:00+01:00\n", encoding="utf-8")

    assert run(cli, ["check", "list.csv"]) == 2
    assert "'2020-03-01T09:00:00+01:00' is in the past" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"sender BULKSMS\n", "is not valid TOML (Expected '="),
        (b'sender = "\xe9"\n', "is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_wrong_usage_and_nothing_is_done(
    written: bytes, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("settings.toml").write_bytes(written)

    assert run(cli, ["check", "list.csv"]) == 2
    shown = capsys.readouterr()
    assert (expected in shown.err, shown.out) == (True, "")


def test_the_mark_that_windows_puts_before_a_text_is_no_mistake(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _check(capsys, '\ufeffjson = true\nregion = "GB"\n')["rows"] == 2


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("senderr", "sender"), ("optout", "optouts"), ("max_cots", "max_cost")],
)
def test_a_setting_that_nothing_reads_is_refused(
    name: str, nearest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("settings.toml").write_text(f'{name} = "5"\n', encoding="utf-8")

    assert run(cli, ["check", "list.csv"]) == 2
    expected = f"The settings file has {name!r}, which is not a setting (did you mean {nearest!r}?)"
    assert expected in capsys.readouterr().err


def test_a_secret_is_no_setting(capsys: pytest.CaptureFixture[str]) -> None:
    Path("settings.toml").write_text('api_key = "test-y"\n', encoding="utf-8")

    assert run(cli, ["check", "list.csv"]) == 2
    assert "'api_key', which is not a setting" in capsys.readouterr().err


def test_options_of_other_commands_and_settings_without_an_option_are_known() -> None:
    lines = 'base_url = "http://127.0.0.1:9/v1/public"\nmax-cost = "5"\nport = 0\nticket = "x"\n'
    Path("settings.toml").write_text(lines, encoding="utf-8")

    assert run(cli, ["check", "list.csv"]) == 0


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("BULKSMS_BASEURL", "BULKSMS_BASE_URL"),
        ("BULKSMS_API_KEYFILE", "BULKSMS_API_KEY_FILE"),
        ("BULKSMS_APILOGIN", "BULKSMS_API_LOGIN"),
        ("BULKSMS_MAXCOST", "BULKSMS_MAX_COST"),
        ("BULKSMS_OPTOUT", "BULKSMS_OPTOUTS"),
        ("BULKSMS_HOME_DIR", "BULKSMS_HOME"),
        ("BULKSMS_SENDERS", "BULKSMS_SENDER"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_name(
    name: str, nearest: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "1")

    assert run(cli, ["check", "list.csv"]) == 2
    sentence = f"variable {name} is not a setting (did you mean {nearest!r}?): correct its name"
    assert sentence in capsys.readouterr().err


def test_variables_of_options_of_other_commands_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "PORT",
        "MAX_COST",
        "TICKET",
        "JSON",
        "FAULT_KIND",
        "ALLOW_SYNCED_FOLDER",
        "ALLOW_READABLE_KEY_FILE",
    ):
        monkeypatch.setenv(f"BULKSMS_{name}", "1")

    assert run(cli, ["check", "list.csv"]) == 0


@pytest.mark.parametrize(
    ("args", "variable", "expected"),
    [
        ((), None, 1),
        ((), "b.csv", 2),
        (("--optouts", "c.csv"), None, 2),
        (("--optouts", "c.csv"), f"b.csv{os.pathsep}a.csv", 3),
    ],
)
def test_opt_outs_of_the_option_the_environment_and_the_settings_file_add_up(
    args: tuple[str, ...],
    variable: str | None,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("people.csv").write_text("Mobile\n0639980001\n0639980002\n0639980003\n0639980004\n")
    for number, name in enumerate(("a.csv", "b.csv", "c.csv"), 1):
        Path(name).write_text(f"Mobile\n063998000{number}\n", encoding="utf-8")
    Path("settings.toml").write_text('optouts = "a.csv"\n', encoding="utf-8")
    if variable is not None:
        monkeypatch.setenv("BULKSMS_OPTOUTS", variable)

    assert run(cli, ["check", "people.csv", "--json", *args]) == 0
    assert json.loads(capsys.readouterr().out)["opted_out"] == expected
