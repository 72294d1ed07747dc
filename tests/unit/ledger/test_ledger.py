import sqlite3
import stat
import subprocess
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bulksms.clock import SystemClock
from bulksms.errors import CampaignNotFound, LedgerBusy, LedgerError, SourceChanged
from bulksms.ledger import CampaignRecord, FrameState, FrozenFrame, Ledger, migrations, open_ledger
from bulksms.ledger.sqlite import SqliteStorage
from bulksms.ledger.tables import metadata
from tests.builders import new_campaign

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(seconds=3)


def frozen(number: int, body: bytes | None = None, request_id: str | None = None) -> FrozenFrame:
    content = body or f'{{"frame":{number}}}'.encode()
    numbers = np.array([33639980000 + number, 33639981000 + number], dtype="<i8")
    return FrozenFrame(
        number=number,
        first_row=number * 10,
        last_row=number * 10 + 1,
        body=content,
        request_id=request_id or f"bs1-{number}",
        numbers=numbers.tobytes(),
    )


def make(
    ledger: Ledger, name: str = "spring", frames: int = 3, *, rehearsal: bool = False
) -> CampaignRecord:
    return ledger.campaigns.create(
        new_campaign(
            name,
            digest="d" * 64,
            text_digest="t" * 64,
            parameters={"text": "Bonjour"},
            counts={"rows": 6, "sendable": 6},
            rehearsal=rehearsal,
        ),
        map(frozen, range(1, frames + 1)),
        b"rows",
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "home") as opened:
        yield opened


def test_the_file_is_private_in_a_private_folder(tmp_path: Path, ledger: Ledger) -> None:
    make(ledger)
    home = tmp_path / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "ledger.sqlite3").stat().st_mode) == 0o600


def test_a_commit_is_on_the_disk_before_it_returns(tmp_path: Path, ledger: Ledger) -> None:
    make(ledger)
    with (
        closing(SqliteStorage(tmp_path / "home" / "ledger.sqlite3", SystemClock())) as storage,
        storage.reading() as connection,
    ):
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "persist"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3
    assert not list((tmp_path / "home").glob("*-wal"))


def test_a_campaign_comes_back_as_it_was_written(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        made = make(ledger)
    with open_ledger(tmp_path) as ledger:
        assert ledger.campaigns.get("spring") == made
        assert ledger.campaigns.all() == [made]
        assert ledger.campaigns.latest() == made
        assert ledger.campaigns.with_content("d" * 64, False) == made
        assert ledger.campaigns.with_content("d" * 64, True) is None
        assert ledger.campaigns.source_rows(made.id) == b"rows"
        assert ledger.frames.body(made.id, 2) == b'{"frame":2}'
        assert [one.number for one in ledger.frames.all(made.id)] == [1, 2, 3]
        assert ledger.frames.count_by_state(made.id)[FrameState.PLANNED] == 3


def test_a_name_is_given_once_and_an_unknown_one_is_told(ledger: Ledger) -> None:
    make(ledger)
    with pytest.raises(SourceChanged, match="already a campaign named 'spring'"):
        make(ledger)
    with pytest.raises(CampaignNotFound, match="no campaign named 'autumn'"):
        ledger.campaigns.get("autumn")


def test_a_campaign_whose_frames_cannot_be_cut_leaves_nothing(ledger: Ledger) -> None:
    def broken() -> Iterator[FrozenFrame]:
        yield frozen(1)
        raise OSError("the file went away")

    with pytest.raises(OSError, match="went away"):
        ledger.campaigns.create(new_campaign("x"), broken())
    assert ledger.campaigns.all() == []


def test_a_frame_is_claimed_once_however_many_try(ledger: Ledger) -> None:
    made = make(ledger)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: ledger.claims.claim(made.id, 1, NOON), range(24)))
    assert won.count(True) == 1
    assert ledger.frames.get(made.id, 1).attempts == 1


def test_an_answer_is_kept_to_the_cent(ledger: Ledger) -> None:
    made = make(ledger)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(
        made.id,
        1,
        FrameState.ACCEPTED,
        LATER,
        ticket="sms_1",
        total_cost=Decimal("0.10"),
        number_of_contacts=2,
        number_of_sms_needed=2,
        residual_credit=Decimal("7.30"),
    )
    record = ledger.frames.get(made.id, 1)
    assert (record.state, record.ticket, str(record.total_cost)) == ("accepted", "sms_1", "0.10")
    assert (record.started_at, record.finished_at) == (NOON, LATER)


