import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulksms.campaign import Parameters
from bulksms.chunker import chunk, frame_sizes
from bulksms.octopush.frame_bodies import build_bodies
from bulksms.octopush.request import count_recipients
from tests.builders import a_contact, pack

counts = st.integers(min_value=0, max_value=20_000)
sizes = st.integers(min_value=200, max_value=500)


def _contacts(count: int) -> pd.DataFrame:
    numbers = range(33639900000, 33639900000 + count)
    rows = range(2, count + 2)
    return pd.DataFrame({"row": rows, "phone_number": numbers, "source": 0, "country": "FR"})


def cut_in_two(table: pd.DataFrame) -> list[pd.DataFrame]:
    half = len(table) // 3
    return [table.iloc[:half], table.iloc[half:]]


@pytest.mark.parametrize("expected", [929, 931])
def test_contacts_that_were_not_counted_are_refused(expected: int) -> None:
    with pytest.raises(RuntimeError, match=f"than {expected} contacts came"):
        list(chunk([_contacts(930)], expected))


def test_a_contact_without_a_value_stays_in_its_frame() -> None:
    names: list[object] = ["Zoé", None, "Bob"]
    table = _contacts(3).assign(first_name=pd.Series(names, dtype=object))
    (frame,) = chunk([table], 3)

    (body,) = build_bodies([(Parameters(text="Hi"), frame)])

    assert [contact.first_name for contact in frame.contacts] == ["Zoé", "", "Bob"]
    assert count_recipients(body) == 3


@given(counts, sizes)
def test_no_one_is_lost_or_added(contacts: int, size: int) -> None:
    assert sum(frame_sizes(contacts, size)) == contacts


@given(st.integers(min_value=200, max_value=20_000), sizes)
def test_two_hundred_contacts_and_more_make_frames_of_200_to_500(contacts: int, size: int) -> None:
    assert all(200 <= frame <= 500 for frame in frame_sizes(contacts, size))


@given(st.integers(min_value=1, max_value=199), sizes)
def test_fewer_than_two_hundred_make_one_frame(contacts: int, size: int) -> None:
    assert frame_sizes(contacts, size) == (contacts,)


@given(counts, sizes)
def test_frames_differ_by_one_contact_at_the_most(contacts: int, size: int) -> None:
    cut = frame_sizes(contacts, size) or (0,)

    assert max(cut) - min(cut) <= 1


@pytest.mark.parametrize(
    ("contacts", "size", "expected"),
    [
        pytest.param(0, 400, (), id="nobody"),
        pytest.param(1, 400, (1,), id="one"),
        pytest.param(199, 400, (199,), id="below the minimum"),
        pytest.param(399, 200, (399,), id="two frames would be too small"),
        pytest.param(400, 400, (400,), id="just one"),
        pytest.param(401, 400, (201, 200), id="one more than a frame"),
        pytest.param(500, 500, (500,), id="the largest frame"),
        pytest.param(501, 400, (251, 250), id="501"),
        pytest.param(501, 500, (251, 250), id="one more than the largest frame"),
        pytest.param(930, 400, (310, 310, 310), id="the contract's example"),
    ],
)
def test_frames_are_even(contacts: int, size: int, expected: tuple[int, ...]) -> None:
    assert frame_sizes(contacts, size) == expected


@given(st.integers(min_value=0, max_value=1300), sizes)
def test_chunking_keeps_everyone_once_and_in_order(count: int, size: int) -> None:
    table = _contacts(count)

    frames = list(chunk(cut_in_two(table), count, size))

    assert [person.row for frame in frames for person in frame.contacts] == table["row"].tolist()
    assert [frame.number for frame in frames] == list(range(1, len(frames) + 1))


def test_the_same_contacts_are_cut_the_same_way_again() -> None:
    whole = list(chunk([_contacts(930)], 930))

    assert list(chunk(cut_in_two(_contacts(930)), 930)) == whole


def test_a_frame_has_the_rows_people_see() -> None:
    frames = list(chunk([_contacts(501)], 501))

    assert [(frame.first_row, frame.last_row) for frame in frames] == [(2, 252), (253, 502)]


def test_a_contact_takes_its_fields_and_nothing_else_from_the_table() -> None:
    table = pd.DataFrame(
        {
            "source": [0],
            "row": [7],
            "phone_number": [33639980101],
            "country": ["FR"],
            "first_name": ["Zoë"],
            "last_name": [""],
            "param2": ["Lyon"],
            "Ville": ["Lyon"],
        }
    )

    (frame,) = chunk([table], 1)

    assert frame.number == 1
    assert frame.contacts == (a_contact(row=7, first_name="Zoë", last_name="", param2="Lyon"),)
    assert frame.phone_numbers == pack(33639980101)
