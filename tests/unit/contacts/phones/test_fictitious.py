"""Numbers kept for fiction are known one by one and in whole columns."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bulksms.contacts.phones.fictitious import (
    MOST_RANGES,
    fictitious_range,
    fictitious_ranges,
    may_be_fictitious,
)

AREAS = st.integers(200, 999)
IN_RANGES = (
    st.builds(
        lambda prefix, rest: prefix * 10_000 + rest,
        st.sampled_from([3363998, 3319900, 3326191, 3335301, 3346571, 3353649]),
        st.integers(0, 9_999),
    )
    | st.integers(447700900_000, 447700900_999)
    | st.builds(lambda area, rest: int(f"1{area}55501{rest:02}"), AREAS, st.integers(0, 99))
)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+33639980000", ("FR", "mobile")),
        ("+33639989999", ("FR", "mobile")),
        ("+33639979999", None),
        ("+336399800001", None),
        ("+33199001234", ("FR", "landline")),
        ("+33261911234", ("FR", "landline")),
        ("+33353011234", ("FR", "landline")),
        ("+33465711234", ("FR", "landline")),
        ("+33536491234", ("FR", "landline")),
        ("+447700900000", ("GB", "mobile")),
        ("+447700901000", None),
        ("+12125550100", ("US", "mobile")),
        ("+19895550199", ("US", "mobile")),
        ("+11125550100", None),
        ("+12125550200", None),
        ("+61491570006", ("AU", "mobile")),
        ("+61491579455", ("AU", "mobile")),
        ("+61491570007", None),
        ("+46701740604", None),
        ("+46701740605", ("SE", "mobile")),
        ("+46701740699", ("SE", "mobile")),
        ("+46701740700", None),
    ],
)
def test_a_number_of_fiction_is_named(number: str, expected: tuple[str, str] | None) -> None:
    assert fictitious_range(int(number)) == expected


@given(number=IN_RANGES)
def test_no_number_of_fiction_is_overlooked_in_a_column(number: int) -> None:
    assert fictitious_range(number) is not None
    assert may_be_fictitious(np.array([number])).all()


def test_few_other_numbers_are_taken_for_fiction() -> None:
    column = 33_600_000_000 + 997 * np.arange(100_000)
    assert 0 < may_be_fictitious(column).mean() < 0.02


@given(number=IN_RANGES | st.integers(0, 10**15))
@example(number=12125550200)
@example(number=46701740700)
def test_the_ranges_of_a_column_are_those_of_its_numbers(number: int) -> None:
    (index,) = fictitious_ranges(np.array([number])).tolist()
    assert (index > 0) == (fictitious_range(number) is not None)


def test_numbers_are_alike_that_lie_in_one_range() -> None:
    numbers = [33639980000, 33639989999, 33199001234, 447700900123, 33639990000]
    places = fictitious_ranges(np.array(numbers)).tolist()
    assert places[0] == places[1]
    assert len({*places}) == 4
    assert places[4] == 0
    assert max(places) < MOST_RANGES
