"""Whatever the rows are: the rule for duplicates chooses a row, never who is texted."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.contacts import Duplicates
from tests.unit.contacts.conftest import RULES, build_sheet, screened
from tests.unit.contacts.screening.test_duplicates import HEADER

CHOOSING = (Duplicates.FIRST, Duplicates.LAST, Duplicates.MOST_COMPLETE)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["0639981230", "+33 639981230", "0639981231", "0639981232.0", "x"]),
            st.sampled_from(["", "Ana", "Bob", "C" * 51]),
            st.sampled_from(["", "Lee"]),
        ),
        max_size=12,
    )
)
def test_the_rule_never_changes_who_is_texted(rows: list[tuple[str, ...]]) -> None:
    sheet = build_sheet(HEADER, *rows)
    answers = [screened(sheet, rules=replace(RULES, duplicates=rule)) for rule in CHOOSING]
    people = [set(answer.contacts["phone_number"]) for answer in answers]
    assert people[0] == people[1] == people[2]
    assert {answer.rows for answer in answers} == {len(rows)}
    assert len({answer.duplicates for answer in answers}) == 1
    for answer in answers:
        assert answer.contacts["row"].is_monotonic_increasing
