"""A server that restarts, is cut off, or falls silent costs no doubt and no answer."""

import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest

from bulksms.clock import SystemClock
from bulksms.errors import LedgerError
from bulksms.ledger import FrameState, Ledger
from bulksms.ledger.server.postgres import PostgresStorage
from bulksms.ledger.server_address import ServerAddress
from bulksms.sender import Pacing, RunOutcome
from tests.builders import ledger_in
from tests.fakes import ScriptedGateway, SenderFixture, freeze_frame
from tests.postgres import PostgresServer, create_tables
from tests.tcp_proxy import TcpProxy
from tests.unit.ledger.samples import CARL, LATER, NOON, claim_of_read, make

pytestmark = pytest.mark.postgres

IN_FLIGHT = 8


@pytest.fixture
def proxy(postgres_server: PostgresServer) -> Iterator[TcpProxy]:
    with TcpProxy(postgres_server.port) as opened:
        yield opened


def through(proxy: TcpProxy, server: PostgresServer, url: str, seconds: int = 1) -> str:
    """Return the address of the same ledger through a proxy, with short time-outs."""
    options = quote(f"-c statement_timeout={seconds}s -c lock_timeout={seconds}s")
    address = url.replace(f":{server.port}/", f":{proxy.port}/")
    return f"{address}&options={options}&connect_timeout=2"


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_with_eight_frames_in_flight_costs_no_doubt(
    tmp_path: Path, postgres_server: PostgresServer, postgres_url: str, mode: str
) -> None:
    if not postgres_server.can_restart:
        pytest.skip("BULKSMS_TEST_POSTGRES names a server that is not ours to stop")
    in_flight = threading.Barrier(IN_FLIGHT, timeout=60)

    def answer(count: int) -> None:
        if 2 <= count <= IN_FLIGHT + 1 and in_flight.wait() == 0:
            postgres_server.stop(mode)
            threading.Timer(0.5, postgres_server.start).start()

    with ledger_in(tmp_path, postgres_url) as ledger:
        sender = SenderFixture(ledger, [freeze_frame(number) for number in range(1, 31)])
        gateway = ScriptedGateway([], on_post=answer)
        with ledger.locks.campaign(sender.campaign.name):
            outcome = sender.send(gateway, Pacing(concurrency=IN_FLIGHT, chance=lambda: 1.0))
            assert ledger.locks.is_held(sender.campaign.name)
        assert outcome == RunOutcome(state="done")
        assert sender.states == ["accepted"] * 30
        assert sorted(gateway.bodies) == sorted(f"frame {n}".encode() for n in range(1, 31))
        for number in range(1, 31):
            entries = ledger.frames.entries(sender.campaign.id, number)
            assert [entry.state for entry in entries] == ["intent", "accepted"]


@pytest.mark.parametrize("after_server_has_it", [False, True], ids=["lost", "unanswered"])
def test_a_connection_cut_at_any_packet_loses_no_claim_and_no_answer(
    tmp_path: Path,
    postgres_server: PostgresServer,
    proxy: TcpProxy,
    postgres_url: str,
    after_server_has_it: bool,
) -> None:
    proxy.after_server_has_it = after_server_has_it
    with ledger_in(tmp_path, through(proxy, postgres_server, postgres_url, seconds=10)) as ledger:
        made = make(ledger, frames=14)
        ledger.reconciler.verify()
        claims = [claim_of_read(ledger, made.id, number, "a") for number in range(1, 15)]
        for number in range(1, 15):
            packet = max(number - 2, 0)  # the first two open connections and prepare statements
            proxy.cut_at = proxy.packets + packet if packet else None
            assert claims[number - 1]()
            ledger.claims.record(made.id, number, FrameState.ACCEPTED, LATER, ticket=f"t{number}")
        # At every packet that a claim and an answer have; some travel together, now and then.
        assert proxy.cuts >= 4
        proxy.cut_at = None
        for done in range(1, 15):
            entries = ledger.frames.entries(made.id, done)
            assert [(e.state, e.ticket) for e in entries] == [
                ("intent", None),
                ("accepted", f"t{done}"),
            ]
            assert ledger.frames.get(made.id, done).attempts == 1


@pytest.mark.parametrize("opted_out", [[], [CARL]], ids=["no one", "somebody else"])
def test_a_claim_and_an_answer_are_one_trip_each(
    tmp_path: Path,
    postgres_server: PostgresServer,
    proxy: TcpProxy,
    postgres_url: str,
    opted_out: list[int],
) -> None:
    with ledger_in(tmp_path, through(proxy, postgres_server, postgres_url, seconds=10)) as ledger:
        made = make(ledger)
        ledger.reconciler.verify()
        ledger.opt_outs.add(opted_out, "typed", NOON)
        claims = [claim_of_read(ledger, made.id, number, "a") for number in (1, 2)]
        trips = []
        for number in (1, 2):  # before the first, the ledger learns the campaign's name
            assert claims[number - 1]()
            trips.append(proxy.trips)
            ledger.claims.record(made.id, number, FrameState.ACCEPTED, LATER, ticket="t")
            trips.append(proxy.trips)
        # A server may begin to answer before it has read all; one statement after the other
        # would be three trips for an answer, and seven for a claim.
        assert max(after - before for before, after in pairwise(trips)) <= 2


