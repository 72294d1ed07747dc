"""The options that say what is written: where a text comes from, and what it becomes."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from bulksms.cli.options.requests import read_stdin
from bulksms.plan.options import MessageOptions

STOP = " STOP au 30101"


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")


@pytest.fixture
def source(tmp_path: Path) -> str:
    path = tmp_path / "list.csv"
    rows = ["Mobile,Pr\u00e9nom,Ville", "06 39 98 01 02,Lo\u00efc,Lyon", "06 39 98 01 03,,Nantes"]
    path.write_text("\n".join(rows), encoding="utf-8")
    return str(path)


def checked(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> dict[str, Any]:
    assert run(cli, ["check", *args, "--json"]) == code
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def speak(monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said)))


def test_the_text_comes_by_the_standard_input(
    source: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    speak(monkeypatch, "\ufeff\u00c9t\u00e9\r\nSTOP au 30101\r\n".encode())

    report = checked(capsys, source, "--text-file", "-")

    assert report["message"]["segments_total"] == 2


def test_the_text_on_standard_input_is_that_of_every_list_of_a_watched_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speak(monkeypatch, b"Bonjour\n")
    options = MessageOptions(text_file=Path("-"))

    assert [read_stdin(options).text for _ in range(2)] == ["Bonjour", "Bonjour"]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("check - --text-file -", "the list and --text-file"),
        ("check - --optouts -", "the list and --optouts"),
        ("check - -", "the list and the list"),
        ("check list.csv --guest-list - --guest-list -", "--guest-list and --guest-list"),
        ("check list.csv --optouts - --guest-list -", "--optouts and --guest-list"),
        ("send - --text x --yes --optouts -", "the list and --optouts"),
        ("send - --text x --dry-run --optouts -", "the list and --optouts"),
        ("run CAMPAIGN --text-file - --guest-list -", "--guest-list and --text-file"),
    ],
)
def test_standard_input_is_one_file_only(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    line: str,
    named: str,
) -> None:
    speak(monkeypatch, b"Mobile\n+33639980101\n")
    campaign = tmp_path / "campaign.toml"
    campaign.write_text('files = "list.csv"\n', encoding="utf-8")

    assert run(cli, [str(campaign) if each == "CAMPAIGN" else each for each in line.split()]) == 2
    assert f"Standard input cannot be {named} at once" in capsys.readouterr().err
    assert sys.stdin.read()


@pytest.mark.parametrize(
    ("policy", "code", "counts", "level"),
    [("allow", 0, (2, 0), "warning"), ("drop", 0, (1, 1), None), ("stop", 3, (2, 0), "error")],
)
def test_three_policies_for_an_empty_cell_have_three_outcomes(
    source: str,
    capsys: pytest.CaptureFixture[str],
    policy: str,
    code: int,
    counts: tuple[int, int],
    level: str | None,
) -> None:
    text = "Bonjour {first_name}." + STOP

    report = checked(
        capsys, source, "--text", text, "--empty", policy, "--max-rejected", "60", code=code
    )

    assert (report["sendable"], report["rejected"]) == counts
    levels = {finding["code"]: finding["level"] for finding in report["findings"]}
    assert levels.get("empty_values") == level
    assert report["reasons"] == ({"missing_value": 1} if policy == "drop" else {})


def test_plain_makes_the_text_cheap_and_leaves_nothing_to_the_provider(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "F\u00eate chez {first_name|nous}, l\u2019entr\u00e9e est libre "
        "jusqu\u2019\u00e0 minuit et demie." + STOP
    )
    contacts = tmp_path / "contacts.csv"

    expensive = checked(capsys, source, "--text", text)
    cheap = checked(capsys, source, "--text", text, "--plain", "--contacts-out", str(contacts))

    assert (expensive["message"]["encoding"], cheap["message"]["encoding"]) == ("ucs2", "gsm7")
    assert expensive["segments"]["total_plain"] == cheap["message"]["segments_total"] == 2
    assert expensive["message"]["segments_total"] == 4
    assert [character["character"] for character in expensive["segments"]["characters"]] == [
        "\u00ea",
        "\u2019",
        "\u00ef",
    ]
    assert "dear_characters" in {finding["code"] for finding in expensive["findings"]}
    assert "Loic" in contacts.read_text(encoding="utf-8-sig")


def test_a_text_of_seven_columns_names_what_travels_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("Mobile,A,B,C,D,E,F,G\n06 39 98 01 02,a,b,c,d,e,f,g\n", encoding="utf-8")

    report = checked(capsys, str(path), "--text", "{A}-{B}-{C}-{D}-{E}-{F}-{G}" + STOP)

    params = [report["mapping"][f"param{n}"] for n in range(1, 6)]
    assert sorted(" + ".join(params).split(" + ")) == list("ABCDEFG")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("longst", "'longst' is not valid (did you mean 'longest'?): give first, "),
        ("FIRST", "(did you mean 'first'?)"),
        (
            "17",
            "'17' is not valid: give first, longest, costliest, random, row:N, or a phone number",
        ),
        ("07700 900123", "with + and the code of its country unless that is FR."),
    ],
)
@pytest.mark.parametrize("origin", ["line", "environment", "settings"])
def test_a_preview_that_would_show_nothing_is_refused_wherever_it_is(
    word: str,
    expected: str,
    origin: str,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = Path(source).parent
    monkeypatch.setenv("BULKSMS_HOME", str(home))
    if origin == "environment":
        monkeypatch.setenv("BULKSMS_PREVIEW", f"dearest;{word}")
    if origin == "settings":
        (home / "settings.toml").write_text(f'preview = "{word}"\n', encoding="utf-8")

    line = ["--preview", word] if origin == "line" else []
    code = run(cli, ["check", source, "--text", "Hi" + STOP, *line])

    assert code == 2
    assert expected in capsys.readouterr().err


def test_previews_of_the_environment_may_have_spaces_between_them(
    source: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BULKSMS_PREVIEW", "dearest; +33 6 39 98 01 03;")

    report = checked(capsys, source, "--text", "Hi" + STOP)

    asked = {
        request: preview["row"] for preview in report["preview"] for request in preview["asked"]
    }
    assert asked["+33 6 39 98 01 03"] == 3


@pytest.mark.parametrize("option", ["--text-file", "--map-file", "--corrections", "--tariff"])
def test_a_folder_in_place_of_a_file_is_input_that_cannot_be_read(
    capsys: pytest.CaptureFixture[str], source: str, tmp_path: Path, option: str
) -> None:
    assert run(cli, ["check", source, option, str(tmp_path)]) == 3
    assert f"{tmp_path} cannot be read" in capsys.readouterr().err
