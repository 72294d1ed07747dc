"""The rules about rows are options of `check` and `send`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest

from bulksms.cli import cli
from bulksms.cli.check import command
from bulksms.cli.exit_codes import run
from bulksms.contacts import Duplicates, LongValues

HEADER = "Mobile,Prénom,Ville\n"
STOP = "Bonjour {first_name} de {Ville}. STOP au 30101"


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401
    """Return a function that checks these rows and answers with code and JSON."""

    def check(rows: list[str], *options: str) -> tuple[int, dict[str, Any]]:
        path = tmp_path / "list.csv"
        path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
        code = run(cli, ["check", str(path), "--json", *options])
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, report

    return check


def _errors(report: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in report["findings"] if finding["level"] == "error"]


def test_the_choices_of_the_options_are_those_of_the_rules() -> None:
    kinds = {parameter.name: parameter.type for parameter in command.params}
    for name, rule in (("duplicates", Duplicates), ("long_values", LongValues)):
        kind = kinds[name]
        assert isinstance(kind, click.Choice)
        assert list(kind.choices) == list(rule)


def test_three_foreign_numbers_stop_at_a_cap_of_two(ask: Any) -> None:  # noqa: ANN401
    rows = [f"+4477009001{number},Ann,Leeds" for number in (23, 24, 25)]
    assert ask(rows, "--max-foreign", "3")[0] == 0
    code, report = ask(rows, "--max-foreign", "2")
    assert (code, _errors(report), report["sendable"]) == (3, ["too_many_foreign"], 3)


def test_consent_over_age_or_without_a_date_leaves_the_row_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, rejects = tmp_path / "list.csv", tmp_path / "rejects.csv"
    today = datetime.now(UTC).date()
    rows = [
        f"06 39 98 01 01,{today:%d/%m/%Y},",
        "06 39 98 01 02,31/12/2001,",
        "06 39 98 01 03,,",
        f"06 39 98 01 04,,{today:%Y-%m-%d}",
        f"06 39 98 01 05,{today.year + 2}-01-01,",
        "06 39 98 01 06,31/12/2001,no",
    ]
    header = "Mobile,SMS opt-in date,Date consentement SMS\n"
    path.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")

    options = ["--consent-max-age", "3y", "--accept", "unclear_consent", "--json"]
    assert run(cli, ["check", str(path), *options, "--rejects-out", str(rejects)]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert (answer["sendable"], answer["reasons"]) == (2, {"consent_expired": 4})
    written = rejects.read_text(encoding="utf-8-sig")
    assert "Consent was given on '31/12/2001', more than 3 years ago" in written
    assert "has no readable date of consent" in written


def test_an_age_of_consent_needs_a_column(ask: Any) -> None:  # noqa: ANN401
    rows = ["0639980102,Zoë,2001-12-31", f"0639980103,Ann,{datetime.now(UTC):%Y-%m-%d}"]
    code, report = ask(rows, "--consent-max-age", "3y")
    assert (code, _errors(report)) == (3, ["consent_date_missing"])
    code, report = ask(rows, "--consent-max-age", "3y", "--map", "consent_date=Ville")
    assert (code, report["reasons"]) == (0, {"consent_expired": 1})
    assert ask(rows)[1]["sendable"] == 2


def test_the_row_of_a_number_can_be_chosen_or_refused(ask: Any, tmp_path: Path) -> None:  # noqa: ANN401
    rows = ["0639980102,Zoë,", "0639980102,Zoë,Lyon", "+33639980102,,"]
    kept = {}
    for rule in ("first", "last", "most_complete"):
        out = tmp_path / "out.csv"
        options = ("--duplicates", rule, "--text", STOP, "--contacts-out", str(out))
        code, report = ask(rows, *options)
        assert (code, report["sendable"], report["duplicates"]) == (0, 1, 2)
        kept[rule] = out.read_text(encoding="utf-8-sig").splitlines()[1].split(",")[0]
    assert kept == {"first": "2", "last": "4", "most_complete": "3"}
    code, report = ask(rows, "--duplicates", "refuse")
    assert (code, _errors(report)) == (3, ["duplicates_refused"])


def test_a_value_of_51_characters_is_rejected_cut_or_stops(ask: Any, tmp_path: Path) -> None:  # noqa: ANN401
    rows = ["0639980102,Zoë,Metz", f"0639980103,Paul,{'V' * 51}"]
    code, report = ask(rows, "--text", STOP)
    assert (code, report["sendable"], report["reasons"]) == (0, 1, {"value_too_long": 1})
    out = tmp_path / "out.csv"
    code, report = ask(rows, "--text", STOP, "--long-values", "cut", "--contacts-out", str(out))
    assert (code, report["sendable"]) == (0, 2)
    assert f",{'V' * 50}," in out.read_text(encoding="utf-8-sig")
    code, report = ask(rows, "--text", STOP, "--long-values", "stop")
    assert (code, _errors(report), report["rejected"]) == (3, ["long_values"], 1)
    assert "row 3" in next(f["message"] for f in report["findings"] if f["code"] == "long_values")


def test_two_columns_called_phone_stop_until_one_is_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Phone,Phone\n0639980101,0639980102\n,0639980103\n", encoding="utf-8")

    def check(*options: str) -> tuple[int, list[str], list[str]]:
        out = tmp_path / "out.csv"
        line = ["check", str(path), "--json", "--contacts-out", str(out), *options]
        code = run(cli, line)
        report = json.loads(capsys.readouterr().out)
        lines = out.read_text(encoding="utf-8-sig").splitlines()[1:]
        return code, _errors(report), [line.split(",")[1] for line in lines]

    assert check()[:2] == (3, ["equal_columns"])
    assert check("--accept", "equal_columns") == (0, [], ["+33639980101", "+33639980103"])
    second = ("--map", "phone_number=2")
    assert check(*second) == (0, [], ["+33639980102", "+33639980103"])
    first = ("--map", "phone_number=1")
    assert check(*first, *second) == (0, [], ["+33639980101", "+33639980103"])


def test_a_field_has_one_column(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(HEADER + "0639980101,Zoë,Lyon\n", encoding="utf-8")
    twice = ["--map", "param1=Ville", "--map", "param1=Prénom"]
    assert run(cli, ["check", str(path), *twice]) == 2


def test_emails_where_numbers_belong_stop_until_accepted(ask: Any) -> None:  # noqa: ANN401
    rows = ["a@example.com,Zoë,", "b@example.com,Ana,", "0639980102,Bob,"]
    code, report = ask(rows)
    assert (code, _errors(report), report["reasons"]) == (
        3,
        ["emails_as_numbers"],
        {"not_a_number": 2},
    )
    assert ask(rows, "--accept", "emails_as_numbers")[0] == 0
