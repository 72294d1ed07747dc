"""A ledger of every earlier schema comes to this version's with all that it held."""

import hashlib
import json
import re
import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bulksms.clock import SystemClock
from bulksms.errors import LedgerError
from bulksms.ledger import FrameState, migrations, open_ledger
from bulksms.ledger.schema.tables import metadata
from bulksms.ledger.sqlite import SqliteStorage

LATER = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
BODY = b'{"text":"Bonjour"}'
ANNA = 33639980101
EARLIER = [f"{number:04}" for number in range(1, 23)]


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(migrations.FOLDER))
    made.set_main_option("path_separator", "os")
    return made


@cache
def _tables_of(schema: str) -> bytes:
    """Take each step once, for all tests of its schema and of later ones."""
    at = EARLIER.index(schema)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        if at:
            file.write_bytes(_tables_of(EARLIER[at - 1]))
        storage = SqliteStorage(file, SystemClock())
        with storage.writing() as connection:
            made = config()
            made.attributes["connection"] = connection
            command.upgrade(made, schema)
        storage.close()
        return storage.file.read_bytes()


def an_old_ledger(home: Path, schema: str) -> None:
    """Write a ledger as a version with that schema left it: one frame sent, one refused."""
    file = home / "ledger.sqlite3"
    home.mkdir(exist_ok=True)
    file.write_bytes(_tables_of(schema))
    numbers = zlib.compress(ANNA.to_bytes(8, "little"))
    at = "2027-03-01T12:00:00.000000+00:00"
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute(
            "INSERT INTO campaign (id, name, digest, text_digest, state, rehearsal, created_at,"
            " parameters, counts) VALUES (1, 'spring', 'd', 't', 'paused', 0, ?, '{}', '{}')",
            (at,),
        )
        for number, state in ((1, "accepted"), (2, "planned")):
            raw.execute(
                "INSERT INTO frame (campaign_id, number, state, first_row, last_row, contacts,"
                " request_id, digest, attempts, started_at) VALUES (1, ?, ?, 2, 2, 1, ?, ?, ?, ?)",
                (number, state, f"bs1-{number}", sha256(BODY).hexdigest(), 2 - number, at),
            )
            raw.execute(
                "INSERT INTO frame_body (campaign_id, number, body, numbers) VALUES (1, ?, ?, ?)",
                (number, zlib.compress(BODY), numbers),
            )
        for state in ("intent", "accepted"):
            raw.execute(
                "INSERT INTO entry (campaign_id, number, at, state, request_id, digest)"
                " VALUES (1, 1, ?, ?, 'bs1-1', 'f')",
                (at, state),
            )
        rows = "source_rows" if schema >= "0006" else "roll"
        if schema < "0019":
            raw.execute(f"INSERT INTO {rows} (campaign_id, content) VALUES (1, ?)", (b"rows",))
        else:
            raw.execute("INSERT INTO source_row_part VALUES (1, 0, ?)", (b"rows",))
        if schema >= "0002":
            raw.execute("INSERT INTO opt_out VALUES (?, ?, 'typed')", (ANNA + 1, at))
        if schema >= "0003":
            raw.execute(
                "INSERT INTO proof (account, base_url, proved_at, version, protects)"
                " VALUES ('a', 'https://x', ?, '1', 1)",
                (at,),
            )


