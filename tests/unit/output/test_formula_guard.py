"""What the program guards comes back as it was, whatever a user typed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulksms.output.formula_guard import guard, unguard

CELLS = st.text(st.sampled_from("'=+-@09a ;|\t\r\n\u00a0\uff1d\uff0b"), max_size=9)


@given(CELLS)
@example("'=1")
@example("'0'0")
@example("''0612")
@example("+336")
@example("'+336")
@example("a;'=1")
@example("\t'=1")
@example("a|;\t-1")
def test_a_guarded_cell_comes_back_as_it_was(cell: str) -> None:
    assert unguard(guard(cell)) == cell


@given(CELLS)
def test_no_guarded_cell_starts_a_formula(cell: str) -> None:
    text = guard(cell).lstrip()
    assert text[:1] not in {"=", "-", "@", "\uff1d"}
    assert text[:1] != "+" or text[1:].isdigit()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("'+33639980101", "+33639980101"),
        ("'0639980101", "0639980101"),
        ("'-20%", "-20%"),
        ("'=1", "=1"),
        ("'@zoe", "@zoe"),
        ("'t Hooft", "'t Hooft"),
        ("D'Arcy", "D'Arcy"),
        ("a;'-1", "a;-1"),
    ],
)
def test_guards_of_any_program_come_off(cell: str, expected: str) -> None:
    assert unguard(cell) == expected
