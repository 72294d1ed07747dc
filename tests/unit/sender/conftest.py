from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bulksms.ledger import Ledger, open_ledger
from tests.builders import ledger_in
from tests.fakes import SenderFixture


@pytest.fixture
def ledger(tmp_path: Path, ledger_url: str | None) -> Iterator[Ledger]:
    with ledger_in(tmp_path, ledger_url) as opened:
        yield opened


@pytest.fixture
def open_again(tmp_path: Path, ledger_url: str | None) -> Callable[[], Ledger]:
    """Open the same ledger once more, as another process does."""
    return partial(open_ledger, tmp_path, ledger_url)


@pytest.fixture
def sender(ledger: Ledger) -> SenderFixture:
    return SenderFixture(ledger)
