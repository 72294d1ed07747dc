"""Numbers of opt-out files are remembered, and read again when a campaign is resumed."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.machine import LATER, OTHER, PEOPLE, Answer, Machine, begin, export


def optouts(path: Path, people: list[str]) -> Path:
    path.write_text("\n".join(["Mobile", *people]), encoding="utf-8")
    return path


def test_a_second_try_without_the_option_texts_no_one_who_opted_out(
    machine: Machine, tmp_path: Path
) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), optouts(tmp_path / "no.csv", PEOPLE[:34])
    assert machine.send(file, "--optouts", no).json["contacts"]["sent"] == 266

    machine.send(file)
    machine.send(file, text=OTHER)

    assert not set(machine.texted) & set(PEOPLE[:34])


@pytest.mark.parametrize("header", ["Mobile\n", ""])
def test_numbers_on_standard_input_are_remembered_too(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    file = export(tmp_path / "list.csv", PEOPLE)
    typed = io.TextIOWrapper(io.BytesIO(f"{header}{PEOPLE[0]}\n".encode()))
    monkeypatch.setattr("sys.stdin", typed)
    assert machine.send(file, "--optouts", "-").json["contacts"]["sent"] == 299

    assert machine.send(file, text=OTHER).json["contacts"]["sent"] == 299
    assert PEOPLE[0] not in machine.texted


def test_numbers_are_forgotten_on_request(machine: Machine, tmp_path: Path) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), optouts(tmp_path / "no.csv", PEOPLE[:34])
    machine.send(file, "--optouts", no, "--forget-optouts")

    assert machine.send(file, text=OTHER).json["contacts"]["sent"] == 300


def test_resume_reads_the_opt_out_files_again(machine: Machine, tmp_path: Path) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), optouts(tmp_path / "no.csv", PEOPLE[:1])
    name = begin(file, optouts=(str(no),))
    optouts(no, PEOPLE[:10])
    more = optouts(tmp_path / "more.csv", PEOPLE[10:20])

    resumed = machine.run("resume", name, "--optouts", more, "--json")

    assert resumed.code == 0, resumed.err
    assert sorted(machine.texted) == PEOPLE[20:]


@pytest.mark.parametrize("command", ["send", "resume"])
def test_a_file_given_later_is_read_again_too(
    machine: Machine, tmp_path: Path, command: str
) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), optouts(tmp_path / "no.csv", PEOPLE[:1])
    name = begin(file)
    account = machine.sandbox.account
    account.options = replace(account.options, refuse=104)  # no credit
    if command == "send":
        machine.send(file, "--optouts", no)
    else:
        machine.run("resume", name, "--optouts", no)
    account.options = replace(account.options, refuse=None)
    assert machine.texted == []

    optouts(no, PEOPLE[:10])
    assert machine.run("resume", name).code == 0
    assert sorted(machine.texted) == PEOPLE[10:]


def test_a_repeated_send_reads_the_files_of_its_campaign_again(
    machine: Machine, tmp_path: Path
) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), optouts(tmp_path / "no.csv", PEOPLE[:1])
    begin(file, optouts=(str(no),))
    optouts(no, PEOPLE[:10])

    assert machine.send(file).code == 0

    assert sorted(machine.texted) == PEOPLE[10:]


@pytest.mark.parametrize("content", ["", "Mobile\n", "Mobile\nMarchand\nDupont\n"])
@pytest.mark.parametrize("command", ["resume", "send"])
def test_a_file_that_was_emptied_stops_until_that_is_accepted(
    machine: Machine, tmp_path: Path, command: str, content: str
) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), optouts(tmp_path / "no.csv", PEOPLE[:1])
    name = begin(file, optouts=(str(no),))
    no.write_text(content, encoding="utf-8")

    def go_on(*args: str) -> Answer:
        return (
            machine.send(file, *args) if command == "send" else machine.run("resume", name, *args)
        )

    stopped = go_on()
    assert stopped.code == 3
    assert "no.csv contains no phone number" in stopped.err + stopped.out
    assert machine.texted == []

    assert go_on("--accept", "optouts_empty").code == 0
    assert sorted(machine.texted) == PEOPLE[1:]


def test_a_finished_campaign_is_not_stopped_by_its_old_files(
    machine: Machine, tmp_path: Path
) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), optouts(tmp_path / "no.csv", PEOPLE[:1])
    machine.send(file, "--optouts", no)
    no.write_text("Mobile\n", encoding="utf-8")

    assert machine.send(file).json["nothing_new"] is True


def noes(path: Path, people: list[str], refusing: int) -> Path:
    """Write a list in which the first people ask not to be contacted."""
    lines = [
        f"P{at},{number},{'oui' if at < refusing else 'non'}" for at, number in enumerate(people)
    ]
    header = "Prénom,Mobile,Ne pas contacter"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def test_a_no_in_a_list_that_waits_elsewhere_is_obeyed_there(
    machine: Machine, tmp_path: Path
) -> None:
    name = begin(export(tmp_path / "yesterday.csv", PEOPLE))

    refused = machine.send(noes(tmp_path / "today.csv", PEOPLE, refusing=5))
    assert f"bulksms resume {name}" in refused.json["error"]["message"]
    machine.run("resume", name)

    assert sorted(machine.texted) == PEOPLE[5:]


def test_a_no_in_a_list_that_is_refused_or_has_no_new_people_is_obeyed(
    machine: Machine, tmp_path: Path
) -> None:
    machine.send(export(tmp_path / "first.csv", LATER[:5]), text=OTHER)
    name = begin(export(tmp_path / "yesterday.csv", PEOPLE))

    today = noes(tmp_path / "today.csv", PEOPLE[:5] + LATER[:5], refusing=5)
    assert machine.send(today, text=OTHER).json["nothing_new"] is True
    only_noes = noes(tmp_path / "noes.csv", PEOPLE[5:9], refusing=4)
    assert machine.send(only_noes, text=OTHER).code == 3
    machine.run("resume", name)

    assert sorted(machine.texted) == PEOPLE[9:] + LATER[:5]


def test_a_no_in_a_list_whose_name_is_taken_is_obeyed(machine: Machine, tmp_path: Path) -> None:
    name = begin(export(tmp_path / "yesterday.csv", PEOPLE))

    today = noes(tmp_path / "today.csv", PEOPLE[:5] + LATER[:5], refusing=5)
    refused = machine.send(today, "--campaign", name, text=OTHER)
    assert refused.json["error"]["problem"] == "campaign_exists"
    machine.run("resume", name)

    assert sorted(machine.texted) == PEOPLE[5:]


def test_numbers_of_a_list_that_was_refused_are_remembered(
    machine: Machine, tmp_path: Path
) -> None:
    file, no = export(tmp_path / "list.csv", PEOPLE), optouts(tmp_path / "no.csv", PEOPLE[:34])

    refused = machine.send(file, "--optouts", no, "--max-cost", "0.01")
    assert refused.code == 3, refused.err
    machine.send(file)

    assert sorted(machine.texted) == PEOPLE[34:]


def test_a_person_who_opts_out_in_todays_file_leaves_the_campaign_of_yesterday_too(
    machine: Machine, tmp_path: Path
) -> None:
    name = begin(export(tmp_path / "yesterday.csv", PEOPLE))
    today = tmp_path / "today.csv"
    lines = [f"{number},{'oui' if at < 5 else 'non'}" for at, number in enumerate(PEOPLE + LATER)]
    today.write_text("\n".join(["Mobile,Ne pas contacter", *lines]), encoding="utf-8")

    assert machine.send(today, text=OTHER).code == 0
    machine.run("resume", name, "--json")

    assert not set(machine.texted) & set(PEOPLE[:5])
    assert len(machine.texted) == 2 * 295 + 300
