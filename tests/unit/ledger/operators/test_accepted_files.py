"""Files of a watched folder are remembered by their content."""

from dataclasses import replace
from pathlib import Path

from bulksms.ledger import AcceptedFile
from tests.builders import ledger_in
from tests.unit.ledger.samples import LATER, NOON

DUMP = AcceptedFile(
    series="welcome", mode="real", digest="d" * 64, name="dump.csv", claim="c1", at=NOON, rows=12
)


def test_a_file_is_read_back_by_its_digest(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.accepted_files.put(DUMP)
    with ledger_in(tmp_path) as ledger:
        assert ledger.accepted_files.get("welcome", "real", "d" * 64) == DUMP


def test_another_series_mode_or_content_is_another_file(tmp_path: Path) -> None:
    with ledger_in(tmp_path) as ledger:
        ledger.accepted_files.put(DUMP)

        assert ledger.accepted_files.get("other", "real", "d" * 64) is None
        assert ledger.accepted_files.get("welcome", "rehearsal", "d" * 64) is None
        assert ledger.accepted_files.get("welcome", "real", "e" * 64) is None


def test_a_series_in_other_capitals_is_the_same(tmp_path: Path) -> None:
    failed = replace(DUMP, series="Welcome", state="failed")
    with ledger_in(tmp_path) as ledger:
        ledger.accepted_files.put(DUMP)
        ledger.accepted_files.put(failed)

        assert ledger.accepted_files.get("welcome", "real", "d" * 64) == failed
        assert ledger.accepted_files.failed("welcome", "real") == [failed]


def test_the_outcome_replaces_what_was_recorded_before(tmp_path: Path) -> None:
    failed = replace(
        DUMP, state="failed", target="/srv/failed/dump.csv", code=3, reason="No column."
    )
    with ledger_in(tmp_path) as ledger:
        ledger.accepted_files.put(DUMP)
        ledger.accepted_files.put(failed)

        assert ledger.accepted_files.get("welcome", "real", "d" * 64) == failed


def test_failed_files_are_listed_the_oldest_first(tmp_path: Path) -> None:
    late = replace(DUMP, digest="1" * 64, at=LATER, state="failed")
    early = replace(DUMP, digest="2" * 64, state="failed")
    with ledger_in(tmp_path) as ledger:
        for record in (late, early, DUMP, replace(early, series="other")):
            ledger.accepted_files.put(record)

        assert ledger.accepted_files.failed("welcome", "real") == [early, late]
