"""A restored dump, an older copy and a promoted standby are noticed by every machine."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from bulksms.errors import LedgerError, LedgerRolledBack
from bulksms.ledger import CampaignRecord, FrameState, Ledger, open_ledger
from bulksms.ledger.server_address import ServerAddress
from tests.builders import edit_by_hand, ledger_in
from tests.postgres import create_tables, running_server
from tests.unit.ledger.samples import ANNA, LATER, NOON, make

pytestmark = pytest.mark.postgres


@pytest.fixture
def campaign(tmp_path: Path, postgres_url: str) -> CampaignRecord:
    """Begin a campaign, and post a frame of it on each of two machines."""
    with ledger_in(tmp_path / "west", postgres_url) as west:
        made = make(west, frames=4)
        post(west, made, 1)
    with ledger_in(tmp_path / "east", postgres_url) as east:
        assert east.reconciler.verify() == ()  # it has nothing that could contradict
        post(east, made, 2)
    return made


def post(ledger: Ledger, made: CampaignRecord, number: int) -> None:
    assert ledger.claims.claim(made.id, number, NOON)
    ledger.claims.record(made.id, number, FrameState.ACCEPTED, LATER)


def verified(home: Path, url: str) -> tuple[str, ...]:
    with open_ledger(home, url) as ledger:
        return ledger.reconciler.verify()


def restored_dump(url: str) -> None:
    """Put a copy of every table in its place, as pg_restore does, with another number each."""
    address = ServerAddress.parse(url)
    with psycopg.connect(address.conninfo, autocommit=True) as connection:
        schema = address.schema
        connection.execute(
            f"SET search_path = {schema}; CREATE TABLE twin (LIKE entry INCLUDING ALL);"
            "INSERT INTO twin SELECT * FROM entry; ALTER SEQUENCE entry_id_seq OWNED BY twin.id;"
            "DROP TABLE entry;"
            "ALTER TABLE twin RENAME TO entry;".encode()
        )


def test_two_machines_send_from_one_ledger(
    tmp_path: Path, postgres_url: str, campaign: CampaignRecord
) -> None:
    for home in ("west", "east", "north"):
        assert verified(tmp_path / home, postgres_url) == ()
    with open_ledger(tmp_path / "north", postgres_url) as ledger:
        states = [frame.state for frame in ledger.frame_queries.each(campaign.id)]
    assert states == ["accepted", "accepted", "planned", "planned"]


def test_every_machine_notices_a_restored_dump_and_mends_it_for_itself(
    tmp_path: Path, postgres_url: str, campaign: CampaignRecord
) -> None:
    edit_lost_post(tmp_path, postgres_url, number=2)
    restored_dump(postgres_url)
    for home in ("west", "north"):
        with pytest.raises(LedgerRolledBack, match="restored from a dump"):
            verified(tmp_path / home, postgres_url)
    with pytest.raises(LedgerRolledBack, match="1 post missing from the ledger on "):
        verified(tmp_path / "east", postgres_url)
    with open_ledger(tmp_path / "west", postgres_url) as west:
        assert west.reconciler.rebuild(LATER).doubted_frames == 0
        assert west.reconciler.verify() == ()
    with pytest.raises(LedgerRolledBack, match="1 post missing"):
        verified(tmp_path / "east", postgres_url)
    with open_ledger(tmp_path / "east", postgres_url) as east:
        assert east.reconciler.rebuild(LATER).doubted_frames == 1
        assert east.frames.get(campaign.id, 2).state is FrameState.IN_DOUBT
        assert east.reconciler.verify() == ()


def edit_lost_post(tmp_path: Path, url: str, number: int) -> None:
    """Let the ledger forget a post, as a dump from before it does."""
    with open_ledger(tmp_path / "by-hand", url) as ledger:
        edit_by_hand(ledger, "DELETE FROM entry WHERE number = :number", number=number)
        edit_by_hand(
            ledger,
            "UPDATE frame SET state = 'planned', attempts = 0 WHERE number = :number",
            number=number,
        )


def test_opt_outs_that_a_dump_lacks_come_back(
    tmp_path: Path, postgres_url: str, campaign: CampaignRecord
) -> None:
    with open_ledger(tmp_path / "west", postgres_url) as west:
        west.opt_outs.add([ANNA], "typed", NOON)
        edit_by_hand(west, "DELETE FROM opt_out")
        edit_by_hand(west, "DELETE FROM opt_out_event")
    with pytest.raises(LedgerRolledBack, match="1 opt-out change missing"):
        verified(tmp_path / "west", postgres_url)
    with open_ledger(tmp_path / "west", postgres_url) as west:
        assert west.reconciler.rebuild(LATER).opt_outs_restored == 1
        assert west.frames.get(campaign.id, 1).state is FrameState.ACCEPTED


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"timeline": "00000000"}, "standby that was promoted"),
        ({"system": "1"}, "moved to another server"),
    ],
)
def test_another_server_is_noticed_by_machines_that_never_sent(
    tmp_path: Path, postgres_url: str, campaign: CampaignRecord, wrong: dict[str, str], message: str
) -> None:
    with open_ledger(tmp_path / "west", postgres_url) as west:
        for column, value in wrong.items():
            edit_by_hand(west, f"UPDATE server_identity SET {column} = :value", value=value)
    for home in ("west", "east", "north"):
        with pytest.raises(LedgerRolledBack, match=message):
            verified(tmp_path / home, postgres_url)
    with open_ledger(tmp_path / "west", postgres_url) as west:
        west.reconciler.rebuild(LATER)
        assert west.reconciler.verify() == ()
        assert len(list(west.frame_queries.each(campaign.id))) == 4
    assert verified(tmp_path / "east", postgres_url) == ()


@pytest.mark.slow
def test_a_cold_copy_of_the_servers_files_and_a_promotion_are_noticed(tmp_path: Path) -> None:
    with running_server() as server:
        if not server.can_restart:
            pytest.skip("BULKSMS_TEST_POSTGRES names a server that is not ours to stop")
        url = server.url()
        create_tables(url)
        with ledger_in(tmp_path / "west", url) as west:
            made = make(west, frames=4)
            post(west, made, 1)
        copy = server.data.with_name("copy")
        server.stop()
        shutil.copytree(server.data, copy, symlinks=True)
        server.start()
        with open_ledger(tmp_path / "east", url) as east:
            post(east, made, 2)
        assert verified(tmp_path / "west", url) == ()  # sees how far it got
        server.stop()
        exchange(server.data, copy)
        server.start()
        with pytest.raises(LedgerRolledBack, match="is an older copy"):
            verified(tmp_path / "west", url)
        with pytest.raises(LedgerRolledBack, match="1 post missing"):
            verified(tmp_path / "east", url)
        server.stop()
        exchange(server.data, copy)
        (server.data / "standby.signal").touch()
        server.start()
        with pytest.raises(LedgerError, match="read-only, as a standby is"):
            verified(tmp_path / "west", url)
        server.promote()
        for home in ("west", "east", "north"):
            with pytest.raises(LedgerRolledBack, match="standby that was promoted"):
                verified(tmp_path / home, url)


def exchange(folder: Path, other: Path) -> None:
    spare = folder.with_name("spare")
    folder.rename(spare)
    other.rename(folder)
    spare.rename(other)
    owner = folder.parent.owner()
    subprocess.run(["chown", "-R", owner, str(folder)], check=True)


def test_a_promotion_during_a_run_ends_all_claims_and_no_answer(
    tmp_path: Path, postgres_url: str, campaign: CampaignRecord
) -> None:
    with open_ledger(tmp_path / "west", postgres_url) as west:
        west.reconciler.verify()
        assert west.claims.claim(campaign.id, 3, NOON)
        storage = west._storage  # noqa: SLF001 - what a lost connection leads to
        storage._verified_facts = replace(storage._verified_facts, timeline="0")  # type: ignore[attr-defined]  # noqa: SLF001
        storage._pool.close()  # type: ignore[attr-defined]  # noqa: SLF001
        west.claims.record(campaign.id, 3, FrameState.ACCEPTED, LATER)
        with pytest.raises(LedgerError, match="standby that was promoted"):
            west.claims.claim(campaign.id, 4, NOON)
        assert west.frames.get(campaign.id, 3).state is FrameState.ACCEPTED
