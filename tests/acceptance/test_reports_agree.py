"""All reports of a campaign say the same, also after the sender was killed and resumed."""

import re
from collections import Counter
from pathlib import Path

from openpyxl import load_workbook

from tests.acceptance.driver import Desk, Outcome, await_frames, export, sandbox, table

SEND = ("--hours", "off", "--frame-size", "200", "--campaign", "spring", "--json")
FILES = ("people.csv", "people.xlsx", "report.html", "frames.csv")


def _list(path: Path) -> Path:
    """Write 1,000 good rows, 4 to correct and 3 duplicates."""
    export(path, 1000)
    with path.open("a", encoding="cp1252") as file:
        file.writelines(f"X{at};Paul;Petit;demander;Lyon\n" for at in range(4))
        file.writelines(f"Y{at};P0007;N0007;06 39 98 00 07;V0007\n" for at in range(3))
    return path


def _report(desk: Desk) -> Outcome:
    people, book, page, frames = FILES
    desk.run("report", "spring", "--contact-results", desk.folder / book)
    return desk.run(
        *("report", "spring", "--json", "--results", desk.folder / frames),
        *("--contact-results", desk.folder / people, "--html", desk.folder / page),
        *("--report-language", "en"),
    )


def _counts_of_page(page: Path) -> dict[str, int]:
    rows = re.findall(
        r'data-class="([^"]*)".*?<td[^>]*class="num"[^>]*>([^<]*)<',
        page.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    return {name: int(re.sub(r"\D", "", rows)) for name, rows in rows}


def _counts_of_book(path: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Count the rows by class, and the rows below the header of each sheet."""
    book = load_workbook(path, read_only=True)
    lines = list(book["All rows"].iter_rows(values_only=True))
    column = lines[0].index("bulksms_class")
    sheets = {sheet.title: sum(1 for _ in sheet.iter_rows(min_row=2)) for sheet in book}
    book.close()
    return dict(Counter(str(line[column]) for line in lines[1:])), sheets


def test_every_kind_of_report_has_the_same_counts(tmp_path: Path) -> None:
    script = tmp_path / "script.toml"
    script.write_text('2 = 181\n4 = "502_after_accept"\n', encoding="utf-8")
    with sandbox(tmp_path, "--script", str(script)) as (url, _):
        desk = Desk(tmp_path, url)
        sent = desk.send(_list(tmp_path / "list.csv"), *SEND)
    assert sent.code == 5, sent.err

    answer = _report(desk)

    contacts = {name: count for name, count in answer.json["contacts"].items() if count}
    assert contacts == {"sent": 600, "failed": 200, "in_doubt": 200, "rejected": 4, "suppressed": 3}
    assert answer.json["contacts"] == sent.json["contacts"]
    people = Counter(row["bulksms_class"] for row in table(tmp_path / "people.csv"))
    assert people == contacts
    assert _counts_of_page(tmp_path / "report.html") == contacts
    in_book, sheets = _counts_of_book(tmp_path / "people.xlsx")
    assert in_book == contacts
    assert [sheets[name] for name in ("Sent", "Failed", "In doubt")] == [600, 200, 200]
    assert [sheets[name] for name in ("Left out", "To correct", "Requests")] == [7, 4, 5]
    text = desk.run("report", "spring").out
    assert "600 sent, 200 failed, 200 in doubt, 4 rejected, 3 suppressed" in text
    lines = table(tmp_path / "frames.csv")
    assert Counter(line["state"] for line in lines) == {"accepted": 3, "refused": 1, "in_doubt": 1}
    assert answer.json["total_cost"] == "27.00"
    assert "€27.00" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_report_after_a_kill_is_as_good_as_one_before(tmp_path: Path) -> None:
    file = _list(tmp_path / "list.csv")
    with sandbox(tmp_path, "--latency", "0.5") as (url, log):
        desk = Desk(tmp_path, url)
        page = tmp_path / "own.html"
        sender = desk.start(
            *("send", file, "--text", "Bonjour {first_name}. STOP au 30101", "--sender", "DESK"),
            *(*SEND, "--yes", "--report", page, "--report-language", "en"),
        )
        await_frames(log, 2)
        sender.kill()
        sender.communicate()
        killed = _report(desk)
        assert sum(killed.json["contacts"].values()) == 1007
        assert killed.json["contacts"]["rejected"] == 4
        assert _counts_of_page(tmp_path / "report.html") == {
            name: count for name, count in killed.json["contacts"].items() if count
        }
        resumed = desk.run("resume", "--hours", "off", "--json")
    answer = _report(desk)

    assert resumed.json["contacts"] == answer.json["contacts"]
    assert answer.json["contacts"]["sent"] + answer.json["contacts"]["in_doubt"] == 1000
    stamp = re.compile(r"This is how it stood at \d\d:\d\d\.")
    own, again = (
        stamp.sub("", path.read_text(encoding="utf-8")) for path in (page, tmp_path / "report.html")
    )
    assert own == again
