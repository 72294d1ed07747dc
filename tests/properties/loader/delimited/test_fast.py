"""Of any table the fast reader says what the careful one says, or nothing."""

from hypothesis import example, given
from hypothesis import strategies as st

from bulksms.loader.delimited.dialects import Dialect
from bulksms.loader.delimited.fast import read_with_arrow
from tests.unit.loader.delimited.test_fast import agree, same, text_of

SIGNS = "ab1=é\u00a0\u2003\u0085\u001c\ufeff\x00 \t,;|'\"\r\n"


ODD_TEXTS = st.text(st.sampled_from(SIGNS), max_size=60)


CELLS = st.sampled_from(
    ["", " ", "\u00a0", "\u0085", "\u200b", "a", "é", "06 39 98 00 01", "'06", '="06"', "a b",
     '""', '"a"', '"a,b"', '"a""b"', '"\r\n"', '"\n\n"', '" "', 'a"b', '"a', "\ufeff", "\x00"]
)  # fmt: skip


PLAIN_CELLS = st.sampled_from(["", " ", "a", "\u00a0", '"a,b"', '"a""b"', '"\n\n"', '""'])


ENDS = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\r\r\n"])


LAYOUTS = st.builds(
    Dialect,
    separator=st.sampled_from(",;\t|a "),
    skip=st.sampled_from([0, 0, 0, 1]),
    header_row=st.sampled_from([None, 0]),
)


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Lay cells out in rows, most of which are as wide as the others."""
    width = draw(st.integers(1, 4))
    cells = draw(st.sampled_from([CELLS, PLAIN_CELLS]))
    end = draw(ENDS)
    ragged = draw(st.booleans())
    widths = st.integers(0, 5) if ragged else st.just(width)
    rows = draw(st.lists(widths.flatmap(lambda n: st.lists(cells, min_size=n, max_size=n))))
    header = ",".join(f"h{at}" for at in range(width))
    return end.join([header, *map(",".join, rows)]) + draw(st.sampled_from(["", end]))


@given(ODD_TEXTS, LAYOUTS, st.sampled_from(["utf-8", "utf-16-le"]))
@example("a,b\n\ufeff1,2", Dialect(separator=","), "utf-8")
@example("1\n\ufeff1", Dialect(separator=",", header_row=0), "utf-8")
def test_of_any_text_the_fast_reader_says_the_same_or_nothing(
    written: str, dialect: Dialect, codec: str
) -> None:
    agree(text_of(written, codec), dialect)


@given(tables(), st.booleans())
def test_of_any_table_the_fast_reader_says_the_same_or_nothing(
    written: str, no_header: bool
) -> None:
    agree(text_of(written), Dialect(separator=",", header_row=0 if no_header else None))


@given(ODD_TEXTS | tables(), LAYOUTS, st.sampled_from(["utf-8", "utf-16-le"]), st.integers(1, 9))
@example('h,i\r\n"a""b","\r\n"\r\né,b\r\n\r\n', Dialect(separator=","), "utf-8", 1)
@example("a,b\n\ufeff1,2", Dialect(separator=","), "utf-8", 1)
@example("h\na\n\nb", Dialect(separator=","), "utf-8", 1)
@example("1\n\ufeff\n1", Dialect(separator=",", header_row=0), "utf-8", 1)
def test_where_chunks_end_changes_nothing(
    written: str, dialect: Dialect, codec: str, chunk: int
) -> None:
    """They end inside a character, between CR and LF, and between two quotes."""
    whole = read_with_arrow(text_of(written, codec), dialect)
    pieces = read_with_arrow(text_of(written, codec, chunk), dialect)
    assert (whole is None) == (pieces is None)
    assert whole is None or pieces is None or same(whole, pieces)
    assert agree(text_of(written, codec, chunk), dialect) == (whole is not None)
