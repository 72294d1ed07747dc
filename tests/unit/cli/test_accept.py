"""What only people can know stops the sending, until they say that it is right."""

import json
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from tests.corpus.formats import xls

HEADER = "Mobile,Name\n"
ADA, BO = "0639980001,Ada\n", "0639980002,Bo\n"
CASES: dict[str, bytes] = {
    "gap": (HEADER + ADA + "\n" * 101 + BO).encode(),
    "last_line_incomplete": (HEADER + ADA + "0639980002").encode(),
    "double_encoded": (HEADER + ADA.replace("Ada", "Z\u00c3\u00a9")).encode(),
    "replacement_characters": (HEADER + ADA.replace("Ada", "Zo\ufffd")).encode(),
    "lone_cr": (HEADER + ADA + BO.replace("\n", "\r") + ADA).encode(),
    "ragged_rows": (HEADER + ADA * 5 + "0639980002,Bo,1\n" * 2).encode(),
    "encoding_doubtful": (HEADER + ADA + BO.replace("Bo", "S\u0119k")).encode("cp1250"),
    "leftover_codes": (HEADER + ADA.replace("Ada", "Zo%C3%A9")).encode(),
    "two_header_rows": (HEADER + "phone,first\n" + ADA + BO).encode(),
    "utf16_without_bom": (HEADER + ADA).encode("utf-16-le"),
    "separator_tie": b"Mobile;Name,a\n0639980001;Ada,b\n",
    "header_looks_like_data": b"0639980001,Mobile\n0639980003,0639980002\n",
    "cut_by_excel": xls([["Mobile", "Name"], ["0639980001", "Ada"], *[[]] * 65_533, ["x"]]),
}


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")


def check(
    path: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, dict[str, dict[str, Any]]]:
    code = run(cli, ["check", str(path), "--json", *more])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return code, {finding["code"]: finding for finding in findings}


@pytest.mark.parametrize("case", CASES)
def test_a_doubtful_file_is_asked_about_and_an_answer_is_enough(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CASES[case])
    code, findings = check(path, capsys)
    assert (code, findings[case]["level"]) == (3, "error")
    assert findings[case]["message"].endswith(f"; if this is right, add --accept {case}.")
    others = ["--accept", "unclear_consent"]
    if case == "cut_by_excel":  # the last row is far below the others
        others += ["--accept", "gap"]
    code, findings = check(path, capsys, *others, "--accept", case)
    assert (code, findings[case]["level"]) == (0, "warning")
    assert "--accept" not in findings[case]["message"]


def test_the_answer_may_stand_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BULKSMS_ACCEPT", "lone_cr; gap;")
    (tmp_path / "a.csv").write_bytes(CASES["gap"])
    assert check(tmp_path / "a.csv", capsys)[0] == 0


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("emails_as_number", " (did you mean 'emails_as_numbers'?):"),
        ("Lone-CR", " (did you mean 'lone_cr'?):"),
        ("everything", "'everything' is not the code of a question:"),
    ],
)
@pytest.mark.parametrize("source", ["line", "environment", "settings"])
def test_a_code_that_nothing_has_is_refused_wherever_it_is(
    word: str,
    expected: str,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.csv").write_text(HEADER + ADA, encoding="utf-8")
    monkeypatch.setenv("BULKSMS_HOME", str(tmp_path))
    if source == "environment":
        monkeypatch.setenv("BULKSMS_ACCEPT", f"gap;{word}")
    if source == "settings":
        (tmp_path / "settings.toml").write_text(f'accept = ["{word}"]\n', encoding="utf-8")

    line = ["--accept", word] if source == "line" else []
    code = run(cli, ["check", str(tmp_path / "a.csv"), *line])

    shown = capsys.readouterr().err
    assert code == 2
    assert expected in shown
    assert "use the code that `bulksms check` shows with the question" in shown


def test_what_the_law_asks_for_cannot_be_accepted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ADA, encoding="utf-8")
    code, findings = check(path, capsys, "--text", "Hi")
    assert (code, findings["stop_mention_missing"]["level"]) == (3, "error")

    line = ["--text", "Hi", "--accept", "stop_mention_missing"]
    assert run(cli, ["check", str(path), *line]) == 2


def test_a_header_row_answers_two_header_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CASES["two_header_rows"])
    code, findings = check(path, capsys, "--accept", "unclear_consent", "--header-row", "2")
    assert (code, "two_header_rows" in findings) == (0, False)
    assert run(cli, ["check", str(path), "--header-row", "2", "--no-header"]) == 2
