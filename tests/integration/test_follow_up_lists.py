"""The lists that a report writes can be loaded again, and text only those who are left."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.sandbox.script import ScriptedReply
from tests.integration.machine import Machine

PEOPLE = [f"+336399{80000 + person}" for person in range(600)]
NAMES = ("failed", "not-attempted", "in-doubt", "to-correct", "dead-numbers")


@pytest.fixture
def picky(machine: Machine) -> Iterator[Machine]:
    """Refuse the second request, and with it 300 people."""
    script = (ScriptedReply(first=2, last=2, code=181),)
    with Sandbox(SandboxOptions(script=script)) as sandbox, pytest.MonkeyPatch.context() as patch:
        patch.setenv("BULKSMS_BASE_URL", sandbox.base_url)
        yield Machine(sandbox, machine.capsys)


def _list(path: Path) -> Path:
    lines = [f"P{at};{number}" for at, number in enumerate(PEOPLE)]
    path.write_text("\n".join(["Prénom;Mobile", *lines, "Paul;demander"]), encoding="utf-8")
    return path


def _people(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["Mobile"] for row in csv.DictReader(file, delimiter=";")]


def test_the_failed_list_texts_exactly_those_who_were_refused(
    picky: Machine, tmp_path: Path
) -> None:
    sent = picky.send(_list(tmp_path / "list.csv"), "--campaign", "spring")
    assert (sent.code, sent.json["contacts"]["failed"]) == (1, 300)
    failed = tmp_path / "again.csv"

    assert picky.run("report", "spring", "--failed", failed).code == 0

    assert _people(failed) == PEOPLE[300:]
    again = picky.send(failed, "--campaign", "spring-2")
    assert (again.code, again.json["contacts"]["sent"]) == (0, 300)
    assert sorted(picky.texted) == sorted(PEOPLE)


def test_a_folder_gets_every_list_also_the_empty_ones(picky: Machine, tmp_path: Path) -> None:
    picky.send(_list(tmp_path / "list.csv"), "--campaign", "spring")

    answer = picky.run("report", "spring", "--follow-up", tmp_path / "lists")

    assert answer.code == 0, answer.err
    counts = {}
    for name in NAMES:
        path = tmp_path / "lists" / f"spring-{name}.csv"
        assert f"Written: {path}" in answer.out
        counts[name] = len(path.read_text(encoding="utf-8-sig").splitlines()) - 1
    assert list(counts.values()) == [300, 0, 0, 1, 0]


def test_a_corrected_row_is_sent_and_no_one_else(picky: Machine, tmp_path: Path) -> None:
    picky.send(_list(tmp_path / "list.csv"), "--campaign", "spring")
    rows = tmp_path / "rows.csv"
    picky.run("report", "spring", "--to-correct", rows)
    rows.write_text(
        rows.read_text(encoding="utf-8-sig").replace("demander", "06 39 98 90 90"), encoding="utf-8"
    )
    before = len(picky.texted)

    again = picky.send(rows)

    assert again.json["contacts"]["sent"] == 1
    assert picky.texted[before:] == ["+33639989090"]


def test_a_list_overwrites_no_other_file(picky: Machine, tmp_path: Path) -> None:
    same = tmp_path / "list.csv"

    answer = picky.run("report", "spring", "--failed", same, "--in-doubt", same)

    assert answer.code == 2
    assert "give each its own file" in answer.err
