"""With every logger at debug level, no key, name, text or number is logged."""

import json
import logging
import re
from pathlib import Path

import pytest

from tests.integration.machine import Machine

KEY = "test-canary-4f9b1e7c"
NUMBERS = ("39981234", "39981235", "39981236")  # the digits that every spelling shares
NAME, WORDS = "Zwytchkin", "Xylophonkanarie"
TEXT = f"Bonjour {{first_name}}, {WORDS}. STOP au 30101"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    rows = [f"06 39 98 12 34,{NAME}", f"+33639981235,{NAME}2", "0639981235,again", "12,nobody"]
    path.write_text("\n".join(["Mobile,Prénom", *rows]) + "\n", encoding="utf-8")
    return path


def written(record: logging.LogRecord) -> str:
    """Return everything that a formatter could write of a record, its raw arguments included."""
    return f"{record.getMessage()} {record.args!r} {record.exc_info!r} {record.exc_text!r}"


def test_no_logger_at_any_level_names_the_key_or_a_person(
    machine: Machine,
    tmp_path: Path,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("BULKSMS_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "urllib3", "requests"):
        caplog.set_level(logging.DEBUG, name)
    stop_list = tmp_path / "stop.csv"
    stop_list.write_text("Mobile\n06 39 98 12 36\n", encoding="utf-8")

    answers = [
        machine.run("check", source, "--text", TEXT),
        machine.send(source, "--campaign", "spring", "--optouts", stop_list, text=TEXT),
        machine.run("optout", "add", "+33639981235"),
        machine.run("resume", "spring"),
        machine.run("report", "spring", "--contact-results", tmp_path / "people.csv"),
        machine.run("doctor"),
        machine.run("person", "show", "+33639981234", "--out", tmp_path / "answer.txt"),
        machine.run("person", "erase", "+33639981234", "--yes"),
        machine.run("purge", "--older-than", "1d", "--yes"),
    ]

    assert [answer.code for answer in answers] == [0] * len(answers)
    ours = [record for record in caplog.records if not record.name.startswith("bulksms.sandbox")]
    assert {"sqlalchemy.pool.impl.StaticPool", "urllib3.connectionpool"} <= {
        each.name for each in ours
    }
    lines = [written(record) for record in ours]
    for secret in (KEY, NAME, WORDS):
        assert [line for line in lines if secret in line] == []
    for number in NUMBERS:
        assert [line for line in lines if number in re.sub(r"[ .-]", "", line)] == []


def test_the_canary_would_be_noticed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("any").debug("posted %s", json.dumps({"phone_number": "+33639981234"}))

    assert NUMBERS[0] in written(caplog.records[-1])
