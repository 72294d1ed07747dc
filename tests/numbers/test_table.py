"""The number table belongs to one set of metadata, and is refused beside any other."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.mix import mixed
from bulksms.contacts.numbers import SHIPPED, Digits, load_number_table, metadata_version, walk
from bulksms.contacts.phones.parse import NumberRules
from tests.numbers.agreement import REGIONS, fresh_table
from tests.numbers.normalising import normalise

OVERSEAS = (
    "0690001234",
    "0694201234",
    "06 92 12 34 56",
    "0639 01 23 45",
    "0690000",
    "0262 12 34 56",
)
FOREIGN = (
    "447700900123",
    "4915123456789",
    "+39 06 1234 5678",
    "39 061 234 5678",
    "+34 (0)612 345 678",
    "0666666666",
    "+33 6 66 66 66 66",
    "111111111",
)


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "fresh.npz"
    fresh_table().save(path)
    return path


@pytest.fixture(scope="session")
def stale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "stale.npz"
    replace(fresh_table(), stamp=f"8.0.0 {'0' * 32}").save(path)
    return path


def test_a_table_of_other_metadata_is_refused(table: Path, stale: Path) -> None:
    assert load_number_table(table) is not None
    assert load_number_table(stale) is None


def test_the_shipped_table_is_of_the_installed_metadata_or_not_used() -> None:
    with np.load(SHIPPED) as kept:
        same = str(kept["stamp"]) == metadata_version()
    assert (load_number_table(SHIPPED) is not None) == same


def test_a_saved_table_has_the_same_bytes_each_time(table: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.npz"
    fresh_table().save(again)
    assert again.read_bytes() == table.read_bytes()


@pytest.mark.parametrize("region", REGIONS)
def test_a_column_is_judged_as_without_the_table(region: str, table: Path, stale: Path) -> None:
    texts = pd.Series([*mixed(3_000, seed=len(region)), *OVERSEAS, *FOREIGN], dtype="str")
    for rules in ({}, {"rehearsal": True, "allow_landlines": True}):
        fast = normalise(texts, region, NumberRules(table=table, **rules))
        slow = normalise(texts, region, NumberRules(table=stale, **rules))
        pd.testing.assert_frame_equal(fast, slow)


def test_a_column_and_a_single_text_are_read_alike() -> None:
    table = fresh_table()
    texts = ["0639981234", "612345678", "00", "33142685300", "123456789012345678"[:17]]
    values = np.frombuffer("".join(texts).encode(), dtype=np.uint8) - ord("0")
    lengths = np.array([len(text) for text in texts])
    starts = np.cumsum(lengths) - lengths
    digits = Digits(values=values, starts=starts, lengths=lengths)
    walked = walk(table, digits, np.full(len(texts), table.start("FR")))
    readings = [table.read(text, "FR") for text in texts]
    assert walked.proved.tolist() == [reading is not None for reading in readings]
    assert walked.kinds[walked.proved].tolist() == [reading.kind for reading in readings if reading]


def test_help_and_an_import_do_not_open_the_table() -> None:
    program = "import sys, bulksms.cli; sys.exit('bulksms.contacts.numbers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
