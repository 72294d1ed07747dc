"""A test goes to the operator's own number only, and counts for no one."""

from pathlib import Path

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions
from tests.acceptance.driver import export
from tests.integration.machine import Answer, Machine

TEXT = "Bonjour {first_name} de {Ville}. STOP au 30101"
MINE = "+33639989999"


class Desk(Machine):
    def send(self, file: Path, *args: str | Path, text: str = TEXT) -> Answer:
        return super().send(file, "--sender", "DESK", *args, text=text)


@pytest.fixture
def desk(machine: Machine) -> Desk:
    return Desk(machine.sandbox, machine.capsys)


def test_after_a_test_everyone_is_still_unsent(desk: Desk, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", 3)

    test = desk.send(file, "--test-to", "06 39 98 99 99")
    assert test.code == 0, test.err
    assert "-test-" in test.json["campaign"]
    assert test.json["contacts"]["sent"] == 1
    assert desk.texted == [MINE]

    again = desk.send(file, "--test-to", MINE, "--preview", "06 39 98 00 02")
    assert again.code == 0, again.err
    assert desk.texted == [MINE, MINE]
    assert "Row 4, +33639980002" in again.err
    assert "| Bonjour P0002 de V0002." in again.err

    real = desk.send(file)
    assert real.code == 0, real.err
    assert real.json["contacts"]["sent"] == 3
    assert desk.texted[2:] == [f"+3363998000{who}" for who in range(3)]


def test_a_test_in_doubt_is_not_sent_again_and_no_one_else_is_touched(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = export(tmp_path / "list.csv", 3)
    broken = SandboxOptions(faults=1.0, fault_kinds=("502_after_accept",))
    with Sandbox(broken) as sandbox, monkeypatch.context() as patch:
        patch.setenv("BULKSMS_BASE_URL", sandbox.base_url)
        test = desk.send(file, "--campaign", "spring", "--test-to", MINE)
        assert test.code == 5, test.err
        assert test.json["contacts"]["in_doubt"] == 1

        assert desk.run("resume", test.json["campaign"], "--json").code == 5
        assert [frame.recipients for frame in sandbox.accepted] == [(MINE,)]

    assert desk.send(file, "--campaign", "spring").json["contacts"]["sent"] == 3


def test_a_resume_without_a_name_continues_with_no_test(desk: Desk, tmp_path: Path) -> None:
    file = export(tmp_path / "list.csv", 3)
    assert desk.send(file, "--campaign", "real").code == 0
    assert desk.send(file, "--test-to", MINE).code == 0

    resumed = desk.run("resume", "--json")

    assert resumed.json["campaign"] == "real"
    assert len(desk.texted) == 4


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("--test-to", "12"), "too few digits"),
        (("--test-to", MINE, "--preview", "06 39 98 77 77"), "No row has this number"),
        (("--test-to", MINE, "--max-cost", "0.01"), "more than the 0.01 EUR"),
    ],
)
def test_a_test_that_cannot_be_sent_posts_nothing(
    desk: Desk, tmp_path: Path, args: tuple[str, ...], sentence: str
) -> None:
    result = desk.send(export(tmp_path / "list.csv", 3), *args)

    assert result.code == 3
    assert sentence in result.out
    assert desk.texted == []


def test_a_guest_list_holds_for_a_test_too(desk: Desk, tmp_path: Path) -> None:
    guests = tmp_path / "guests.csv"
    guests.write_text("Mobile\n06 39 98 00 00\n", encoding="utf-8")
    file = export(tmp_path / "list.csv", 1)

    result = desk.send(file, "--guest-list", str(guests), "--test-to", MINE)

    assert result.code == 3
    assert "not on the guest list" in result.out
    assert desk.texted == []


def test_a_test_is_in_the_results_with_its_row(desk: Desk, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"

    file = export(tmp_path / "list.csv", 3)
    result = desk.send(file, "--test-to", MINE, "--contact-results", str(people))

    assert result.code == 0, result.err
    lines = people.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("bulksms_row,bulksms_number")
    assert len(lines) == 2
    assert lines[1].startswith("2,")
    assert ",sent," in lines[1]


SALUT = ("--text-by", "Ville", "--text-for", "v0001=Salut. STOP au 30101")


def test_several_texts_leave_in_frames_of_their_own_and_only_once(
    desk: Desk, tmp_path: Path
) -> None:
    file = export(tmp_path / "list.csv", 4)

    result = desk.send(file, *SALUT)
    once_more = desk.send(file, *SALUT)

    assert (result.code, once_more.code) == (0, 0), result.err
    frames = [(frame.text.split()[0], len(frame.recipients)) for frame in desk.sandbox.accepted]
    assert frames == [("Salut.", 1), ("Bonjour", 3)]


def test_another_text_beside_those_sent_goes_only_to_whom_it_is_for(
    desk: Desk, tmp_path: Path
) -> None:
    file = export(tmp_path / "list.csv", 4)
    command = ("send", file, "--sender", "DESK", "--yes", "--json")
    assert desk.run(*command, *SALUT).code == 0
    assert desk.texted == ["+33639980001"]

    hola = ("--text-for", "V0002=Hola. STOP au 30101")
    result = desk.run(*command, *SALUT, *hola)

    assert result.code == 0, result.err
    assert desk.texted == ["+33639980001", "+33639980002"]


def test_a_text_sent_as_one_of_several_is_not_sent_again_alone(desk: Desk, tmp_path: Path) -> None:
    assert desk.send(export(tmp_path / "first.csv", 3), *SALUT).code == 0

    result = desk.send(export(tmp_path / "list.csv", 4))

    assert result.code == 0, result.err
    # People who got the other text of that campaign got the same message.
    assert sorted(desk.texted) == [f"+3363998000{who}" for who in range(4)]


def test_a_text_sent_alone_is_not_sent_again_as_one_of_several(desk: Desk, tmp_path: Path) -> None:
    assert desk.send(export(tmp_path / "first.csv", 2)).code == 0

    result = desk.send(export(tmp_path / "list.csv", 4), *SALUT)

    assert result.code == 0, result.err
    assert desk.texted.count("+33639980000") == 1
    assert result.json["contacts"]["sent"] == 3
