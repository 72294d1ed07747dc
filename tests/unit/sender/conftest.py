from collections.abc import Iterator
from pathlib import Path

import pytest

from bulksms.ledger import open_ledger
from tests.unit.sender.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_ledger(tmp_path) as ledger:
        yield Desk(ledger)
