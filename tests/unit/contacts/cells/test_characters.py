"""Columns of texts are rewritten as each text would be."""

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from bulksms.contacts.cells import spelling
from bulksms.contacts.cells.characters import format_e164, replace_look_alikes


@given(st.lists(st.text(max_size=12), min_size=1, max_size=12))
@example(["06\u00a039\u202f98", "\uff10\uff16", "\u202a06\u202c", "\u2011\u2013"])
@example(["\U0001d7d8\U0001d7d9", "né 06`12", "", "\u2212", "\uffff", "Ⅷ²٣"])
def test_a_column_is_written_in_plain_letters_as_each_text_is(texts: list[str]) -> None:
    (*plain,) = replace_look_alikes(pa.array(texts, pa.string())).to_pylist()
    assert plain == spelling.replace_look_alikes(texts)


def test_numbers_are_written_with_their_plus() -> None:
    numbers = [0, 7, 10, 999, 33639981234, 4915123456789, 999_999_999_999_999, 10**17 + 1, 10**18]
    texts = format_e164(np.array(numbers, dtype=np.int64))
    texts.validate(full=True)
    assert texts.to_pylist() == [
        "+0",
        "+7",
        "+10",
        "+999",
        "+33639981234",
        "+4915123456789",
        "+999999999999999",
        "+100000000000000001",
        "+1000000000000000000",
    ]


@given(st.lists(st.integers(0, 10**18), max_size=20))
def test_any_numbers_are_written_as_python_writes_them(numbers: list[int]) -> None:
    assert format_e164(np.array(numbers, dtype=np.int64)).to_pylist() == [
        f"+{number}" for number in numbers
    ]
