"""The results file is kept up to date, and that takes next to nothing of a run's time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.ledger import FrameRecord, FrameState, Ledger
from bulksms.octopush import Credentials
from bulksms.sender import ClockCheck
from bulksms.settings import Settings
from bulksms.use_cases.send.live_results import LiveResults
from bulksms.use_cases.send.post_seeds import SeedPoster
from tests.builders import a_frame_record, ledger_in, new_campaign, with_parts
from tests.fakes import FakeClock, RecordingObserver
from tests.sending import run_context
from tests.unit.ledger.samples import ANNA, NOON, frame_of

HOUR = 3600.0
MINUTE = 60.0


class SlowQueries:
    """Reads the frames of a campaign, which takes so many seconds."""

    def __init__(self, ledger: Ledger, clock: FakeClock, took: float) -> None:
        self._real, self._clock, self._took = ledger.frame_queries, clock, took
        self.spent: list[float] = []

    def each(self, campaign_id: int) -> Iterator[FrameRecord]:
        self._clock.seconds += self._took
        self.spent.append(self._took)
        return self._real.each(campaign_id)


@pytest.mark.parametrize(
    ("took", "length"), [(0.001, MINUTE), (0.1, 5 * MINUTE), (1.5, HOUR), (30.0, HOUR)]
)
def test_a_long_run_gives_at_most_a_twentieth_of_its_time_to_its_results(
    tmp_path: Path, took: float, length: float
) -> None:
    clock = FakeClock()
    with ledger_in(tmp_path / "home") as ledger:
        made = ledger.campaigns.create(new_campaign(), [frame_of(ANNA)])
        ledger.claims.claim(made.id, 1, NOON)
        ledger.claims.record(made.id, 1, FrameState.ACCEPTED, NOON, ticket="sms_1")
        queries = SlowQueries(ledger, clock, took)
        slow = with_parts(ledger, frame_queries=queries)
        context = run_context(
            Settings(home=tmp_path / "home"), clock=clock, observer=RecordingObserver()
        )
        seeds = SeedPoster(
            ledger=slow,
            record=made,
            context=context,
            credentials=Credentials(login="zoe@example.com", key="test-key"),
            clock_check=ClockCheck(clock),
        )
        results = LiveResults(slow, made, tmp_path / "results.csv", ",", context, seeds)
        while clock.seconds < length:
            clock.seconds += 0.25
            results.frame_settled(a_frame_record())

    assert len(queries.spent) >= 2
    assert sum(queries.spent) <= clock.seconds / 20
    assert "sms_1" in (tmp_path / "results.csv").read_text(encoding="utf-8")
