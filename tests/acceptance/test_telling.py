"""What the program says afterwards, from the ledger alone; and its manners."""

import re
from pathlib import Path

from tests.acceptance.driver import TEXT, Desk, export, numbers, sandbox, table

MESSY = """Prénom;Mobile;Ville
Anne;06 39 98 00 01;Lyon
Dan;12;Lyon
Anne;+33639980001;Lyon
Bob;06 39 98 00 02;=Évry
"""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def test_a_campaign_is_reported_again_from_the_ledger(tmp_path: Path) -> None:
    file = tmp_path / "messy.csv"
    file.write_text(MESSY, encoding="utf-8")
    with sandbox(tmp_path, "--credit", "50") as (url, _):
        desk = Desk(tmp_path, url)
        given = ("--campaign", "spring", "--results", "f1.csv", "--contact-results", "c1.csv")
        sent = desk.send(file, *given, "--json")
        assert sent.code == 0, sent.err
        assert '"49.91"' in desk.run("credit", "--json").out
    file.unlink()
    status = desk.run("status", "spring", "--json")
    listed = desk.run("status", "--json")
    report = desk.run("report", "spring", "--results", "f2.csv", "--contact-results", "c2.csv")
    assert (status.code, listed.code, report.code) == (0, 0, 0)
    assert sent.json == status.json == listed.json["campaigns"][0]
    assert set(sent.json) >= {
        "campaign",
        "state",
        "frames",
        "contacts",
        "total_cost",
        "residual_credit",
        "sms_needed",
        "reason",
        "resume_command",
    }
    assert sent.json["contacts"] == {
        "sent": 2,
        "failed": 0,
        "in_doubt": 0,
        "rejected": 1,
        "suppressed": 1,
        "not_attempted": 0,
    }
    for kind in "fc":
        first, second = (tmp_path / f"{kind}{turn}.csv" for turn in (1, 2))
        assert first.read_bytes() == second.read_bytes()
    lines = table(tmp_path / "c1.csv")
    assert ",".join(lines[0]) == (
        "Prénom,Mobile,Ville,bulksms_row,bulksms_number,bulksms_column,bulksms_class,"
        "bulksms_frame,bulksms_ticket,bulksms_reason,bulksms_delivery"
    )
    assert [(line["bulksms_row"], line["bulksms_class"]) for line in lines] == [
        ("2", "sent"),
        ("3", "rejected"),
        ("4", "suppressed"),
        ("5", "sent"),
    ]
    assert lines[0]["bulksms_number"] == "+33639980001"
    assert lines[0]["bulksms_ticket"].startswith("sms_")
    assert lines[3]["Ville"] == "'=Évry"


def test_a_rehearsal_says_so_without_control_characters_and_keeps_the_key_to_itself(
    tmp_path: Path,
) -> None:
    file = export(tmp_path / "export.csv", 20)
    with sandbox(tmp_path) as (url, log):
        desk = Desk(tmp_path, url, key="test-5up3rs3cret")
        sent = desk.send(file)
        listed = desk.run("status")
        money = desk.run("credit")
        assert len(numbers(log)) == 20
    assert (sent.code, listed.code, money.code) == (0, 0, 0), sent.err
    assert "REHEARSAL" in sent.out
    assert "99.10" in money.out
    for result in (sent, listed, money):
        assert not CONTROL.search(result.out + result.err)
        assert "5up3rs3cret" not in result.out + result.err
    kept = [path for path in desk.home.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert b"5up3rs3cret" not in path.read_bytes(), path


def test_the_built_in_rehearsal_needs_no_account(tmp_path: Path) -> None:
    result = Desk(tmp_path, key=None).run("rehearse", "--results", "frames.csv")
    assert result.code == 0, result.err
    assert "REHEARSAL" in result.out
    assert not CONTROL.search(result.out + result.err)
    assert {line["state"] for line in table(tmp_path / "frames.csv")} == {"accepted"}


def test_a_list_of_ones_own_is_rehearsed_whatever_its_columns(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("Portable\n06 39 98 00 01\n", encoding="utf-8")
    result = Desk(tmp_path, key=None).run("rehearse", "own.csv", "--json")
    assert result.code == 0, result.err
    assert result.json["contacts"]["sent"] == 1


def test_a_quiet_send_says_nothing(tmp_path: Path) -> None:
    with sandbox(tmp_path) as (url, log):
        result = Desk(tmp_path, url).send(export(tmp_path / "a.csv", 3), "--quiet")
        assert (result.code, result.out, result.err) == (0, "", "")
        assert len(numbers(log)) == 3


def test_a_quiet_send_still_says_what_went_wrong(tmp_path: Path) -> None:
    with sandbox(tmp_path, "--refuse", "149") as (url, _):
        result = Desk(tmp_path, url).send(export(tmp_path / "a.csv", 3), "--quiet")
    assert (result.code, result.out) == (1, "")
    assert "code 149" in result.err
    assert "3 failed" in result.err


def test_another_sender_does_not_send_the_same_text_again(tmp_path: Path) -> None:
    file = export(tmp_path / "a.csv", 3)
    with sandbox(tmp_path) as (url, log):
        desk = Desk(tmp_path, url)
        assert desk.send(file).code == 0
        result = desk.send(file, "--sender", "OTHER")
        assert result.code == 0
        assert "Nothing new" in result.out
        assert "--again" in result.out
        assert len(numbers(log)) == 3


def test_the_contacts_results_can_be_a_workbook(tmp_path: Path) -> None:
    with sandbox(tmp_path) as (url, _):
        desk = Desk(tmp_path, url)
        sent = desk.send(export(tmp_path / "a.csv", 3), "--contact-results", "c.xlsx")
    assert sent.code == 0, sent.err
    checked = desk.run("check", "c.xlsx", "--map", "phone_number=bulksms_number", "--json")
    assert checked.json["sendable"] == 3, checked.err


def test_an_empty_ledger_has_an_empty_list(tmp_path: Path) -> None:
    result = Desk(tmp_path, key=None).run("status", "--json")
    assert (result.code, result.json) == (0, {"campaigns": []})


def test_an_option_may_stand_in_the_settings_file(tmp_path: Path) -> None:
    file = export(tmp_path / "a.csv", 3)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "settings.toml").write_text('purpose = "alert"\n', encoding="utf-8")
    result = Desk(tmp_path).run("check", file, "--text", TEXT.replace("STOP", ""), "--json")
    assert result.code == 0, result.out
