"""`check` says who would be texted, who would not and why, and opens no connection."""

import socket
from decimal import Decimal
from pathlib import Path

import pytest

from tests.acceptance.driver import TEXT, Desk, export, sandbox, table

MESSY = """Prénom;Mobile;Ville;Note
Anne;06 39 98 00 01;Lyon;
Bob;06 39 98 00 02;Évry;=1+1
Céline;;Lyon;x
Dan;12;Lyon;-2
Eve;01 99 00 00 01;Lyon;
Anne;+33639980001;Lyon;
Fay;0639980003;Lyon;
Gus;639980004;Lyon;
"""
LEFT_OUT = {
    "4": "missing_number",
    "5": "too_short",
    "6": "landline",
    "7": "duplicate",
    "8": "opted_out",
}


def _messy(folder: Path) -> tuple[str, ...]:
    (folder / "messy.csv").write_text(MESSY, encoding="utf-8")
    (folder / "stop.csv").write_text("Mobile\n0639980003\n", encoding="utf-8")
    return ("messy.csv", "--optouts", "stop.csv", "--text", TEXT)


def test_every_row_is_counted_once(tmp_path: Path) -> None:
    result = Desk(tmp_path).run("check", *_messy(tmp_path), "--json")
    assert (result.code, result.err) == (0, "")
    answer = result.json
    assert set(answer) >= {"files", "mapping", "ignored_columns", "message", "estimate", "findings"}
    assert answer["files"] == [
        {
            "path": "messy.csv",
            "format": "csv",
            "encoding": "utf-8",
            "delimiter": ";",
            "sheet": None,
            "rows": 8,
            "hidden_rows": 0,
        }
    ]
    assert answer["mapping"]["phone_number"] == ["Mobile"]
    assert answer["mapping"]["first_name"] == "Prénom"
    assert answer["mapping"]["param1"] == "Ville"
    assert answer["ignored_columns"] == ["Note"]
    counts = ("rows", "sendable", "rejected", "duplicates", "opted_out", "repaired")
    assert [answer[name] for name in counts] == [8, 3, 3, 1, 1, 1]
    assert answer["reasons"] == {"missing_number": 1, "too_short": 1, "landline": 1}
    assert answer["frames"] == [3]
    assert answer["message"] == {
        "encoding": "gsm7",
        "segments_total": 3,
        "segments_max": 1,
        "longest_row": 2,
        "characters_outside_gsm7": {},
    }
    assert answer["estimate"]["currency"] == "EUR"
    assert Decimal(answer["estimate"]["amount"]) == Decimal("0.14")
    for finding in answer["findings"]:
        assert set(finding) == {"code", "level", "message", "count"}


def test_a_check_without_a_text_says_nothing_of_message_and_price(tmp_path: Path) -> None:
    report = Desk(tmp_path, key=None).run("check", export(tmp_path / "a.csv", 3), "--json").json
    assert report["message"] is None
    assert report["estimate"] is None
    assert report["rows"] == report["sendable"] + report["rejected"] == 3


def test_the_rows_left_out_can_be_corrected_and_loaded_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("check", *_messy(tmp_path), "--rejects-out", "out.csv").code == 0
    lines = table(tmp_path / "out.csv")
    assert ",".join(lines[0]) == (
        "Prénom,Mobile,Ville,Note,bulksms_row,bulksms_code,bulksms_reason"
    )
    assert {line["bulksms_row"]: line["bulksms_code"] for line in lines} == LEFT_OUT
    assert lines[1]["Note"] == "'-2"
    path = tmp_path / "out.csv"
    corrected = path.read_text(encoding="utf-8-sig").replace("Dan;12;", "Dan;06 39 98 00 09;")
    path.write_text(corrected, encoding="utf-8-sig")
    again = desk.run("check", "out.csv", "--optouts", "stop.csv", "--text", TEXT, "--json")
    assert again.json["sendable"] == 2


def test_the_contacts_that_would_be_sent_are_written(tmp_path: Path) -> None:
    assert Desk(tmp_path).run("check", *_messy(tmp_path), "--contacts-out", "in.csv").code == 0
    lines = table(tmp_path / "in.csv")
    assert ",".join(lines[0]) == (
        "row,phone_number,first_name,last_name,param1,param2,param3,param4,param5,source_column"
    )
    assert [(line["row"], line["phone_number"], line["param1"]) for line in lines] == [
        ("2", "+33639980001", "Lyon"),
        ("3", "+33639980002", "Évry"),
        ("9", "+33639980004", "Lyon"),
    ]
    assert {line["source_column"] for line in lines} == {"Mobile"}