@pytest.mark.parametrize("schema", EARLIER)
def test_every_earlier_schema_keeps_its_data_and_can_be_sent_from(
    tmp_path: Path, schema: str
) -> None:
    home = tmp_path / "home"
    an_old_ledger(home, schema)
    with open_ledger(home) as ledger:
        record = ledger.campaigns.get("spring")
        assert (record.account, record.expires_at) == (None, None)
        assert list(ledger.campaigns.source_rows(record.id)) == [b"rows"]
        assert [frame.state for frame in ledger.frame_queries.each(record.id)] == [
            "accepted",
            "planned",
        ]
        assert ledger.frames.body(record.id, 2) == BODY
        assert ledger.history.numbers_texted("t", False, None).tolist() == [ANNA]
        assert ledger.opt_outs.all().tolist() == ([ANNA + 1] if schema >= "0002" else [])
        proof = ledger.proofs.get("a")
        assert (proof is not None and proof.window is None) == (schema >= "0003")
        first = ledger.claims.first_post(record.id, 1, "bs1-1")
        assert first is not None
        assert (first.account, first.server_time) == (None, None)

        ledger.reconciler.rebuild(LATER)  # an old ledger with posts has no witnesses here
        assert ledger.claims.claim(1, 2, LATER, account="a" * 64)
        ledger.claims.record(1, 2, FrameState.ACCEPTED, LATER)
        assert not ledger.claims.claim(1, 1, LATER, account="a" * 64)
    with open_ledger(home) as ledger:
        assert ledger.reconciler.verify() == ()


def test_steps_lead_only_forward() -> None:
    scripts = ScriptDirectory.from_config(config())
    steps = [step.revision for step in scripts.walk_revisions()]
    assert steps[::-1] == [*EARLIER, migrations.HEAD]
    assert not any(hasattr(step.module, "downgrade") for step in scripts.walk_revisions())


def test_a_ledger_is_upgraded_whole_or_not_at_all(tmp_path: Path) -> None:
    an_old_ledger(tmp_path, "0003")
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as raw, raw:
        raw.execute("CREATE TABLE source_rows (in_the_way INTEGER)")
    with pytest.raises(LedgerError, match="already another table"):
        open_ledger(tmp_path)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as raw, raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)]
        raw.execute("DROP TABLE source_rows")
    with open_ledger(tmp_path) as ledger:
        assert ledger.frames.body(1, 2) == BODY


def test_a_ledger_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(LedgerError, match="newer bulksms"):
        open_ledger(tmp_path)


def test_the_steps_make_the_tables_of_a_new_ledger(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    file = tmp_path / "stepped.sqlite3"
    file.write_bytes(_tables_of(EARLIER[-1]))
    with closing(SqliteStorage(file, SystemClock())) as storage:
        with storage.writing() as connection:
            migrations.take_steps(connection)
        with storage.reading() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    new, stepped = _description(tmp_path / "ledger.sqlite3"), _description(file)
    assert len(new) > 25
    assert stepped == new


def _description(file: Path) -> dict[str, tuple[object, ...]]:
    """Return the columns of every table in any order, and all that its and each index's SQL says.

    A column that was added comes after the others, and on the line of the last one.
    """
    described: dict[str, tuple[object, ...]] = {}
    with closing(sqlite3.connect(file)) as raw:
        for name, sql in raw.execute("SELECT name, sql FROM sqlite_master").fetchall():
            columns = raw.execute(f"SELECT * FROM pragma_table_info('{name}')").fetchall()
            words = sorted(re.findall(r"\w+", sql or ""))
            described[name] = ({column[1:] for column in columns}, words)
    return described


def test_head_is_the_last_migration() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == migrations.HEAD


def test_refusals_among_the_parameters_become_events(tmp_path: Path) -> None:
    an_old_ledger(tmp_path, "0022")
    key = bytes(32)
    hashes = [hashlib.blake2b(b"%d" % (ANNA + n), key=key, digest_size=16) for n in range(101)]
    parameters = json.dumps({"text": "Bonjour", "refusals": [each.hexdigest() for each in hashes]})
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite3")) as raw, raw:
        raw.execute("INSERT INTO opt_out_key VALUES ('k', ?, 1)", (key,))
        raw.execute("UPDATE campaign SET parameters = ?", (parameters,))
    with open_ledger(tmp_path) as ledger:
        record = ledger.campaigns.get("spring")
        assert record.parameters == {"text": "Bonjour"}
        ((number, refusing),) = ledger.refusals.in_frames(record.id, [2])
        assert (number, refusing.tolist()) == (2, [ANNA])
