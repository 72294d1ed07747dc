"""The files asked for when a campaign began are the ones that resume writes."""

import csv
from pathlib import Path

import pytest

from bulksms.results.result_files import ResultFiles
from bulksms.use_cases.context import RunOptions
from tests.integration.machine import PEOPLE, Machine, begin, export


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_resumed_campaign_writes_to_the_files_it_began_with(
    machine: Machine, tmp_path: Path
) -> None:
    results, people = tmp_path / "frames.csv", tmp_path / "people.csv"
    outputs = RunOptions(hours=None, files=ResultFiles(results=results, contact_results=people))
    begin(export(tmp_path / "list.csv", PEOPLE), run_options=outputs)

    resumed = machine.run("resume")

    assert resumed.code == 0, resumed.err
    assert f"Results: {results}" in resumed.out
    assert [row["state"] for row in _rows(results)] == ["accepted"]
    assert {row["bulksms_class"] for row in _rows(people)} == {"sent"}


def test_a_result_that_cannot_be_written_has_an_exit_code_and_is_never_quiet(
    machine: Machine, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    unwritable = tmp_path / "file" / "people.csv"

    sent = machine.send(
        export(tmp_path / "list.csv", PEOPLE), "--contact-results", unwritable, "--quiet"
    )

    assert sent.code == 74
    assert f"{unwritable} cannot be written" in sent.err
    assert sent.json["contacts"]["sent"] == 300


def test_the_option_for_results_is_named_where_their_first_file_cannot_be_written(
    machine: Machine, tmp_path: Path
) -> None:
    file, folder = export(tmp_path / "list.csv", PEOPLE), tmp_path / "usb"
    folder.mkdir()
    assert machine.send(file, "--results", folder / "frames.csv").code == 0
    (folder / "frames.csv").unlink()
    folder.rmdir()
    folder.write_text("no folder", encoding="utf-8")

    again = machine.send(file)

    assert again.code == 3
    message = again.json["error"]["message"]
    assert f"{folder / 'frames.csv'} cannot be written" in message
    assert message.endswith("To write the results to another file, use --results.")
    assert machine.send(file, "--results", tmp_path / "frames.csv").json["nothing_new"] is True


@pytest.mark.parametrize("option", ["--results", "--contact-results"])
@pytest.mark.parametrize("command", ["resume", "report"])
def test_the_files_that_a_campaign_read_are_never_overwritten(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, option: str
) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), tmp_path / "no.csv"
    no.write_text(f"Mobile\n{PEOPLE[0]}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    name = begin(Path(file.name), optouts=(no.name,))
    read = {path: path.read_bytes() for path in (file, no)}
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    for path in read:
        refused = machine.run(command, name, option, path)
        assert refused.code == 2
        assert "would overwrite a file that is read" in refused.err

    assert {path: path.read_bytes() for path in read} == read
    assert machine.texted == []
