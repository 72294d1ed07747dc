"""People of refused frames are reached by an explicit order, once the cause is corrected."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.machine import LATER, OTHER, PEOPLE, TEXT, Answer, Machine, export

LIST = PEOPLE + LATER
NO_CORRECT_NUMBER = 117


def refuse(machine: Machine, code: int | None, after: int = 0) -> None:
    account = machine.sandbox.account
    account.options = replace(account.options, refuse=code, refuse_after=after)


def send_refused(machine: Machine, file: Path, code: int = NO_CORRECT_NUMBER) -> str:
    """Send two frames of which the second is refused, and return the campaign's name."""
    refuse(machine, code, after=1)
    sent = machine.send(file, "--frame-size", "300")
    assert (sent.json["contacts"]["sent"], sent.json["contacts"]["failed"]) == (300, 300)
    refuse(machine, None)
    name: str = sent.json["campaign"]
    return name


def retry(machine: Machine, command: str, file: Path, name: str) -> Answer:
    if command == "resume":
        return machine.run("resume", name, "--retry-refused", "--json")
    return machine.send(file, "--frame-size", "300", "--retry-refused")


def test_the_report_says_how_to_reach_them(machine: Machine, tmp_path: Path) -> None:
    name = send_refused(machine, export(tmp_path / "list.csv", LIST))

    steps = machine.run("status", name, "--json").json["next_steps"]

    assert any(f"run `bulksms resume {name} --retry-refused`" in step for step in steps)


def test_without_the_order_a_repeat_reaches_no_one(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", LIST)
    name = send_refused(machine, file)

    assert machine.send(file, "--frame-size", "300").json["nothing_new"] is True
    machine.run("resume", name)
    assert sorted(machine.texted) == PEOPLE


@pytest.mark.parametrize("command", ["send", "resume"])
def test_the_order_reaches_them_once(machine: Machine, tmp_path: Path, command: str) -> None:
    file = export(tmp_path / "list.csv", LIST)
    name = send_refused(machine, file)

    retried = retry(machine, command, file, name)

    assert retried.code == 0, retried.err + retried.out
    assert retried.json["campaign"] == name
    assert (retried.json["contacts"]["sent"], retried.json["contacts"]["failed"]) == (600, 0)
    assert sorted(machine.texted) == LIST
    retry(machine, command, file, name)
    assert sorted(machine.texted) == LIST


def test_check_says_what_the_order_does(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", LIST)
    send_refused(machine, file)
    line = ("check", file, "--text", TEXT, "--frame-size", "300", "--json")

    assert machine.run(*line).json["sendable"] == 0
    assert machine.run(*line, "--retry-refused").json["sendable"] == 300


def test_a_person_who_opted_out_since_is_not_in_it(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", LIST)
    name = send_refused(machine, file)
    machine.run("optout", "add", LATER[0])

    contacts = retry(machine, "resume", file, name).json["contacts"]

    assert sorted(machine.texted) == PEOPLE + LATER[1:]
    assert sum(contacts.values()) == 600


def test_a_person_who_got_the_text_in_another_campaign_is_not_texted_again(
    machine: Machine, tmp_path: Path
) -> None:
    name = send_refused(machine, export(tmp_path / "list.csv", LIST))
    corrected = export(tmp_path / "corrected.csv", LIST[:-1])
    assert machine.send(corrected).json["contacts"]["sent"] == 299

    retried = machine.run("resume", name, "--retry-refused")

    assert "299 of its people got the text in another campaign" in retried.err
    assert sorted(machine.texted) == LIST[:-1]


def test_a_person_who_got_the_very_text_by_another_template_is_not_texted_again(
    machine: Machine, tmp_path: Path
) -> None:
    name = send_refused(machine, export(tmp_path / "list.csv", LIST))
    lines = [f"Anna,P{300 + at},{number}" for at, number in enumerate(LATER)]
    other = tmp_path / "other.csv"
    other.write_text("\n".join(["Prénom,Nom,Mobile", *lines, ""]), encoding="utf-8")
    sent = machine.send(other, text="Bonjour {last_name}. STOP au 30101")
    assert sent.json["contacts"]["sent"] == 300

    retried = machine.run("resume", name, "--retry-refused")

    assert "300 of its people got the text in another campaign" in retried.err
    assert sorted(machine.texted) == LIST


def test_a_simulation_of_the_text_keeps_no_one_from_it(machine: Machine, tmp_path: Path) -> None:
    name = send_refused(machine, export(tmp_path / "list.csv", LIST))
    assert machine.send(export(tmp_path / "later.csv", LATER), "--simulate").code == 0

    retried = machine.run("resume", name, "--retry-refused", "--json")

    assert retried.json["contacts"]["sent"] == 600, retried.err
    assert sorted(machine.texted) == LIST


def test_a_person_who_said_no_in_a_later_list_is_not_in_it(
    machine: Machine, tmp_path: Path
) -> None:
    name = send_refused(machine, export(tmp_path / "list.csv", LIST))
    lines = [f"{number},{'oui' if number == LATER[0] else 'non'}" for number in LATER]
    today = tmp_path / "today.csv"
    today.write_text("\n".join(["Mobile,Ne pas contacter", *lines, ""]), encoding="utf-8")
    assert machine.send(today, text=OTHER).json["contacts"]["sent"] == 299

    contacts = machine.run("resume", name, "--retry-refused", "--json").json["contacts"]

    assert LATER[0] not in machine.texted
    assert (contacts["sent"], sum(contacts.values())) == (599, 600)


def test_a_frame_that_is_refused_again_stays_refused(machine: Machine, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", LIST)
    name = send_refused(machine, file)
    refuse(machine, NO_CORRECT_NUMBER)

    retried = retry(machine, "resume", file, name)

    assert (retried.code, retried.json["contacts"]["failed"]) == (1, 300)
    assert sorted(machine.texted) == PEOPLE
