"""A lease that no one renews any more is lost, whatever ended its thread."""

from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import open_ledger
from bulksms.ledger.sharing.holders import Holders
from bulksms.sender.worker_lease import WorkerLease
from tests.fakes import FakeClock


class Failing:
    """Holders whose lease cannot be renewed, for a reason that no one thought of."""

    def __init__(self, holders: Holders) -> None:
        self._holders = holders

    def renew(self, _holder_id: str) -> None:
        raise RuntimeError("unexpected")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - passed on
        return getattr(self._holders, name)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_whose_lease_is_renewed_no_more_learns_that_it_is_lost(tmp_path: Path) -> None:
    clock = FakeClock()
    with open_ledger(tmp_path, None, clock) as ledger:
        failing, holders = copy(ledger), Failing(ledger.holders)
        unexpected: Any = holders
        failing.holders = unexpected
        lease = WorkerLease(failing, clock, "east", 7)
        with lease.kept():
            assert lease.lost.wait(10)
        assert not lease.is_fresh()


class Away:
    """Holders in a ledger that is away and back, as its answers say."""

    def __init__(self, holders: Holders, *answers: bool) -> None:
        self._holders, self._answers = holders, list(answers)

    def renew(self, holder_id: str) -> datetime | None:
        if not self._answers.pop(0):
            raise LedgerError("The disk is full.")
        return self._holders.renew(holder_id)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - passed on
        return getattr(self._holders, name)


def test_why_a_lease_cannot_be_renewed_is_said_once_until_it_can_again(tmp_path: Path) -> None:
    clock = FakeClock()
    sentences: list[str] = []
    with open_ledger(tmp_path, None, clock) as ledger:
        failing = copy(ledger)
        away: Any = Away(ledger.holders, False, False, True, False)
        failing.holders = away
        lease = WorkerLease(failing, clock, "east", 7, lambda error: sentences.append(str(error)))
        renewed = [lease.renew() for _ in range(4)]
    assert renewed == [False, False, True, False]
    assert sentences == ["The disk is full."] * 2
