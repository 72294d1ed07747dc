"""The fast reader says what the careful one says, or nothing."""

import pytest

from bulksms.columnar.repeated import distinct
from bulksms.errors import UndecodableText
from bulksms.loader.byte_source import CHUNK_BYTES, bytes_source
from bulksms.loader.delimited.decoded import DecodedText
from bulksms.loader.delimited.dialects import Dialect
from bulksms.loader.delimited.encodings import DetectedEncoding
from bulksms.loader.delimited.fast import read_with_arrow
from bulksms.loader.delimited.strict import read_strictly
from bulksms.loader.sheet_table import Table
from tests.sheets import cells_of


def text_of(written: str, codec: str = "utf-8", chunk: int = CHUNK_BYTES) -> DecodedText:
    spelling = DetectedEncoding(codec=codec, name=codec)
    source = bytes_source(written.encode(codec), "a.csv", chunk=chunk)
    return DecodedText(source=source, encoding=spelling)


def same(first: Table, other: Table) -> bool:
    return (
        first.header == other.header
        and cells_of(first.rows) == cells_of(other.rows)
        and first.rows.row_numbers.tolist() == other.rows.row_numbers.tolist()
        and first.ragged.tolist() == other.ragged.tolist()
        and first.findings == other.findings
    )


def agree(text: DecodedText, dialect: Dialect) -> bool:
    """Whether the fast reader answered; when it did, the careful one must say the same."""
    fast = read_with_arrow(text, dialect)
    try:
        careful, doubts = read_strictly(text, dialect)
    except UndecodableText:
        assert fast is None
        return False
    assert fast is None or (same(fast, careful) and doubts == ())
    return fast is not None


@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16-le"])
@pytest.mark.parametrize("chunk", [100, 1_000])
def test_a_text_in_many_chunks_is_read_fast(codec: str, chunk: int) -> None:
    rows = 'Zoé,"a ""b"", c"\r\nÉric,"two\r\n\r\nlines"\r\n' * 200
    text = text_of("name,note\r\n" + rows, codec, chunk)
    assert agree(text, Dialect(separator=","))


@pytest.mark.parametrize("blank", [0, 1, 100, 101, 250])
@pytest.mark.parametrize("above", [0, 120])
@pytest.mark.parametrize("no_header", [False, True])
def test_blank_rows_are_left_out_and_gaps_reported(blank: int, above: int, no_header: bool) -> None:
    rows = ["a,b"] * 150
    gap = [" ,\u00a0"] * blank
    written = "\n".join(["title,", *[","] * above, "h,i", *gap, *rows, *gap, *rows, ","]) + "\n"
    assert agree(text_of(written), Dialect(separator=",", header_row=0 if no_header else None))


@pytest.mark.parametrize("cells", ["", " "])
def test_a_column_has_no_values_of_blank_rows_alone(cells: str) -> None:
    written = "h,i\n" + "a,b\n" * 3 + f"{cells},\u00a0\n" + "a,c\n"
    table = read_with_arrow(text_of(written), Dialect(separator=","))
    assert table is not None
    (block,) = table.rows.blocks()
    assert [distinct(block.values(at)).to_pylist() for at in (0, 1)] == [["a"], ["b", "c"]]


def test_values_repeat_in_the_first_chunk_alone() -> None:
    rows = "Zoé,fr\n" * 600 + "".join(f"name {at},fr\n" for at in range(3_000))
    assert agree(text_of("name,language\n" + rows, chunk=1_000), Dialect(separator=","))
    turned = "".join(f"name {at},fr\n" for at in range(3_000)) + "Zoé,fr\n" * 600
    assert agree(text_of("name,language\n" + turned, chunk=20_000), Dialect(separator=","))


@pytest.mark.parametrize(
    "written",
    [
        'name,note\nZoé,"a ""b"" c"\nÉric,"two\n\nlines"\n',
        "name,note\r\nZoé,a\r\nÉric,b",
        'h,i\n"a","b"\n"","\r\n"\n',
        "h\na\n\u00a0b\n",
        "h,i\n" + "a,b\n" * 5_000,
        'h,i\n"' + "x" * 9_000_000 + '",b\n',
    ],
)
def test_usual_files_are_read_fast_unless_a_cell_is_too_long(written: str) -> None:
    assert agree(text_of(written), Dialect(separator=",")) == (len(written) < 1_000_000)


def test_quotes_far_apart_are_counted_across_blocks() -> None:
    """A quote opens in one block of bytes and closes in another."""
    long = "é" * 700
    written = "h,i\n" + f'"{long}\n\n{long}","a ""b"" c"\n' * 120
    dialect = Dialect(separator=",")
    assert agree(text_of(written, chunk=100_000), dialect)
    assert not agree(text_of(written + '"\n\n"x,"', chunk=100_000), dialect)
