"""`bulksms run`: a saved campaign on the dump of each night."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.integration.machine import LATER, PEOPLE, Answer, Machine, export

ROOT = Path(__file__).parents[2]
WELCOME = """\
files = "dump*.csv"
text = "Bonjour {first_name}, bienvenue. STOP au 30101"
sender = "SHOP"
only_new = true
"""


class Night:
    """A campaign file in a folder of its own, and one run of it."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine, self.file = machine, folder / "welcome.toml"
        self.write()

    def write(self, *lines: str) -> None:
        self.file.write_text("\n".join([WELCOME, *lines]), encoding="utf-8")

    def run(self, people: list[str] | None, *args: str, dump: str = "dump.csv") -> Answer:
        if people is not None:
            export(self.file.with_name(dump), people)
        return self.machine.run("run", self.file, "--json", *args)

    @property
    def texted(self) -> list[str]:
        return sorted(self.machine.texted)


@pytest.fixture
def night(machine: Machine, tmp_path: Path) -> Night:
    return Night(machine, tmp_path)


def test_the_first_run_texts_everyone(night: Night) -> None:
    answer = night.run(PEOPLE)

    assert answer.code == 0, answer.err
    assert answer.json["contacts"]["sent"] == 300
    assert answer.json["series"] == "welcome"
    assert answer.json["nothing_new"] is False
    assert night.texted == PEOPLE


def test_without_a_list_there_is_nothing_to_do_and_nothing_is_said(night: Night) -> None:
    answer = night.run(None)
    quiet = night.machine.run("run", night.file)

    assert (answer.code, answer.json["nothing_new"], answer.json["files"]) == (0, True, [])
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


def test_two_new_rows_are_texted_and_no_one_else(night: Night) -> None:
    night.run(PEOPLE)
    answer = night.run(PEOPLE + LATER[:2])

    assert (answer.code, answer.json["contacts"]["sent"]) == (0, 2)
    assert night.texted == sorted(PEOPLE + LATER[:2])


def test_a_dump_of_3_rows_stops(night: Night) -> None:
    night.write("min_rows = 100")
    answer = night.run(PEOPLE[:3])

    assert answer.code == 3
    assert "fewer than the 100 of min_rows" in answer.json["error"]["message"]
    assert night.texted == []


def test_an_option_wins_over_the_file(night: Night) -> None:
    night.write('allow_country = "GB"')

    assert night.run(PEOPLE[:3]).code == 3
    assert night.run(None, "--allow-country", "FR").json["contacts"]["sent"] == 3


def test_the_plan_of_a_run_sends_nothing(night: Night) -> None:
    answer = night.run(PEOPLE, "--plan")

    assert (answer.code, answer.json["sendable"]) == (0, 300)
    assert night.texted == []


def test_the_run_of_the_readme_texts_the_new_people_of_the_sample_once(
    machine: Machine, tmp_path: Path
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = re.search(r"^\$ bulksms run sample_data/(\S+)$", readme, re.MULTILINE)
    assert line is not None
    for name in (line[1], "crm-dump.csv", "opt-outs.csv"):
        shutil.copy(ROOT / "sample_data" / name, tmp_path)

    first = machine.run("run", tmp_path / line[1])
    again = machine.run("run", tmp_path / line[1])

    assert (first.code, again.code) == (0, 0), first.err
    assert "6 sent" in first.out
    assert (again.out, again.err) == ("", "")
    assert len(machine.texted) == 6


def test_the_plan_without_a_list_has_the_keys_of_a_plan(night: Night) -> None:
    answer = night.run(None, "--plan")

    assert (answer.code, answer.json["rows"], answer.json["nothing_new"]) == (0, 0, True)
    assert answer.json["files"] == answer.json["findings"] == []


def test_a_value_comes_from_the_option_the_environment_the_file_and_the_settings_in_this_order(
    night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir(mode=0o700)
    settings = tmp_path / "home" / "settings.toml"
    settings.write_text('sender = "SETTINGS"\nlist_name = "from settings"\n', encoding="utf-8")
    settings.chmod(0o600)

    def sender(*args: str) -> str:
        answer = night.run(PEOPLE[:3], "--plan", *args)
        assert answer.code == 0, answer.err
        return str(answer.json["sender"])

    assert sender() == "SHOP"
    monkeypatch.setenv("BULKSMS_SENDER", "ENVIRON")
    assert sender() == "ENVIRON"
    assert sender("--sender", "OPTION") == "OPTION"
    monkeypatch.delenv("BULKSMS_SENDER")
    night.file.write_text(WELCOME.replace('sender = "SHOP"\n', ""), encoding="utf-8")
    assert sender() == "SETTINGS"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("min_row = 5", "welcome.toml, line 6: 'min_row' is not a setting (did you mean 'min_"),
        ('purpose = "advert"', "welcome.toml, line 6: purpose 'advert' is not valid"),
        ("concurrency = 65", "welcome.toml, line 6: concurrency 65 is not valid: give a number"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_sent(night: Night, line: str, sentence: str) -> None:
    night.write(line)
    answer = night.run(PEOPLE[:3])

    assert (answer.code, answer.json["error"]["name"]) == (2, "UsageError")
    assert sentence in answer.json["error"]["message"]
    assert night.texted == []


def test_a_test_goes_to_ones_own_number_and_counts_for_no_one(night: Night) -> None:
    answer = night.run(PEOPLE[:3], "--test-to", "+33639989999")

    assert answer.code == 0, answer.err
    assert night.texted == ["+33639989999"]
    assert night.run(None).json["contacts"]["sent"] == 3


def test_a_list_without_its_marker_is_not_read(night: Night) -> None:
    night.write('done_marker = "{name}.done"')
    waiting = night.run(PEOPLE)
    marker = night.file.with_name("dump.csv.done")
    marker.write_text("301")
    miscounted = night.run(None)
    marker.write_text("300")
    os.utime(marker, (1, 1))
    old = night.run(None)
    marker.write_text("rows=300")

    assert (waiting.code, miscounted.code, old.code) == (3, 3, 3)
    assert "dump.csv.done is missing" in waiting.json["error"]["message"]
    assert "its marker announces 301" in miscounted.json["error"]["message"]
    assert "is newer than dump.csv.done" in old.json["error"]["message"]
    assert night.texted == []
    assert night.run(None).code == 0
    assert night.texted == PEOPLE
