"""A campaign goes out, once."""

from pathlib import Path

from tests.acceptance.driver import Desk, accepted, everybody, export, numbers, sandbox, table


def test_an_export_of_5000_rows_reaches_everyone_once_with_their_own_fields(
    tmp_path: Path,
) -> None:
    file = export(tmp_path / "export.csv", 5000)
    with sandbox(tmp_path, "--credit", "1000") as (url, log):
        sent = Desk(tmp_path, url).send(
            file, "--json", "--results", "frames.csv", "--concurrency", "4"
        )
    assert sent.code == 0, sent.err
    assert sorted(numbers(log)) == everybody(5000)
    for frame in accepted(log):
        assert 200 <= len(frame["recipients"]) <= 500
        assert (frame["sender"], frame["purpose"], frame["type"]) == (
            "DESK",
            "wholesale",
            "sms_premium",
        )
        assert frame["text"] == "Bonjour {first_name}, -20% a {param1}. STOP au 30101"
        for person, fields in zip(frame["recipients"], frame["fields"], strict=True):
            assert fields["first_name"] == f"P{person[-4:]}"
            assert fields["param1"] == f"V{person[-4:]}"
    report = sent.json
    assert (report["state"], report["reason"], report["resume_command"]) == ("done", None, None)
    assert report["contacts"] == {
        "sent": 5000,
        "failed": 0,
        "in_doubt": 0,
        "rejected": 0,
        "suppressed": 0,
        "not_attempted": 0,
    }
    assert report["frames"]["accepted"] == len(accepted(log)) == 13
    assert (report["total_cost"], report["residual_credit"]) == ("225.00", "775.00")
    assert report["sms_needed"] == 5000
    lines = table(tmp_path / "frames.csv")
    assert ",".join(lines[0]) == (
        "campaign,frame,first_row,last_row,contacts,state,sms_ticket,number_of_contacts,"
        "number_of_sms_needed,total_cost,residual_credit,code,message,attempts,request_id,"
        "started_at,finished_at"
    )
    assert {line["sms_ticket"] for line in lines} == {frame["ticket"] for frame in accepted(log)}
    assert [int(line["frame"]) for line in lines] == list(range(1, 14))
    assert (lines[0]["first_row"], lines[-1]["last_row"]) == ("2", "5001")
    assert sum(int(line["contacts"]) for line in lines) == 5000
    assert {line["state"] for line in lines} == {"accepted"}


def test_the_same_send_again_posts_nothing(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 20)
    with sandbox(tmp_path) as (url, log):
        desk = Desk(tmp_path, url)
        assert desk.send(file).code == 0
        again = desk.send(file, "--json")
        assert again.code == 0, again.err
        assert again.json["contacts"]["sent"] == 20
        assert numbers(log) == everybody(20)


def test_a_renamed_copy_is_nothing_new_and_goes_out_when_asked_again(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 20)
    copy = export(tmp_path / "copy of export.csv", 20)
    with sandbox(tmp_path) as (url, log):
        desk = Desk(tmp_path, url)
        assert desk.send(file).code == 0
        stopped = desk.send(copy)
        assert stopped.code == 0
        assert "Nothing new" in stopped.out
        assert "--again" in stopped.out
        assert "Traceback" not in stopped.err
        assert numbers(log) == everybody(20)
        meant = desk.send(copy, "--again", "--json")
        assert meant.code == 0, meant.err
        assert numbers(log) == everybody(20) * 2


def test_people_who_were_texted_lately_are_not_promised_to_again(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 3)
    other = ("--text", "Autre offre. STOP au 30101", "--sender", "DESK", "--yes")
    with sandbox(tmp_path) as (url, log):
        desk = Desk(tmp_path, url)
        assert desk.send(file).code == 0
        again = desk.run("send", file, *other, "--not-within", "7d", "--again")
        checked = desk.run("check", file, *other, "--not-within", "7d", "--again")
    assert (again.code, len(numbers(log))) == (0, 3)
    assert "so nothing was sent. `check` says why" in again.out
    assert (checked.code, "3 texted lately" in checked.out) == (0, True)
    assert "everyone" not in again.out


def test_a_changed_export_texts_only_new_people(tmp_path: Path) -> None:
    with sandbox(tmp_path) as (url, log):
        desk = Desk(tmp_path, url)
        assert desk.send(export(tmp_path / "monday.csv", 20)).code == 0
        later = desk.send(export(tmp_path / "tuesday.csv", 25), "--json")
        assert later.code == 0, later.err
        assert numbers(log) == everybody(25)
        assert later.json["contacts"]["sent"] == 5
        assert later.json["contacts"]["rejected"] == 20
        again = desk.send(tmp_path / "tuesday.csv", "--json")
        assert (again.code, again.json["campaign"]) == (0, later.json["campaign"])
        assert numbers(log) == everybody(25)
