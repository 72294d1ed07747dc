"""Frames written out of columns have the bytes of those written contact by contact."""

from hypothesis import given
from hypothesis import strategies as st

from bulksms.campaign import Frame, Parameters
from bulksms.contacts import FIELDS, Contact
from bulksms.octopush import build_body
from bulksms.octopush.frame_bodies import build_bodies
from tests.builders import a_frame

ESCAPED = st.sampled_from(['"', "\\", "\n", "\t", "\x00", "\x1f", "\x7f", "é", "😀", '","'])
values = st.just("") | st.just("Zoé") | st.lists(ESCAPED | st.text(max_size=3)).map("".join)
people = st.builds(
    Contact,
    row=st.integers(min_value=2, max_value=9),
    phone_number=st.sampled_from(["+33639980101", "+447700900123", "+12025550100"]),
    **dict.fromkeys(FIELDS, values),
)


@given(st.lists(st.lists(people, min_size=1, max_size=5), min_size=1, max_size=4), st.booleans())
def test_bodies_out_of_columns_are_those_of_the_contacts(
    groups: list[list[Contact]], simulated: bool
) -> None:
    parameters = [
        Parameters(text='Bonjour "{first_name}"', list_name=f"l-{at}", simulation_mode=simulated)
        for at, _ in enumerate(groups)
    ]
    whole = a_frame(*(person for group in groups for person in group)).table
    frames, start = [], 0
    for group in groups:
        frames.append(Frame(number=1, table=whole.slice(start, len(group))))
        start += len(group)

    bodies = list(build_bodies(list(zip(parameters, frames, strict=True))))

    assert bodies == [build_body(*pair) for pair in zip(parameters, groups, strict=True)]


def test_a_frame_of_plain_names_is_written_as_it_stands() -> None:
    contact = Contact(row=2, phone_number="+33639980101", first_name='Zoé "Zo"', param2="a\\b")

    (body,) = build_bodies([(Parameters(text="Hi"), a_frame(contact))])

    recipients = b'[{"first_name":"Zo\xc3\xa9 \\"Zo\\"","param2":"a\\\\b",'
    assert recipients + b'"phone_number":"+33639980101"}]' in body
