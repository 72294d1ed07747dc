"""The SQLite file is private and durable, and its errors are explained."""

import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bulksms.clock import SystemClock
from bulksms.errors import LedgerError
from bulksms.ledger import open_ledger
from bulksms.ledger.sqlite import COMPILED_STATEMENTS, SqliteStorage
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import frozen, make


def begun(home: Path) -> int:
    """Begin a campaign of three frames, and post none."""
    with ledger_in(home) as ledger:
        ledger.reconciler.verify()
        return ledger.campaigns.create(new_campaign(), map(frozen, (1, 2, 3))).id


def test_the_file_is_private_in_a_private_folder(tmp_path: Path) -> None:
    begun(tmp_path / "home")
    home = tmp_path / "home"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "ledger.sqlite3").stat().st_mode) == 0o600


def test_a_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    begun(tmp_path / "home")
    with (
        closing(SqliteStorage(tmp_path / "home" / "ledger.sqlite3", SystemClock())) as storage,
        storage.reading() as connection,
    ):
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "persist"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3
    assert not list((tmp_path / "home").glob("*-wal"))


def test_a_damaged_file_is_reported_as_damaged(tmp_path: Path) -> None:
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


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(LedgerError, match="cannot be used"):
        open_ledger(tmp_path / "home")


@pytest.mark.skipif(os.name != "posix", reason="hard links are a matter of POSIX tools")
def test_a_second_name_of_the_file_is_refused(tmp_path: Path) -> None:
    begun(tmp_path / "home")
    (tmp_path / "twin").mkdir()
    os.link(tmp_path / "home" / "ledger.sqlite3", tmp_path / "twin" / "ledger.sqlite3")
    for folder in ("home", "twin"):
        with pytest.raises(LedgerError, match="has 2 names"):
            open_ledger(tmp_path / folder)


def test_a_second_ledger_compiles_no_statement_again(tmp_path: Path) -> None:
    with ledger_in(tmp_path / "first") as ledger:
        ledger.reconciler.verify()
    statements = len(COMPILED_STATEMENTS)
    with ledger_in(tmp_path / "second") as ledger:
        ledger.reconciler.verify()
    assert len(COMPILED_STATEMENTS) == statements > 0