def test_a_frame_that_was_not_taken_can_be_claimed_again(ledger: Ledger) -> None:
    made = make(ledger)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.PLANNED, LATER, message="refused the connection")
    assert ledger.claims.claim(made.id, 1, LATER)
    assert ledger.frames.get(made.id, 1).attempts == 2


def test_an_answer_without_a_claim_is_refused(ledger: Ledger) -> None:
    made = make(ledger)
    with pytest.raises(LedgerError, match="Frame 1 is no longer in state intent"):
        ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON)


def test_every_change_leaves_an_entry(tmp_path: Path, ledger: Ledger) -> None:
    made = make(ledger)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.REFUSED, LATER, code=122, message="no")
    with sqlite3.connect(tmp_path / "home" / "ledger.sqlite3") as raw:
        lines = raw.execute("SELECT state, code, request_id FROM entry ORDER BY id").fetchall()
    raw.close()
    assert lines == [("intent", None, "bs1-1"), ("refused", 122, "bs1-1")]


def test_an_operator_settles_doubt(ledger: Ledger) -> None:
    made = make(ledger)
    for number in (1, 2, 3):
        ledger.claims.claim(made.id, number, NOON)
    assert ledger.claims.doubt_in_flight(made.id, LATER) == 3
    ledger.settlements.settle(made.id, 1, FrameState.ACCEPTED, LATER, message="seen in the console")
    ledger.settlements.settle(made.id, 2, FrameState.DROPPED, LATER, message="not wanted")
    again = frozen(3, b"other bytes")
    ledger.settlements.resend(made.id, again, LATER, "ordered")
    assert ledger.frames.body(made.id, 3) == b"other bytes"
    assert [one.state for one in ledger.frames.all(made.id)] == ["accepted", "dropped", "planned"]
    with pytest.raises(LedgerError, match="Frame 1 is accepted and cannot be made dropped"):
        ledger.settlements.settle(made.id, 1, FrameState.DROPPED, LATER)
    with pytest.raises(LedgerError, match="not in doubt"):
        ledger.settlements.resend(made.id, frozen(1), LATER, "")


def test_texted_numbers_leave_out_refused_and_dropped_frames(ledger: Ledger) -> None:
    made = make(ledger)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.REFUSED, NOON)
    ledger.claims.claim(made.id, 2, NOON)
    found = ledger.history.numbers_texted("t" * 64, False, NOON - timedelta(days=999))
    assert found.tolist() == [33639980002, 33639980003, 33639981002, 33639981003]
    assert found.dtype == np.int64
    assert ledger.history.numbers_texted("t" * 64, True, NOON - timedelta(days=999)).size == 0
    assert ledger.history.numbers_texted("u" * 64, False, NOON - timedelta(days=999)).size == 0


def test_numbers_texted_long_ago_are_forgotten(ledger: Ledger) -> None:
    made = make(ledger, frames=1)
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON)
    assert ledger.history.numbers_texted("t" * 64, False, NOON).size == 2
    assert ledger.history.numbers_texted("t" * 64, False, NOON + timedelta(seconds=1)).size == 0


def test_whoever_still_waits_for_a_text_is_never_forgotten(ledger: Ledger) -> None:
    made = make(ledger, frames=2)
    ledger.claims.claim(made.id, 1, NOON)  # a run that died on the way: nobody knows
    assert ledger.history.numbers_texted("t" * 64, False, NOON + timedelta(days=99)).size == 4


def test_a_text_handed_over_for_later_counts_from_the_hour_it_is_read(ledger: Ledger) -> None:
    read_at = NOON + timedelta(days=10)
    made = ledger.campaigns.create(
        new_campaign("later", text_digest="t" * 64, parameters={"send_at": read_at.isoformat()}),
        [frozen(1)],
    )
    ledger.claims.claim(made.id, 1, NOON)
    ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON)
    assert ledger.history.numbers_texted("t" * 64, False, read_at).size == 2
    assert ledger.history.numbers_texted("t" * 64, False, read_at + timedelta(seconds=1)).size == 0


