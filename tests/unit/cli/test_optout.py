import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from bulksms.ledger import open_ledger
from bulksms.settings import read_settings
from bulksms.use_cases.receipts.reported_stops import ReportedStop, obey_stops


def test_numbers_are_added_shown_checked_and_removed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(cli, ["optout", "add", "06 39 98 01 01", "0639980102"]) == 0
    assert capsys.readouterr().out == "Given: 2, new: 2.\n"
    assert run(cli, ["optout", "remove", "0639980102"]) == 0
    assert capsys.readouterr().out == "Given: 1, removed: 1.\n"
    assert run(cli, ["optout", "check", "0639980101", "0639980102"]) == 0
    assert capsys.readouterr().out == "+33639980101: yes\n+33639980102: no\n"
    assert run(cli, ["optout", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "count": 1,
        "numbers": ["+33639980101"],
        "by_hash": 0,
    }
    file = tmp_path / "out.csv"
    assert run(cli, ["optout", "export", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(file), "count": 1}
    assert run(cli, ["optout", "import", str(file)]) == 0
    expected = f"{file}: 1 number read, 0 new, 0 unreadable cells\n"
    assert capsys.readouterr().out == expected


def test_what_is_no_number_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(cli, ["optout", "add", "abc"]) == 3
    assert capsys.readouterr().err == (
        "Error: 'abc' is not a phone number: write only the number; nothing was changed.\n"
    )


def test_the_region_of_the_settings_file_counts(capsys: pytest.CaptureFixture[str]) -> None:
    home = Path(os.environ["BULKSMS_HOME"])
    home.mkdir()
    (home / "settings.toml").write_text('region = "GB"\n', encoding="utf-8")
    assert run(cli, ["optout", "check", "07700 900123"]) == 0
    assert capsys.readouterr().out == "+447700900123: no\n"


def test_check_always_applies_stored_opt_outs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BULKSMS_API_LOGIN", "desk@example.com")
    monkeypatch.setenv("BULKSMS_API_KEY", "test-desk")
    file = tmp_path / "list.csv"
    file.write_text("Mobile\n0639980101\n0639980102\n", encoding="utf-8")
    run(cli, ["optout", "add", "0639980101"])
    capsys.readouterr()
    assert run(cli, ["check", str(file), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["sendable"], report["opted_out"]) == (1, 1)


def _hold(home: Path, *numbers: int) -> None:
    at = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    with open_ledger(home) as ledger:
        obey_stops(ledger, [ReportedStop(phone_number=each, ticket="") for each in numbers], at)


def test_held_stops_are_shown_taken_and_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    home = read_settings(os.environ).home
    _hold(home, 33639980101, 33639980102, 33639980103)

    assert run(cli, ["optout", "held"]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[0] == (
        "+33639980101  2027-03-01 12:00 UTC  is in none of your campaigns"
    )
    assert "No one listed here is texted until you decide" in shown.err
    assert run(cli, ["doctor", "--offline"]) in {0, 4}
    assert "3 STOPs wait for a look: `bulksms optout held`." in capsys.readouterr().out
    assert run(cli, ["optout", "take", "06 39 98 01 01", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"taken": 1}
    assert run(cli, ["optout", "drop", "--all"]) == 0
    assert capsys.readouterr().out == "STOPs dropped: 2. These numbers may be texted again.\n"
    assert run(cli, ["optout", "list"]) == 0
    assert capsys.readouterr().out == "+33639980101\n"
    assert run(cli, ["optout", "held", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"count": 0, "held": []}


@pytest.mark.parametrize("given", [[], ["0639980101", "--all"]])
def test_a_choice_of_held_stops_is_numbers_or_all(
    capsys: pytest.CaptureFixture[str], given: list[str]
) -> None:
    assert run(cli, ["optout", "drop", *given]) == 2
    assert "or --all" in capsys.readouterr().err
