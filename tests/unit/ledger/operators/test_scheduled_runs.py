"""The runs of a series are remembered, each series for itself."""

from datetime import UTC, datetime
from pathlib import Path

from bulksms.ledger import FrameState, ScheduledRunRecord
from tests.builders import ledger_in, new_campaign
from tests.unit.ledger.samples import LATER, NOON, frozen

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
TUESDAY = datetime(2026, 12, 1, 6, tzinfo=UTC)


def a_run(at: datetime, rows: int, series: str = "welcome") -> ScheduledRunRecord:
    return ScheduledRunRecord(
        series=series,
        at=at,
        rows=rows,
        headers=("Mobile", "Prénom"),
        mapping={"phone_number": "Mobile"},
        campaign="welcome-1",
    )


def test_the_newest_run_of_a_series_is_read_back(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.scheduled_runs.add(a_run(MONDAY, 3000))
        ledger.scheduled_runs.add(a_run(TUESDAY, 3100))
        ledger.scheduled_runs.add(a_run(TUESDAY, 7, series="other"))
    with ledger_in(tmp_path) as ledger:
        assert ledger.scheduled_runs.latest("welcome") == a_run(TUESDAY, 3100)
        assert ledger.scheduled_runs.latest("Welcome") == a_run(TUESDAY, 3100)
        assert ledger.scheduled_runs.latest("unknown") is None


def test_everyone_a_series_reached_is_read_and_no_one_else(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        for number, (series, text) in enumerate([("a", "x"), ("a", "y"), ("b", "x")], start=1):
            made = ledger.campaigns.create(
                new_campaign(f"c{number}", text_digest=text * 64, parameters={"series": series}),
                [frozen(number)],
            )
            ledger.claims.claim(made.id, number, NOON, account=made.account)
            state = FrameState.ACCEPTED if number != 2 else FrameState.REFUSED
            ledger.claims.record(made.id, number, state, LATER)

        reached = ledger.history.numbers_in_series("a", False).tolist()

    assert reached == [33639980001, 33639981001]
