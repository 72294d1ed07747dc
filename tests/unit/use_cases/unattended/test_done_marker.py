import pytest

from bulksms.errors import UsageError
from bulksms.use_cases.unattended.done_marker import DoneMarker


@pytest.mark.parametrize(
    ("pattern", "marker"),
    [("{name}.done", "dump.csv.done"), ("{stem}.ok", "dump.ok"), (".done", "dump.csv.done"),
     ("_SUCCESS", "_SUCCESS"), ("OK_{stem}", "OK_dump")],
)  # fmt: skip
def test_the_marker_of_a_dump(pattern: str, marker: str) -> None:
    assert DoneMarker(pattern).of("dump.csv") == marker
    assert DoneMarker(pattern).may_be(marker)
    assert not DoneMarker(pattern).may_be("dump.csv")


@pytest.mark.parametrize("pattern", ["", "{date}.done", "../{name}", "*.done"])
def test_a_marker_that_could_be_anything_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="done_marker"):
        DoneMarker(pattern)


@pytest.mark.parametrize(
    ("content", "rows"),
    [(b"2000\n", 2000), (b"2 000", 2000), (b"12,345\r\n", 12345), (b"rows=17", 17),
     (b"file: dump.csv\nRows: 17\n", 17), (b'{"rows": 42, "date": 20270301}', 42),
     (b"\xef\xbb\xbf31", 31), (b"lignes : 8", 8), (b"0", 0)],
)  # fmt: skip
def test_a_row_count_is_read(content: bytes, rows: int) -> None:
    assert DoneMarker.row_count(content) == rows


@pytest.mark.parametrize(
    "content",
    [b"", b"OK", b"2027-03-01", b"2027-03-01 06:00:00", b"md5 d41d8cd98f00b204", b"date=20270301",
     b"[1, 2]", b'{"rows": "many"}', b'{"rows": true}', b"\xff\xfe\x00", b"12 rows of 40"],
)  # fmt: skip
def test_anything_else_is_no_row_count(content: bytes) -> None:
    assert DoneMarker.row_count(content) is None