def test_altered_bytes_are_never_read_back(tmp_path: Path, ledger: Ledger) -> None:
    made = make(ledger)
    with sqlite3.connect(tmp_path / "home" / "ledger.sqlite3") as raw:
        raw.execute("UPDATE frame_body SET body = ?", (zlib.compress(b"evil"),))
    raw.close()
    with pytest.raises(LedgerError, match="Frame 1 in the ledger is damaged"):
        ledger.frames.body(made.id, 1)


def test_a_damaged_file_is_said_to_be_so(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        make(ledger, frames=300)
    file = tmp_path / "ledger.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096 * 2 : 4096 * 12] = b"\xa5" * 4096 * 10
    file.write_bytes(content)
    with open_ledger(tmp_path) as ledger, pytest.raises(LedgerError, match="damaged"):
        ledger.reconciler.verify()
    file.write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    with pytest.raises(LedgerError, match="not a ledger"):
        open_ledger(tmp_path)


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(LedgerError, match="cannot be used"):
        open_ledger(tmp_path / "home")


def test_the_ledger_can_live_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "my 100% ledger.db"
    with open_ledger(tmp_path / "home", str(elsewhere)) as ledger:
        make(ledger)
    with open_ledger(tmp_path / "home", f"sqlite:///{elsewhere}") as ledger:
        assert ledger.campaigns.get("spring").name == "spring"
    with pytest.raises(LedgerError, match="in memory"):
        open_ledger(tmp_path, "sqlite://")


def test_a_newer_ledger_is_left_alone(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(LedgerError, match="newer bulksms"):
        open_ledger(tmp_path)


def test_one_process_sends_a_campaign(tmp_path: Path, ledger: Ledger) -> None:
    with (
        ledger.locks.campaign("spring"),
        open_ledger(tmp_path / "home") as other,
        pytest.raises(LedgerBusy, match="Another process"),
        other.locks.campaign("spring"),
    ):
        pass
    with ledger.locks.campaign("spring"), ledger.locks.campaign("autumn"):
        pass


def test_the_migrations_make_the_tables_the_statements_use(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    with (
        closing(SqliteStorage(tmp_path / "ledger.sqlite3", SystemClock())) as storage,
        storage.reading() as connection,
    ):
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert found == []


def test_head_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_a_ledger_of_this_version_needs_no_alembic_and_no_pandas(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    program = (
        "import sys; from pathlib import Path; from bulksms.ledger import open_ledger\n"
        f"open_ledger(Path({str(tmp_path)!r})).close()\n"
        "print([m for m in ('alembic','pandas','numpy','phonenumbers') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout == "[]\n"


def test_whoever_opens_no_ledger_waits_for_no_database_library() -> None:
    program = (
        "import sys, bulksms.plan.make_plan, bulksms.results\n"
        "print([m for m in ('sqlalchemy', 'alembic', 'requests', 'openpyxl') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout == "[]\n"


def test_a_full_disk_ends_all_writing(tmp_path: Path) -> None:
    program = f"""
import resource, os
from pathlib import Path
from bulksms.errors import LedgerError
from bulksms.ledger import FrozenFrame, open_ledger
from tests.builders import new_campaign
ledger = open_ledger(Path({str(tmp_path)!r}))
resource.setrlimit(resource.RLIMIT_FSIZE, (80_000, 80_000))
body = os.urandom(300_000)
frame = FrozenFrame(number=1, first_row=2, last_row=2, body=body,
    request_id="bs1-x", numbers=bytes(8))
for name in ("big", "small"):
    try:
        ledger.campaigns.create(new_campaign(name), [frame] if name == "big" else [])
    except LedgerError as error:
        print(str(error).endswith("."), "Traceback" in str(error))
print(ledger.campaigns.all())
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout == "True False\nTrue False\n[]\n"


def test_a_claim_survives_kill_9_and_comes_back_in_doubt(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        made = make(ledger)
    program = f"""
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from bulksms.ledger import open_ledger
ledger = open_ledger(Path({str(tmp_path)!r}))
with ledger.locks.campaign("spring"):
    assert ledger.claims.claim({made.id}, 2, datetime.now(UTC))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    died = subprocess.run([sys.executable, "-c", program], check=False)
    assert died.returncode == -9
    with open_ledger(tmp_path) as ledger, ledger.locks.campaign("spring"):
        assert ledger.claims.doubt_in_flight(made.id, LATER) == 1
        assert [one.state for one in ledger.frames.all(made.id)] == [
            "planned",
            "in_doubt",
            "planned",
        ]
        assert not ledger.claims.claim(made.id, 2, LATER)
