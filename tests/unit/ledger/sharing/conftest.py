"""A ledger that goes by the clock of its test, for those who share it."""

from collections.abc import Callable

import pytest

from bulksms.ledger import Ledger


@pytest.fixture
def ledger(timed_ledger: Ledger) -> Ledger:
    return timed_ledger


@pytest.fixture
def open_again(open_timed: Callable[[], Ledger]) -> Callable[[], Ledger]:
    """Open the same ledger once more, as another process does."""
    return open_timed
