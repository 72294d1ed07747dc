import re
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from bulksms.notifications.event_log import EventLog, mask

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+33639980101 is not on the guest list", "FR …01 is not on the guest list"),
        ("06 39 98 01 01 has opted out", "…01 has opted out"),
        ("06.39.98.01.01, 06-39-98-01-02", "…01, …02"),
        ("(020) 7946 0018", "…18"),
        ("0033639980101", "…01"),
        ("33639980101", "…01"),
        ("06\u00a039\u202f98 01 01", "…01"),
        ("12 frames, 4800 people, 231.50 EUR", "12 frames, 4800 people, 231.50 EUR"),
        ("the list of 2026-11-29 06:11:27 is old", "the list of 2026-11-29 06:11:27 is old"),
        ("spring-a1b2c3d4 at 2026-11-29T06:11", "spring-a1b2c3d4 at 2026-11-29T06:11"),
    ],
)
def test_a_phone_number_is_masked_and_a_figure_is_not(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_secret_is_blanked_wherever_it_is() -> None:
    assert mask("key test-4f9b1e7c refused", ["test-4f9b1e7c", ""]) == "key *** refused"


def test_an_event_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "run.log"
    log = EventLog(path, ["test-4f9b1e7c"])

    problem = log.write("run_ended", NOON, exit_code=3, reason="+33639980101\nhas test-4f9b1e7c")
    log.write("run_started", NOON, again=True, name=None)

    assert problem is None
    first, second = path.read_text(encoding="utf-8").splitlines()
    pattern = r'2027-03-01T12:00:00\.000\+00:00 run_ended pid=\d+ exit_code=3 reason="(.*)"'
    match = re.fullmatch(pattern, first)
    assert match is not None
    assert match[1] == r"FR …01\nhas ***"
    assert second.endswith(" again=true name=null")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_log_and_what_it_becomes_are_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "run.log"
    log = EventLog(path, file_limit=200, old_files=2)

    for number in range(12):
        log.write("frame_settled", NOON, number=number)

    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["run.log", "run.log.1", "run.log.2", "run.log.lock"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "number=11" in path.read_text(encoding="utf-8")


def test_a_line_waits_for_another_program_but_not_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    log = EventLog(path, lock_seconds=0.05)

    with FileLock(f"{path}.lock"):
        problem = log.write("run_started", NOON)

    assert problem is not None
    assert "another program keeps it locked" in problem
    assert not path.exists()


def test_a_log_that_cannot_be_written_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    log = EventLog(tmp_path / "file" / "run.log")

    problem = log.write("run_started", NOON)

    assert problem is not None
    assert "run.log cannot be written" in problem
    assert "The run is not affected" in problem
    assert log.write("run_ended", NOON) is None
