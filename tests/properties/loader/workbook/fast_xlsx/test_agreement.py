"""Of any workbook the fast reader says what the careful one says, or nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.loader import ReadOptions
from tests.unit.loader.workbook.fast_xlsx.books import book, by_bytes, by_tags, letters
from tests.unit.loader.workbook.fast_xlsx.test_agreement import STRANGE

LETTERS = [
    *"aZ09.-+@ é€",
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\u00a0",
    "\ufeff",
    "\U0001f600",
    "_",
    "_x000D_",
    "_x005F_x0041_",
    "&amp;",
    "&lt;",
    "&#13;",
    "&#xE9;",
    "]",
    ">",
    "'",
    '"',
    "NA",
]


texts = st.lists(st.sampled_from(LETTERS), max_size=6).map("".join)


numbers = st.one_of(
    st.integers(-5, 10**17).map(str),
    st.integers(33600000000, 33700000000).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(0, 60_000).map(repr),
    st.sampled_from(["0", "-0", "007", "1.50", "1E3", ".5", "5.", "+1", "abc", " 1 ", "1e400"]),
)


styles = st.sampled_from(["", "", "", *(f' s="{style}"' for style in (0, 1, 2, 3, 4, 5, 6, 7, 9))])


formulas = st.sampled_from(["", "", "", "<f>A1</f>", '<f t="shared" si="0"/>', "<f/>"])


@st.composite
def cells(draw: st.DrawFn) -> str:
    """What follows the reference of a cell."""
    style = draw(styles)
    kind = draw(st.sampled_from(["in", "in", "keep", "s", "s", "str", "n", "n", "empty", "odd"]))
    if kind == "odd":
        return draw(st.sampled_from(STRANGE))
    if kind == "empty":
        return style + draw(st.sampled_from(["/>", "></c>", "><v></v></c>"]))
    if kind in {"in", "keep"}:
        keep = ' xml:space="preserve"' if kind == "keep" else ""
        return f'{style} t="inlineStr"><is><t{keep}>{draw(texts)}</t></is></c>'
    if kind == "s":
        return f'{style} t="s"><v>{draw(st.integers(0, 3))}</v></c>'
    if kind == "str":
        return f'{style} t="str">{draw(formulas)}<v>{draw(texts)}</v></c>'
    name = draw(st.sampled_from(["", ' t="n"']))
    return f"{style}{name}>{draw(formulas)}<v>{draw(numbers)}</v></c>"


@st.composite
def rows(draw: st.DrawFn) -> str:
    """Rows in order, with gaps, blanks and hidden ones."""
    plain = draw(st.booleans())
    elements, number = [], 0
    for _ in range(draw(st.integers(1, 8))):
        number += draw(st.sampled_from([1, 1, 1, 1, 2, 5, 103]))
        looks = draw(st.sampled_from(["", "", "", ' spans="1:3" ht="15"', ' hidden="1"']))
        if draw(st.integers(0, 9)) == 0:
            elements.append(f'<row r="{number}"{looks}/>')
            continue
        wide = st.lists(st.sampled_from([0, 1, 2, 3, 3, 29, 705]), max_size=4, unique=True)
        columns = sorted(draw(wide))
        inside = [f'<c r="{letters(at)}{number}"{draw(cells())}' for at in columns]
        if plain:
            inside = [cell for cell in inside if not any(map(cell.endswith, STRANGE))]
        elements.append(f'<row r="{number}"{looks}>{"".join(inside)}</row>')
    return "".join(elements)


items = st.one_of(
    texts.map(lambda text: f"<si><t>{text}</t></si>"),
    texts.map(lambda text: f'<si><t xml:space="preserve">{text}</t></si>'),
    st.sampled_from(
        ["<si/>", "<si></si>", "<si><t/></si>", "<si><r><t>a</t></r><r><t> b</t></r></si>"]
    ),
    st.just('<si><t>x</t><rPh sb="0" eb="1"><t>y</t></rPh><phoneticPr fontId="1"/></si>'),
)


shared = st.lists(items, min_size=4, max_size=5).map("".join)


options = st.builds(ReadOptions, no_header=st.booleans(), include_hidden=st.booleans())


heads = st.sampled_from(["", "", '<cols><col min="2" max="3" hidden="1"/></cols>'])


tails = st.sampled_from(["", "", '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'])


@settings(max_examples=60)
@given(
    rows=rows(),
    shared=shared,
    head=heads,
    tail=tails,
    options=options,
    piece_bytes=st.sampled_from([7, 100, 1 << 20]),
)
def test_what_is_written_by_hand_is_read_alike(
    rows: str, shared: str, head: str, tail: str, options: ReadOptions, piece_bytes: int
) -> None:
    data = book(rows, shared, head=head, tail=tail)
    streamed = by_bytes(data, options, piece_bytes)
    assert streamed in (None, by_tags(data, options))
