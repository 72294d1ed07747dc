import json
from pathlib import Path

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run

STOP = "Bonjour {first_name}. STOP au 30101"


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "list.csv"
    path.write_text("Mobile,Prénom\n06 39 98 01 02,Zoë\nabc,Paul\n", encoding="utf-8")
    return str(path)


def test_a_list_that_can_be_sent_exits_0(source: str) -> None:
    assert run(cli, ["check", source, "--text", STOP]) == 0


def test_a_finding_that_stops_the_sending_exits_3_after_the_answer(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rejects = tmp_path / "rejects.csv"

    code = run(cli, ["check", source, "--text", "Bonjour", "--json", "--rejects-out", str(rejects)])

    assert code == 3
    assert json.loads(capsys.readouterr().out)["sendable"] == 1
    assert rejects.exists()


def test_a_list_with_no_one_to_text_exits_3(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Mobile\nabc\n", encoding="utf-8")

    assert run(cli, ["check", str(path)]) == 3


def test_quiet_says_nothing(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(cli, ["check", source, "--quiet"])

    assert capsys.readouterr().out == ""


def test_quiet_still_says_what_stops_the_sending(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, ["check", source, "--quiet", "--text", "Bonjour"]) == 3

    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("error: Marketing to FR must say how to opt out")


def test_people_read_that_it_is_a_rehearsal(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(cli, ["check", source])

    output = capsys.readouterr().out
    assert output.startswith("REHEARSAL")
    assert "2 rows = 1 to send + 1 rejected + 0 duplicates + 0 opted out" in output


def test_a_missing_file_exits_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["check", "absent.csv"]) == 3
    assert "absent.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(["--sender", "MY SHOP"], id="sender"),
        pytest.param(["--send-at", "tomorrow"], id="time"),
        pytest.param(["--region", "France"], id="region"),
        pytest.param(["--map", "phone_number"], id="mapping without header"),
        pytest.param(["--frame-size", "100"], id="frames too small"),
        pytest.param(["--text", "a", "--text-file", "b"], id="two texts"),
        pytest.param(["--purpose", "spam"], id="purpose"),
    ],
)
def test_a_value_that_cannot_be_meant_is_wrong_usage(source: str, wrong: list[str]) -> None:
    assert run(cli, ["check", source, *wrong]) == 2


def test_the_text_may_come_from_a_file(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "text.txt"
    text.write_bytes(b"\xef\xbb\xbf" + STOP.encode() + b"\r\n")

    run(cli, ["check", source, "--json", "--text-file", str(text)])

    assert json.loads(capsys.readouterr().out)["message"]["segments_total"] == 1


def test_an_option_beats_the_environment_and_that_the_settings_file(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text('sender = "from file"\n', encoding="utf-8")

    assert run(cli, ["check", source]) == 2
    monkeypatch.setenv("BULKSMS_SENDER", "SHOP")
    assert run(cli, ["check", source]) == 0
    assert run(cli, ["check", source, "--sender", "from line"]) == 2


def test_an_option_given_many_times_is_parted_by_semicolons_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Contact A,Contact B\n06 39 98 01 02,Zoë\n", encoding="utf-8")
    monkeypatch.setenv("BULKSMS_MAP", "phone_number=Contact A;first_name=Contact B")

    run(cli, ["check", str(path), "--json"])

    assert json.loads(capsys.readouterr().out)["mapping"] == {
        "phone_number": ["Contact A"],
        "first_name": "Contact B",
    }


def test_sending_without_a_text_is_wrong_usage(source: str) -> None:
    assert run(cli, ["send", source, "--yes"]) == 2


def test_sending_without_a_terminal_needs_yes(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, ["send", source, "--text", STOP]) == 2
    assert "--yes" in capsys.readouterr().err


def test_sending_without_a_login_says_how_to_set_it(
    source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, ["send", source, "--text", STOP, "--yes"]) == 4
    assert "BULKSMS_API_LOGIN" in capsys.readouterr().err


def test_the_status_of_nothing_is_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"campaigns": []}


def test_the_status_of_an_unknown_campaign_is_wrong_usage() -> None:
    assert run(cli, ["status", "absent"]) == 2
