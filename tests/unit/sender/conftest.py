from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.ledger import Ledger
from tests.builders import ledger_in
from tests.fakes import SenderFixture


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with ledger_in(tmp_path) as opened:
        yield opened


@pytest.fixture
def sender(ledger: Ledger) -> SenderFixture:
    return SenderFixture(ledger)
