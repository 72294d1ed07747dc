"""What a run on another machine left in doubt is not given up while its post may be on its way."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bulksms.errors import RuleError
from bulksms.ledger import FrameState
from bulksms.settings import Settings
from bulksms.use_cases.orders.order_resend import prepare_resend
from bulksms.use_cases.orders.settle_doubt import OperatorDecision, settle_doubt
from tests.builders import ledger_in
from tests.postgres import PostgresServer, create_tables
from tests.unit.ledger.samples import make

pytestmark = pytest.mark.postgres


def test_a_frame_of_a_run_that_crashed_is_decided_once_no_answer_can_come(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url, now = postgres_server.url(), datetime.now(UTC)
    create_tables(url)
    with ledger_in(tmp_path / "there", url) as ledger:
        made = make(ledger)
        ledger.reconciler.verify()
        assert ledger.claims.claim(made.id, 1, now, account="a")
        assert ledger.claims.claim(made.id, 2, now - timedelta(minutes=5), account="a")
    settings = Settings(home=tmp_path / "here", ledger=url)
    by = OperatorDecision(who="alice", at=now)
    wait = "does not respond, and may still get the answer: decide after "
    with pytest.raises(RuleError, match=wait):
        prepare_resend(made.name, 1, settings, now)
    with pytest.raises(RuleError, match=wait):
        settle_doubt(made.name, 1, FrameState.DROPPED, by, settings)
    dropped = settle_doubt(made.name, 2, FrameState.DROPPED, by, settings)
    assert [each.frame.state for each in dropped] == [FrameState.DROPPED]
