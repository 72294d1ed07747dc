"""A ledger is opened where it is meant to be, and loads no library before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger import open_ledger
from tests.unit.ledger.samples import make


def test_the_ledger_can_live_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "my 100% ledger.db"
    with open_ledger(tmp_path / "home", str(elsewhere)) as ledger:
        make(ledger)
    with open_ledger(tmp_path / "home", f"sqlite:///{elsewhere}") as ledger:
        assert ledger.campaigns.get("spring").name == "spring"
    with pytest.raises(LedgerError, match="in memory"):
        open_ledger(tmp_path, "sqlite://")


def test_a_new_ledger_and_one_of_this_version_need_no_alembic_and_no_pandas(
    tmp_path: Path,
) -> None:
    program = (
        "import sys; from pathlib import Path; from bulksms.ledger import open_ledger\n"
        f"open_ledger(Path({str(tmp_path)!r})).close()\n"
        f"open_ledger(Path({str(tmp_path)!r})).close()\n"
        "print([m for m in ('alembic','pandas','numpy','phonenumbers') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"


def test_no_database_library_is_loaded_without_a_ledger() -> None:
    program = (
        "import sys, bulksms.plan.make_plan, bulksms.results\n"
        "print([m for m in ('sqlalchemy', 'alembic', 'requests', 'openpyxl') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"