def test_what_is_only_read_is_read_again_on_another_connection(
    tmp_path: Path, postgres_server: PostgresServer, proxy: TcpProxy, postgres_url: str
) -> None:
    with ledger_in(tmp_path, through(proxy, postgres_server, postgres_url, seconds=10)) as ledger:
        made = make(ledger)
        for packet in (1, 2, 3):
            proxy.cut_at = proxy.packets + packet
            assert len(list(ledger.frame_queries.each(made.id))) == 3
            assert proxy.cuts == packet


def test_a_run_cut_off_at_any_packet_is_resumed_without_a_doubt(
    tmp_path: Path, postgres_server: PostgresServer, proxy: TcpProxy
) -> None:
    """Every seventh packet of a run is where its connection is cut, one run after the other."""
    packets, cut_at = 1000, 1
    while cut_at < packets:
        url = postgres_server.url()
        create_tables(url)
        proxy.after_server_has_it = not proxy.after_server_has_it
        gateway = ScriptedGateway([])
        with ledger_in(tmp_path / str(cut_at), through(proxy, postgres_server, url, 10)) as ledger:
            sender = SenderFixture(ledger, [freeze_frame(number) for number in range(1, 4)])
            before = proxy.packets
            proxy.cut_at = before + cut_at
            try:
                run(ledger, sender, gateway)
            except LedgerError as error:
                assert str(error).endswith("then resume.")  # noqa: PT017 - or no error at all
            packets = proxy.packets - before if proxy.packets < proxy.cut_at else packets
            proxy.cut_at = None
            assert run(ledger, sender, gateway) == RunOutcome(state="done")
            assert sender.states == ["accepted"] * 3
        assert gateway.bodies == [b"frame 1", b"frame 2", b"frame 3"]
        cut_at += 7
    assert packets > 50


def run(ledger: Ledger, sender: SenderFixture, gateway: ScriptedGateway) -> RunOutcome:
    """Send what is left, as `resume` does."""
    with ledger.locks.campaign(sender.campaign.name):
        ledger.claims.doubt_in_flight(sender.campaign.id, LATER)
        return sender.send(gateway)


def test_a_silent_server_is_given_up_in_a_sentence(
    tmp_path: Path, postgres_server: PostgresServer, proxy: TcpProxy, postgres_url: str
) -> None:
    address = ServerAddress.parse(through(proxy, postgres_server, postgres_url))
    clock = SystemClock()
    storage = PostgresStorage(address, tmp_path / "ledger", clock, reconnect_seconds=3)
    with Ledger(storage, clock) as ledger:
        make(ledger)
        proxy.swallow()
        started = time.monotonic()
        with pytest.raises(LedgerError, match="does not answer"):
            ledger.campaigns.all()
        assert time.monotonic() - started < 30
        proxy.pass_again()
        assert len(ledger.campaigns.all()) == 1


def test_an_answer_waits_for_a_silent_server_and_is_recorded_once(
    tmp_path: Path, postgres_server: PostgresServer, proxy: TcpProxy, postgres_url: str
) -> None:
    with ledger_in(tmp_path, through(proxy, postgres_server, postgres_url)) as ledger:
        made = make(ledger)
        assert ledger.claims.claim(made.id, 1, NOON)
        proxy.swallow()
        threading.Timer(6, proxy.pass_again).start()
        ledger.claims.record(made.id, 1, FrameState.ACCEPTED, LATER, ticket="t")
        states = [entry.state for entry in ledger.frames.entries(made.id, 1)]
        assert states == ["intent", "accepted"]


def test_a_claim_of_another_machine_is_not_taken_for_ones_own(
    tmp_path: Path, postgres_server: PostgresServer, proxy: TcpProxy, postgres_url: str
) -> None:
    with (
        ledger_in(
            tmp_path / "here", through(proxy, postgres_server, postgres_url, seconds=10)
        ) as ledger,
    ):
        made = make(ledger)
        ledger.reconciler.verify()
        assert ledger.claims.claim(made.id, 1, NOON, account="theirs")
        proxy.cut_at = proxy.packets + 1
        assert not ledger.claims.claim(made.id, 1, NOON, account="ours")
        assert proxy.cuts == 1
