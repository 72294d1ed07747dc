"""`--save-map` writes a profile, `--map-file` takes it, and what is said on the line wins."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run

ROWS = "1;0639980102;07700 900123;Zoë;Lyon\n"


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")
    monkeypatch.chdir(tmp_path)


def _list(header: str = "Id;Contact;Autre;Prénom;Ville", name: str = "list.csv") -> str:
    Path(name).write_text(f"{header}\n{ROWS}", encoding="cp1252")
    return name


def _check(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    code = run(cli, ["check", "--json", *options])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, report


def _save(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    line = ("--map", "phone_number=Contact", "--map", "param1=Ville", "--save-map", "shop.toml")
    assert _check(capsys, _list(), *line, *options)[0] == 0
    return tomllib.loads(Path("shop.toml").read_text(encoding="utf-8"))


def test_a_saved_profile_says_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert _save(capsys, "--encoding", "cp1252", "--delimiter", ";") == {
        "phone_number": ["Contact"],
        "first_name": "Prénom",
        "param1": "Ville",
        "region": "FR",
        "encoding": "cp1252",
        "delimiter": ";",
        "needed": [],
        "headers": ["Id", "Contact", "Autre", "Prénom", "Ville"],
    }


def test_a_profile_speaks_for_the_options_it_was_saved_with(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _save(capsys)
    code, report = _check(capsys, "list.csv", "--map-file", "shop.toml")
    assert code == 0
    assert report["mapping"] == {
        "phone_number": ["Contact"],
        "first_name": "Prénom",
        "param1": "Ville",
    }


def test_a_vanished_column_stops_before_anything_is_sent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _save(capsys)
    _list("Id;Contacts;Autre;Prénom;Ville")
    text = ("--text", "Bonjour. STOP au 30101", "--yes")
    assert run(cli, ["send", "list.csv", "--map-file", "shop.toml", *text]) == 3
    output = capsys.readouterr().err
    assert "The profile shop.toml takes phone_number from the column 'Contact'" in output
    assert "did you mean 'Contacts'" in output


def test_a_new_column_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    _save(capsys)
    _list("Nr;Contact;Autre;Prénom;Ville")
    code, report = _check(capsys, "list.csv", "--map-file", "shop.toml")
    levels = {finding["code"]: finding["level"] for finding in report["findings"]}
    assert (code, levels["new_columns"], levels["missing_columns"]) == (0, "note", "note")


def test_what_is_said_on_the_line_wins(capsys: pytest.CaptureFixture[str]) -> None:
    _save(capsys)
    _list("Id;Contact 1;Autre;Prénom;Ville")
    line = ("--map-file", "shop.toml", "--map", "phone_number=Autre", "--region", "GB")
    code, report = _check(capsys, "list.csv", *line)
    assert (code, report["sendable"]) == (0, 1)
    assert report["mapping"]["phone_number"] == ["Autre"]
    assert report["mapping"]["param1"] == "Ville"


def test_the_region_comes_from_line_environment_profile_and_settings_in_this_order(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path))
    (tmp_path / "settings.toml").write_text('region = "DE"\n', encoding="utf-8")
    Path("shop.toml").write_text('phone_number = "Autre"\nregion = "GB"\n', encoding="utf-8")
    _list()

    def sendable(*options: str) -> int:
        return int(_check(capsys, "list.csv", *options)[1]["sendable"])

    assert sendable("--map", "phone_number=Autre") == 0
    assert sendable("--map-file", "shop.toml") == 1
    assert sendable("--map-file", "shop.toml", "--region", "DE") == 0
    monkeypatch.setenv("BULKSMS_REGION", "FR")
    monkeypatch.setenv("BULKSMS_MAP_FILE", "shop.toml")
    assert sendable() == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"phone_number = ", "is not valid TOML", id="no TOML"),
        pytest.param(b'phone_number = "T\xe9l"', "is not UTF-8", id="no UTF-8"),
        pytest.param(b'telephone = "A"', "has the unknown key", id="unknown word"),
        pytest.param(None, "cannot be read", id="no file"),
    ],
)
def test_a_profile_that_cannot_be_used_is_one_sentence(
    content: bytes | None, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        Path("shop.toml").write_bytes(content)
    assert run(cli, ["check", _list(), "--map-file", "shop.toml"]) == 3
    output = capsys.readouterr().err
    assert said in output
    assert output.count("\n") == 1


def test_a_profile_of_notepad_with_a_mark_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.toml").write_bytes(b'\xef\xbb\xbfphone_number = "Contact"\n')
    assert _check(capsys, _list(), "--map-file", "shop.toml")[1]["sendable"] == 1


def test_a_profile_is_saved_again_from_itself(capsys: pytest.CaptureFixture[str]) -> None:
    first = _save(capsys)
    line = ("--map-file", "shop.toml", "--save-map", "again.toml")
    assert _check(capsys, "list.csv", *line)[0] == 0
    assert tomllib.loads(Path("again.toml").read_text(encoding="utf-8")) == first


def test_files_with_other_columns_need_a_profile_each(capsys: pytest.CaptureFixture[str]) -> None:
    other = _list("Id;Mobile;Autre;Prénom;Ville", "other.csv")
    last = _list("Id;Portable;Autre;Prénom;Ville", "last.csv")
    assert run(cli, ["check", other, last, "--save-map", "shop.toml"]) == 3
    assert "save a profile for each" in capsys.readouterr().err
    assert not Path("shop.toml").exists()
