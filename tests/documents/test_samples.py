"""The sample files are the recipe's, and `check` says of them what their page says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from sample_data.make_samples import samples

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_data"
TEXT = "Bonjour {first_name}, -20% ce samedi à {Ville}. STOP au 30101"
OPT_OUTS = ("--optouts", str(SAMPLES / "opt-outs.csv"))


@pytest.fixture(autouse=True)
def _rehearsal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", "test-x")


def _check(capsys: pytest.CaptureFixture[str], name: str, *options: str) -> dict[str, Any]:
    assert run(cli, ["check", str(SAMPLES / name), "--json", *options]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


@pytest.mark.parametrize("name", samples())
def test_a_sample_is_what_its_recipe_makes(name: str) -> None:
    assert (SAMPLES / name).read_bytes() == samples()[name]


def test_the_sandbox_rehearses_with_the_same_contacts() -> None:
    ours = (ROOT / "bulksms" / "sandbox" / "sample.csv").read_bytes()

    assert ours == (SAMPLES / "contacts.csv").read_bytes()


@pytest.mark.parametrize("name", ["contacts.csv", "contacts-windows.csv", "contacts.xlsx"])
def test_all_twenty_people_can_be_texted(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = _check(capsys, name, "--text", TEXT)

    assert (report["rows"], report["sendable"], report["frames"]) == (20, 20, [20])
    assert report["mapping"]["phone_number"] == ["Téléphone portable"]
    assert report["ignored_columns"] == ["Code postal"]


@pytest.mark.parametrize(
    ("name", "encoding", "delimiter"),
    [
        ("contacts.csv", "utf-8", ","),
        ("contacts-windows.csv", "cp1252", ";"),
        ("contacts.xlsx", None, None),
    ],
)
def test_a_sample_is_read_in_its_own_encoding(
    name: str, encoding: str | None, delimiter: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = _check(capsys, name)["files"]

    assert (file["encoding"], file["delimiter"]) == (encoding, delimiter)


def test_one_of_the_twenty_has_opted_out(capsys: pytest.CaptureFixture[str]) -> None:
    report = _check(capsys, "contacts.csv", *OPT_OUTS)

    assert (report["sendable"], report["opted_out"]) == (19, 1)


def test_the_messy_list_adds_up_to_what_its_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    report = _check(capsys, "messy.csv", *OPT_OUTS, "--text", TEXT)

    names = ("rows", "sendable", "rejected", "duplicates", "opted_out", "repaired")
    assert [report[name] for name in names] == [17, 6, 9, 1, 1, 1]


def test_every_messy_row_is_rejected_for_what_its_page_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = (SAMPLES / "README.md").read_text(encoding="utf-8")
    expected = dict(re.findall(r"^\| (\d+) \| [^|]* \| `(\w+)` \|$", page, re.MULTILINE))
    rejects = tmp_path / "rejects.csv"

    _check(capsys, "messy.csv", *OPT_OUTS, "--text", TEXT, "--rejects-out", str(rejects))

    lines = rejects.read_text(encoding="utf-8-sig")
    assert len(expected) == 11
    assert dict(re.findall(r",(\d+),([a-z_]+),[^\n]*$", lines, re.MULTILINE)) == expected


def test_a_british_number_can_be_kept_out_of_a_french_list(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = _check(capsys, "messy.csv", "--allow-country", "FR")

    assert report["reasons"]["country_not_allowed"] == 1
