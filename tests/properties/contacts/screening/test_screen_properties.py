"""Whatever the rows are: counts add up, screening is stable, order decides nothing but the row."""

from collections.abc import Sequence
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.contacts import (
    Duplicates,
    OptOutList,
    ScreeningResult,
    ScreeningRules,
    map_columns,
    screen,
)
from bulksms.loader import Sheet
from tests.unit.contacts.conftest import build_sheet, content_of

HEADER = ("Mobile", "Home Phone", "First Name", "Do not contact")
OPTED_OUT = OptOutList(digits=np.array([33639981239]))
NUMBERS = (
    "06 39 98 12 30", "+33639981230", "639981230", "0639981231", "0639981232.0", "0639981239",
    "07700 900123", "+447700900123", "0142685300", "0899123456", "12", "3.36E+10", "abc", "",
    "0639981233 / 0142685300", "0639981230;0639981231", "+99912345678",
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.sampled_from(NUMBERS),
        st.sampled_from(NUMBERS),
        st.sampled_from(("Ana", "Bob", "C" * 51, "")),
        st.sampled_from(("", "no", "no", "yes")),
    ),
    max_size=12,
)
FEW = settings(max_examples=25, deadline=None)


def screened(*sheets: Sheet) -> ScreeningResult:
    pairs = [(sheet, map_columns(sheet, {})) for sheet in sheets]
    return screen(pairs, ScreeningRules(rehearsal=True), OPTED_OUT)


def sent(rows: Sequence[Sequence[str]]) -> set[str]:
    return set(screened(build_sheet(HEADER, *rows)).contacts["phone_number"])


@FEW
@given(first=ROWS, second=ROWS)
def test_every_row_is_counted_once(
    first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    answer = screened(build_sheet(HEADER, *first), build_sheet(HEADER, *second))
    parts = (answer.sendable, answer.rejected, answer.duplicates, answer.opted_out)
    assert sum(parts) == answer.rows == len(first) + len(second)
    kept, left = (
        list(table[["source", "row"]].itertuples(index=False, name=None))
        for table in (answer.contacts, answer.rejections)
    )
    expected = [(0, at + 2) for at in range(len(first))] + [
        (1, at + 2) for at in range(len(second))
    ]
    assert sorted(kept + left) == expected
    assert answer.contacts["phone_number"].is_unique
    assert not OPTED_OUT.has(answer.contacts["phone_number"].to_numpy()).any()
    assert (answer.rejections["sentence"] != "").all()


@FEW
@given(rows=ROWS)
def test_screening_what_was_kept_changes_nothing(rows: list[tuple[str, ...]]) -> None:
    once = screened(build_sheet(HEADER, *rows)).contacts
    columns = ["phone_number", "first_name"]
    kept = [(f"+{number}", name) for number, name in once[columns].itertuples(index=False)]
    again = screened(build_sheet(("Mobile", "First Name"), *kept))
    assert len(again.rejections) == again.repaired == 0
    assert again.contacts[[*columns, "country"]].equals(once[[*columns, "country"]])


@FEW
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_who_is_sent(
    rows: list[tuple[str, ...]], order: Random
) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert sent(rows) == sent(shuffled)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, block_rows=st.integers(1, 5), rule=st.sampled_from(Duplicates))
def test_how_rows_are_cut_into_blocks_changes_nothing(
    rows: list[tuple[str, ...]], block_rows: int, rule: Duplicates
) -> None:
    """Each block is judged by itself, several at once."""
    rules = ScreeningRules(rehearsal=True, duplicates=rule)
    unresolved = [(at, at % 3) for at in range(2, len(rows) + 2, 4)]
    whole, cut = (
        screen([(sheet, map_columns(sheet, {}))], rules, OPTED_OUT)
        for sheet in (
            build_sheet(HEADER, *rows, unresolved=unresolved),
            build_sheet(HEADER, *rows, unresolved=unresolved, block_rows=block_rows),
        )
    )
    for name in ("contacts", "rejections"):
        assert getattr(cut, name).equals(getattr(whole, name))
    assert content_of(cut).equals(content_of(whole))
    assert cut.findings == whole.findings
