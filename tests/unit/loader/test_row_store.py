"""Rows in blocks: the same in memory and on the disk, and never all in memory at once."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from bulksms.columnar.repeated import distinct
from bulksms.errors import LoadError
from bulksms.loader.row_store import RowStore, RowStoreWriter

BLOCK_ROWS, KEPT_BYTES = 650, 450_000


def written(count: int, at_once: int, width: str = "x") -> RowStore:
    writer = RowStoreWriter(2, block_rows=BLOCK_ROWS, kept_bytes=KEPT_BYTES)
    for start in range(0, count, at_once):
        part = range(start, min(start + at_once, count))
        columns = [[f"{at}{width}" for at in part], [f"é{at}" for at in part]]
        texts = [pa.array(column, pa.string()) for column in columns]
        writer.add(texts, np.array(part) + 2)
    return writer.finish()


@pytest.mark.parametrize("at_once", [10, 700, 2_000])
@pytest.mark.parametrize("width", ["x", "x" * 600])
def test_rows_come_back_as_they_were_written(at_once: int, width: str) -> None:
    """With long cells they are more than stays in memory."""
    rows = written(1_500, at_once, width)
    assert len(rows) == 1_500
    assert rows.row_numbers.tolist() == list(range(2, 1_502))
    assert rows.column(0).to_pylist() == [f"{at}{width}" for at in range(1_500)]
    assert rows.cell(1_499, 1) == "é1499"
    assert rows.row(700, [1]).row_numbers.tolist() == [702]
    starts, largest = 0, 0
    for block in rows.blocks([1]):
        assert block.start == starts
        assert block.column(1)[0].as_py() == f"é{starts}"
        assert len(block.texts) == 1
        starts, largest = starts + len(block), max(largest, len(block))
    assert largest <= BLOCK_ROWS


def test_many_rows_leave_memory() -> None:
    before = pa.total_allocated_bytes()
    rows = written(2_000, 500, "x" * 700)
    assert pa.total_allocated_bytes() - before < KEPT_BYTES
    assert sum(len(block) for block in rows.blocks()) == 2_000


@pytest.mark.parametrize("kept_bytes", [0, 1 << 20])
def test_cells_that_repeat_come_back_from_the_disk_as_from_memory(kept_bytes: int) -> None:
    """Each block has values of its own."""
    writer = RowStoreWriter(2, block_rows=2, kept_bytes=kept_bytes)
    cities = ["Lyon", "Lyon", "", "Nîmes", "Lyon"]
    for at, city in enumerate(cities):
        writer.add([pa.array([str(at)]), pa.array([city])], np.array([at + 2]))
    rows = writer.finish()
    assert rows.column(1).to_pylist() == cities
    assert [block.values(1).to_pylist() for block in rows.blocks([1])] == [
        ["Lyon", "Lyon"],
        ["", "Nîmes"],
        ["Lyon"],
    ]
    assert rows.row(3, [0, 1]).texts == [pa.array(["3"]), pa.array(["Nîmes"])]


def test_a_block_has_no_values_of_another_one() -> None:
    writer = RowStoreWriter(1, block_rows=2)
    cities = ["Lyon", "Lyon", "Nîmes", "Nîmes", "Lyon"]
    writer.add([pa.array(cities).dictionary_encode()], np.arange(2, 7))
    rows = writer.finish()
    assert rows.column(0).to_pylist() == cities
    values = [distinct(block.values(0)).to_pylist() for block in rows.blocks()]
    assert values == [["Lyon"], ["Nîmes"], ["Lyon"]]


def test_long_cells_that_repeat_make_short_blocks() -> None:
    """Each row may be asked for its text."""
    writer = RowStoreWriter(1)
    for start in (2, 12, 22):
        writer.add([pa.array(["x" * 1_000_000] * 10).dictionary_encode()], np.arange(10) + start)
    assert [len(block) for block in writer.finish().blocks()] == [10, 10, 10]


def test_two_may_read_at_once() -> None:
    rows = written(1_500, 500, "x" * 600)
    pairs = zip(rows.blocks([0]), rows.blocks([1]), strict=True)
    places = [(block.column(0)[0].as_py(), other.column(1)[0].as_py()) for block, other in pairs]
    assert [int(text.rstrip("x")) for text, _ in places] == [int(other[1:]) for _, other in places]


def test_no_rows_are_a_table_too() -> None:
    rows = RowStoreWriter(3).finish()
    assert (len(rows), list(rows.blocks()), rows.column(2).to_pylist()) == (0, [], [])


def test_a_folder_that_cannot_be_written_to_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(LoadError, match=r"cannot be stored in .*gone.*TMPDIR"):
        written(2_000, 500, "x" * 700)
