"""Old campaigns lose their people and keep their sums; no one gets the same text again."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.ledger import ReceiptRecord, open_ledger
from tests.integration.machine import OTHER, PEOPLE, TEXT, Machine, begin, export


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def make_older(home: Path, campaign: str, age: timedelta = timedelta(days=200)) -> None:
    """Let a campaign have been sent so long ago."""
    at = (datetime.now(UTC) - age).isoformat(timespec="microseconds")
    with closing(sqlite3.connect(home / "ledger.sqlite3")) as raw, raw:
        (number,) = raw.execute("SELECT id FROM campaign WHERE name = ?", (campaign,)).fetchone()
        raw.execute("UPDATE campaign SET created_at = ? WHERE id = ?", (at, number))
        raw.execute(
            "UPDATE frame SET started_at = ?, finished_at = ? WHERE campaign_id = ?",
            (at, at, number),
        )


def contents(home: Path) -> Iterator[bytes]:
    yield from (file.read_bytes() for file in home.rglob("*") if file.is_file())
    with closing(sqlite3.connect(home / "ledger.sqlite3")) as raw:
        for row in raw.execute("SELECT body, numbers FROM frame_body"):
            yield from map(zlib.decompress, row)


def people_in(home: Path) -> list[str]:
    """List the numbers that can be read in the files, as text or as an integer."""
    everything = list(contents(home))
    return [
        number
        for number in PEOPLE
        for spelling in [number[1:].encode(), int(number).to_bytes(8, "little")]
        if any(spelling in content for content in everything)
    ]


def test_a_purged_campaign_has_no_people_and_the_same_sums(
    machine: Machine, tmp_path: Path, home: Path
) -> None:
    source = export(tmp_path / "list.csv", PEOPLE)
    own = tmp_path / "people.csv"
    sent = machine.send(
        source, "--campaign", "spring", "--contact-results", home / "results" / "who.csv"
    )
    assert sent.code == 0
    make_older(home, "spring")
    assert len(people_in(home)) > 300
    of_others = ReceiptRecord(ticket="sms_x", phone_number=33639980007, status="DELIVERED")
    with open_ledger(home) as ledger:
        ledger.receipts.add([of_others], datetime(2026, 1, 5, tzinfo=UTC))

    purged = machine.run("purge", "--older-than", "180d", "--yes", "--json").json

    assert [each["campaign"] for each in purged["purged"]] == ["spring"]
    assert purged["deleted"] == [str(home / "results" / "who.csv")]
    assert purged["receipts"] == 1
    assert people_in(home) == []
    refused = machine.run("report", "spring", "--contact-results", own)
    assert refused.code == 3
    assert "The personal data of spring was deleted on" in refused.err
    report = machine.run("report", "spring", "--json")
    for name in ("contacts", "total_cost", "sms_needed", "frames", "started_at"):
        assert report.json[name] == machine.run("status", "spring", "--json").json[name]
    assert report.json["contacts"]["sent"] == 300
    assert not own.exists()
    with open_ledger(home) as ledger:
        assert ledger.reconciler.verify() == ()
    again = machine.run("purge", "--older-than", "180d", "--yes", "--json").json
    assert again["purged"] == []


def test_no_one_of_a_purged_campaign_gets_the_same_text_again(
    machine: Machine, tmp_path: Path, home: Path
) -> None:
    source = export(tmp_path / "list.csv", PEOPLE)
    assert machine.send(source, "--campaign", "spring").code == 0
    make_older(home, "spring")
    purged = machine.run("purge", "--older-than", "180d", "--yes")
    assert purged.code == 0
    assert purged.out.startswith(
        "Purged 1 campaign older than 180 days: their numbers are now keyed hashes, and their "
        "texts and source rows are deleted.\n"
    )

    rule = ("--not-again-within", "ever")
    same = machine.send(source, *rule)
    spelled = machine.send(source, *rule, text=TEXT.replace("{first_name}", "{Prénom}"))
    more = machine.send(export(tmp_path / "more.csv", [*PEOPLE, "+33639989999"]), *rule)
    other = machine.send(source, *rule, text=OTHER)

    assert [answer.code for answer in (same, spelled, more, other)] == [0, 0, 0, 0]
    assert same.json["nothing_new"]
    assert spelled.json["nothing_new"]
    assert more.json["contacts"]["sent"] == 1
    assert other.json["contacts"]["sent"] == 300


def test_what_is_unfinished_or_young_is_kept(machine: Machine, tmp_path: Path, home: Path) -> None:
    waiting = begin(export(tmp_path / "list.csv", PEOPLE))
    make_older(home, waiting)
    assert machine.send(export(tmp_path / "young.csv", PEOPLE), text=OTHER).code == 0

    answer = machine.run("purge", "--older-than", "180d", "--yes", "--json").json

    assert answer["purged"] == []
    assert [(each["campaign"], each["reason"][:10]) for each in answer["kept"]] == [
        (waiting, "unfinished")
    ]
    assert len(people_in(home)) > 300


def test_retention_purges_at_the_end_of_a_run(machine: Machine, tmp_path: Path, home: Path) -> None:
    assert machine.send(export(tmp_path / "list.csv", PEOPLE), "--campaign", "spring").code == 0
    make_older(home, "spring", timedelta(days=31))
    home.joinpath("settings.toml").write_text('retention = "30d"\n', encoding="utf-8")

    sent = machine.send(export(tmp_path / "other.csv", ["+33639989999"]), text=OTHER)

    assert sent.code == 0
    assert "Purged after 30 days (retention): spring." in sent.err
    assert people_in(home) == []


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "--older-than 180d"),
        (("--older-than", "soon"), 2, "is not an age"),
        (("--older-than", "180d"), 0, "No finished campaign is older than 180 days."),
    ],
)
def test_an_age_is_needed(
    machine: Machine, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    answer = machine.run("purge", *arguments)

    assert answer.code == code
    assert sentence in answer.out + answer.err


def test_nothing_is_purged_without_a_yes(machine: Machine, tmp_path: Path, home: Path) -> None:
    assert machine.send(export(tmp_path / "list.csv", PEOPLE), "--campaign", "spring").code == 0
    make_older(home, "spring")

    answer = machine.run("purge", "--older-than", "180d")

    assert answer.code == 2
    assert "spring: 300 contacts" in answer.err
    assert len(people_in(home)) > 300
