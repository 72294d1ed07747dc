"""A file is read a chunk at a time, again and again, and must stay the same meanwhile."""

import hashlib
import io
import os
import sys
import threading
from pathlib import Path

import pytest

from bulksms.errors import LoadError
from bulksms.loader import open_sheets, read_sheets
from bulksms.loader.byte_source import LINE_BYTES, bytes_source, open_byte_source, spool

DATA = bytes(range(256)) * 10


def test_all_bytes_pass_by_in_chunks_from_any_place() -> None:
    supply = bytes_source(DATA, "a.csv", chunk=7)
    assert (supply.size, supply.read(2_559, 9), supply.read(2_560, 9)) == (2_560, b"\xff", b"")
    assert b"".join(supply.chunks()) == DATA
    assert b"".join(supply.chunks(100)) == DATA[100:]
    assert {len(chunk) for chunk in supply.chunks()} == {7, 5}


def test_two_streams_have_each_their_place() -> None:
    supply = bytes_source(DATA, "a.csv")
    first, other = supply.stream(), supply.stream(10)
    assert first.read(5) + other.read(5) + first.read(5) == DATA[:5] + DATA[10:15] + DATA[5:10]


def test_what_can_be_read_once_is_kept_up_to_the_limit() -> None:
    with spool(io.BytesIO(DATA), "-", 2_000) as supply:
        assert b"".join(supply.chunks()) == DATA
    with spool(io.BytesIO(b"x" * 5_000_000), "-", 2_000_000) as supply:
        assert 2_000_000 < supply.size < 5_000_000


def test_the_digest_is_that_of_all_bytes() -> None:
    digest = bytes_source(DATA, "a.csv", chunk=100).digest()
    assert digest() == hashlib.sha256(DATA).hexdigest()


def test_the_digest_of_a_file_is_worked_out_when_asked_for_unless_it_changed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(DATA)
    with open_byte_source(str(path), 1_000) as supply:
        first, second = supply.digest(), supply.digest()
    assert first() == hashlib.sha256(DATA).hexdigest()
    path.write_bytes(DATA + b"x")
    assert first() == hashlib.sha256(DATA).hexdigest()
    with pytest.raises(LoadError, match="was changed while it was being read"):
        second()


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"phone\n1\n")

    def read_and_add() -> None:
        with open_byte_source(str(path), 100) as supply, supply.unchanged():
            path.write_bytes(b"phone\n1\n2\n")
            raise ValueError

    with pytest.raises(LoadError, match=r"a\.csv was changed while it was being read"):
        read_and_add()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a named pipe")
def test_a_pipe_with_a_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"phone,name\n1,A\n",))
    writer.start()
    (sheet,) = open_sheets(path)
    writer.join()
    assert sheet.rows.column(1).to_pylist() == ["A"]


@pytest.mark.skipif(sys.platform != "linux", reason="a file of the system that says it is empty")
def test_a_file_that_says_it_is_empty_is_looked_into() -> None:
    with open_byte_source("/proc/self/status", 1_000_000) as supply:
        assert supply.head().startswith(b"Name:")


@pytest.mark.parametrize("end", ["", ",", '"'])
def test_a_line_that_would_fill_the_memory_is_refused(end: str) -> None:
    with pytest.raises(LoadError, match="a line of more than 16 MB"):
        read_sheets(b"phone\n" + b"0 " * LINE_BYTES + end.encode(), "a.csv")