def test_a_finding_that_stops_send_makes_check_exit_3_with_its_whole_answer(
    tmp_path: Path,
) -> None:
    file = export(tmp_path / "a.csv", 3)
    result = Desk(tmp_path).run(
        "check", file, "--text", "Bonjour", "--json", "--contacts-out", "in.csv"
    )
    assert result.code == 3
    levels = {finding["code"]: finding["level"] for finding in result.json["findings"]}
    assert levels["stop_mention_missing"] == "error"
    assert len(table(tmp_path / "in.csv")) == 3


@pytest.mark.parametrize(
    ("number", "opted_out", "says"),
    [
        ("06 39 98 0", [], "(1 too short): correct the rows that --rejects-out FILE writes."),
        ("06 39 98 00 01", ["0639980001"], "(1 opted out): choose another list"),
    ],
)
@pytest.mark.parametrize("text", [None, TEXT])
def test_a_check_says_why_no_one_is_left(
    tmp_path: Path, number: str, opted_out: list[str], says: str, text: str | None
) -> None:
    (tmp_path / "a.csv").write_text(f"Prénom,Mobile,Ville\nZoë,{number},Lyon\n", encoding="utf-8")
    (tmp_path / "stop.csv").write_text("\n".join(["Mobile", *opted_out, "0639980002"]))
    given = ["check", "a.csv", "--optouts", "stop.csv", *([] if text is None else ["--text", text])]

    result = Desk(tmp_path).run(*given, "--json")

    assert result.code == 3
    errors = [each for each in result.json["findings"] if each["level"] == "error"]
    assert [(each["code"], each["count"]) for each in errors] == [("nobody_left", 1)]
    assert says in errors[0]["message"]
    assert result.json["frames"] == []


def test_a_check_of_people_who_all_have_the_text_is_no_error(tmp_path: Path) -> None:
    file = export(tmp_path / "a.csv", 3)
    with sandbox(tmp_path) as (url, _):
        desk = Desk(tmp_path, url)
        assert desk.send(file).code == 0

        result = desk.run("check", file, "--text", TEXT, "--sender", "DESK", "--json")

    assert (result.code, result.json["reasons"]) == (0, {"sent_before": 3})
    assert "nobody_left" not in [each["code"] for each in result.json["findings"]]


def test_the_parts_of_an_estimate_add_up(tmp_path: Path) -> None:
    lines = ["Mobile", "06 39 98 00 01", "+44 7700 900001", "+1 202 555 0123"]
    (tmp_path / "a.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "tariff.toml").write_text("[sms_premium]\nFR = 0.045\nGB = 0.0335\nUS = 0.0715\n")
    result = Desk(tmp_path).run(
        "check", "a.csv", "--text", "STOP au 30101", "--tariff", "tariff.toml", "--json"
    )
    estimate = result.json["estimate"]
    parts = [Decimal(part) for part in estimate["by_country"].values()]
    assert sum(parts) == Decimal(estimate["amount"]) == Decimal("0.15")


def test_a_dry_run_and_a_check_open_no_connection(tmp_path: Path) -> None:
    file = export(tmp_path / "a.csv", 3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        desk = Desk(tmp_path, f"http://127.0.0.1:{port}/v1/public")
        # Of quiet hours each would name its own minute.
        any_time = ("--hours", "off", "--sundays", "--holidays")
        # Not by `desk.send`, which makes the tables of a ledger before.
        same = ("--text", TEXT, "--sender", "DESK", "--json")
        dry = desk.run("send", file, *any_time, *same, "--yes", "--dry-run")
        checked = desk.run("check", file, *any_time, *same)
        try:
            listener.accept()
        except BlockingIOError:
            called = False
        else:
            called = True
    assert not called
    assert (dry.code, checked.code) == (0, 0), dry.err
    assert dry.json == checked.json
    assert not desk.home.exists()


def test_a_file_can_come_by_the_standard_input(tmp_path: Path) -> None:
    result = Desk(tmp_path).run("check", "-", "--json")
    assert result.code == 3
    assert result.json["error"]["name"] == "EmptySheet"
